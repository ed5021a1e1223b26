// openid-client and jose, as an application would use them: discover the realm, get a token, verify it against the JWKS.
// Reads {issuer, resource, scope, client_id, method, secret?, private_jwk?, private_alg?} on standard input; prints the verified
// claims and header. The CA comes by NODE_EXTRA_CA_CERTS.
import { readFileSync } from 'node:fs';
import * as openid from 'openid-client';
import * as jose from 'jose';

const ask = JSON.parse(readFileSync(0, 'utf8'));

async function authentication() {
  if (ask.method === 'client_secret_basic') return openid.ClientSecretBasic(ask.secret);
  if (ask.method === 'client_secret_post') return openid.ClientSecretPost(ask.secret);
  const key = await jose.importJWK(ask.private_jwk, ask.private_alg);
  return openid.PrivateKeyJwt({ key, kid: ask.private_jwk.kid });
}

const found = {};
for (const algorithm of ['oidc', 'oauth2']) {
  const config = await openid.discovery(new URL(ask.issuer), ask.client_id, undefined, await authentication(), { algorithm });
  const tokens = await openid.clientCredentialsGrant(config, { resource: ask.resource, scope: ask.scope });
  const metadata = config.serverMetadata();
  const jwks = jose.createRemoteJWKSet(new URL(metadata.jwks_uri));
  const { payload, protectedHeader } = await jose.jwtVerify(tokens.access_token, jwks, {
    issuer: metadata.issuer, audience: ask.resource, typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
  });
  found[algorithm] = { payload, header: protectedHeader, expires_in: tokens.expires_in, scope: tokens.scope };
}
console.log(JSON.stringify(found));

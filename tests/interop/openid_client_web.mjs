// openid-client as a web application uses it: sign-in, UserInfo, refresh, introspection, revocation, sign-out.
import * as client from 'openid-client';
import { done, heard, visit } from './person.mjs';

const ask = await heard();

const config = await client.discovery(new URL(ask.issuer), ask.client_id, undefined, client.ClientSecretBasic(ask.client_secret));
client.enableNonRepudiationChecks(config); // the signature of the ID token too, though TLS vouches for it

// The checks wait in the person's session while the browser is away.
async function signIn() {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true,
  };
  const at = await visit(client.buildAuthorizationUrl(config, {
    redirect_uri: ask.redirect_uri, scope: 'openid profile email', state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
  }));
  return client.authorizationCodeGrant(config, at, checks);
}

const tokens = await signIn();
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
const introspected = await client.tokenIntrospection(config, renewed.access_token);

// Signing out: here, and at Tessera.
const state = client.randomState();
const back = await visit(client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token, post_logout_redirect_uri: ask.post_logout_redirect_uri, state,
}));

// Signed in once more, the app gives its tokens back.
const again = await signIn();
await client.tokenRevocation(config, again.refresh_token, { token_type_hint: 'refresh_token' });
const refused = await client.refreshTokenGrant(config, again.refresh_token).catch((error) => error.error);

done({ claims, userinfo, tokens, renewed, introspected, refused, back: back.href, state });

// oauth4webapi as a web application with a key of its own uses it, every step by hand.
import * as oauth from 'oauth4webapi';
import { done, heard, visit } from './person.mjs';

const ask = await heard();
const issuer = new URL(ask.issuer);
const client = { client_id: ask.client_id };

const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
const key = await crypto.subtle.importKey('jwk', ask.private_jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const authentication = oauth.PrivateKeyJwt({ key, kid: ask.private_jwk.kid });

// Verifier, state and nonce wait in the person's session while the browser is away.
async function signIn() {
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  const to = new URL(server.authorization_endpoint);
  to.search = String(new URLSearchParams({
    response_type: 'code', client_id: ask.client_id, redirect_uri: ask.redirect_uri, scope: 'openid profile email', state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }));
  const parameters = oauth.validateAuthResponse(server, client, await visit(to), state);
  const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, parameters, ask.redirect_uri, verifier);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(server, response);
  return tokens;
}

async function refresh(token) {
  return oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, authentication, token));
}

const tokens = await signIn();
const claims = oauth.getValidatedIdTokenClaims(tokens);
const userinfo = await oauth.processUserInfoResponse(server, client, claims.sub, await oauth.userInfoRequest(server, client, tokens.access_token));
const renewed = await refresh(tokens.refresh_token);
const introspected = await oauth.processIntrospectionResponse(server, client,
  await oauth.introspectionRequest(server, client, authentication, renewed.access_token));

// Signing out: here, and at Tessera.
const state = oauth.generateRandomState();
const signOut = new URL(server.end_session_endpoint);
signOut.search = String(new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: ask.post_logout_redirect_uri, state }));
const back = await visit(signOut);

// Signed in once more, the app gives its tokens back.
const again = await signIn();
await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, again.refresh_token));
const refused = await refresh(again.refresh_token).catch((error) => error.error);

done({ claims, userinfo, tokens, renewed, introspected, refused, back: back.href, state });

// npm's oidc-provider as the OP under test, with plain sign-in, consent, error and logout pages.
// usage: node op.mjs CONFIGURATION.json; prints "ready" when it listens. The file says: port, issuer, key, certificate, username, password,
// clients, claims.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import Provider from 'oidc-provider';

const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const acr = 'urn:mace:incommon:iap:bronze';

const jwk = (type, options, members) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...members });
const page = (title, body) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;
const plain = (text) => String(text ?? '').replace(/[<>&"]/g, '');

const provider = new Provider(given.issuer, {
  clients: given.clients,
  jwks: { keys: [jwk('rsa', { modulusLength: 2048 }, { kid: 'r1', alg: 'RS256' }), jwk('ec', { namedCurve: 'P-256' }, { kid: 'e1', alg: 'ES256' })] },
  cookies: { keys: ['only for tests'], long: { sameSite: 'none', secure: true, signed: true }, short: { sameSite: 'none', secure: true, signed: true } },
  // It refuses loopback addresses for its own calls by default; here both sides are loopback.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  enableHttpPostMethods: true,
  responseTypes: ['code'],
  acrValues: [acr],
  pkce: { required: () => false },
  claims: {
    openid: ['sub'], acr: null, auth_time: null, iss: null, sid: null,
    email: ['email', 'email_verified'], phone: ['phone_number', 'phone_number_verified'], address: ['address'],
    profile: Object.keys(given.claims).filter((name) => !/^(email|phone|address)/.test(name)),
  },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...given.claims }) }),
  interactions: { url: (ctx, interaction) => `/${interaction.prompt.name === 'login' ? 'login' : 'consent'}/${interaction.uid}` },
  renderError(ctx, out) {
    ctx.type = 'html';
    ctx.body = page('Error', `<p id="error-code">${plain(out.error)}</p><p id="error-description">${plain(out.error_description)}</p>`);
  },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true },
    requestObjects: { enabled: true, requireSignedRequestObject: false },
    registration: { enabled: true },
    registrationManagement: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, form) {
        ctx.body = page('Sign out', `${form}<button id="logout-confirm" form="op.logoutForm" type="submit" name="logout" value="yes">Sign out</button>`);
      },
      postLogoutSuccessSource(ctx) { ctx.body = page('Signed out', '<h1 id="logout-done">You are signed out</h1>'); },
    },
  },
  ttl: { AuthorizationCode: 60, AccessToken: 3600, IdToken: 3600, Session: 86400, Interaction: 3600, Grant: 86400, RefreshToken: 86400 },
});

const signIn = page('Sign in', '<form method="post"><input id="username" name="username"><input id="password" name="password" type="password">'
  + '<button id="submit" type="submit">Sign in</button></form>');
const consent = page('Allow access', '<form method="post"><button id="allow" name="answer" value="allow">Allow</button>'
  + '<button id="deny" name="answer" value="deny">Deny</button></form>');

async function formOf(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
  }
  return new URLSearchParams(body);
}

function show(response, html) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(html);
}

async function interact(request, response, kind) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    return show(response, kind === 'login' ? signIn : consent);
  }
  const form = await formOf(request);
  const finish = (result, merge) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: merge });
  if (kind === 'login') {
    if (form.get('username') !== given.username || form.get('password') !== given.password) {
      return show(response, signIn);
    }
    return finish({ login: { accountId: form.get('username'), acr } }, false);
  }
  if (form.get('answer') !== 'allow') {
    return finish({ error: 'access_denied', error_description: 'denied by the user' }, false);
  }
  const { grantId, session, params, prompt } = details;
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) {
    grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  }
  if (prompt.details.missingOIDCClaims) {
    grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  }
  return finish({ consent: { grantId: await grant.save() } }, true);
}

const handle = provider.callback();
https.createServer({ key: readFileSync(given.key), cert: readFileSync(given.certificate) }, (request, response) => {
  const found = /^\/(login|consent)\/[\w-]+$/.exec(request.url.split('?')[0]);
  if (!found) {
    return handle(request, response);
  }
  return interact(request, response, found[1]).catch((error) => {
    console.error(error);
    response.statusCode = 400;
    show(response, page('Error', '<p id="error-code">interaction</p>'));
  });
}).listen(given.port, 'localhost', () => console.log('ready'));

// oidc-provider as a benchmark peer: an ES256 JWT access token for one resource, everything in memory.
// usage: node server.mjs PORT; prints "ready" when it listens. JWKS at /jwks, token endpoint at /token, and at /bench/refresh and
// /bench/access?count=N tokens of people, made by the provider's own models: a sign-in is not what is measured.
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const resource = 'https://api.example.com';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key] },
  clients: [{
    client_id: 'bench', client_secret: 'bench-secret', grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
    redirect_uris: ['https://app.example/callback'], response_types: ['code'], id_token_signed_response_alg: 'ES256',
  }],
  scopes: ['read', 'openid', 'offline_access'],
  claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name'], email: ['email', 'email_verified'] },
  rotateRefreshToken: true,
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `User ${id}`, given_name: 'User', family_name: id, email: `${id}@example.com`, email_verified: true }),
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'read', audience: resource, accessTokenTTL: 300, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});

async function makeToken(kind, number) {
  const accountId = `user${number}`;
  const client = await provider.Client.find('bench');
  const grant = new provider.Grant({ accountId, clientId: 'bench' });
  grant.addOIDCScope('openid profile email offline_access');
  grant.addResourceScope(resource, 'read');
  const grantId = await grant.save();
  const common = { accountId, client, grantId, gty: 'authorization_code' };
  return kind === 'refresh'
    ? new provider.RefreshToken({ ...common, scope: 'read offline_access', resource, rotations: 0 }).save()
    : new provider.AccessToken({ ...common, scope: 'openid profile email' }).save();
}

provider.use(async (ctx, next) => {
  const kind = { '/bench/refresh': 'refresh', '/bench/access': 'access' }[ctx.path];
  if (!kind) {
    await next();
    return;
  }
  const tokens = [];
  for (let number = 0; number < Number(ctx.query.count); number += 1) {
    tokens.push(await makeToken(kind, number));
  }
  ctx.body = tokens;
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));

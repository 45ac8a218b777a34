// oidc-provider, a certified OpenID provider, at the addresses of Microsoft's v2 endpoints: PKCE required, refresh
// rotation on.
import Provider from 'oidc-provider'; // found in this folder's node_modules
import { once } from 'node:events';
import { createServer } from 'node:http';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, freePort } from '../processes.mjs';

/**
 * Starts it for the page at `page` (an origin). `grants` has each response of its token endpoint. With `key`, a public
 * key, the application authenticates by signed assertions (RFC 7523) and has no secret.
 */
export async function startProvider(page, key) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const base = `/${TENANT_ID}`;
  const provider = new Provider(`${origin}${base}/v2.0`, configuration(page, base, key));
  const grants = [];
  for (const outcome of ['success', 'error']) {
    provider.on(`grant.${outcome}`, (ctx, error) =>
      grants.push({
        outcome,
        type: ctx.oidc.params?.grant_type,
        error: error?.error_description,
        headers: ctx.headers,
      }),
    );
  }
  const handle = provider.callback();
  const server = createServer((request, response) => {
    // The only path that cannot be configured.
    request.url = request.url.replace(`${base}/v2.0/.well-known/`, '/.well-known/');
    handle(request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin,
    grants,
    end() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function configuration(page, base, key) {
  const claims = {
    tid: TENANT_ID,
    oid: '00000000-0000-0000-66f3-3332eca7ea81',
    name: 'Somebody',
    preferred_username: 'somebody@contoso.example',
    ver: '2.0',
  };
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        ...(key
          ? {
              token_endpoint_auth_method: 'private_key_jwt',
              token_endpoint_auth_signing_alg: 'PS256',
              jwks: { keys: [{ ...key.export({ format: 'jwk' }), use: 'sig' }] },
            }
          : { client_secret: CLIENT_SECRET, token_endpoint_auth_method: 'client_secret_post' }),
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${page}/`],
        post_logout_redirect_uris: [`${page}/`],
      },
    ],
    routes: {
      authorization: `${base}/oauth2/v2.0/authorize`,
      token: `${base}/oauth2/v2.0/token`,
      jwks: `${base}/discovery/v2.0/keys`,
      end_session: `${base}/oauth2/v2.0/logout`,
    },
    clientAuthMethods: ['client_secret_post', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['PS256', 'RS256'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    conformIdTokenClaims: false,
    scopes: ['openid', 'offline_access', 'profile', 'User.Read', 'Mail.ReadWrite'],
    claims: { openid: ['sub', 'tid', 'oid', 'name', 'preferred_username', 'ver'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims }) }),
    cookies: { keys: ['only for this test'] },
  };
}

/** Fills in the provider's pages, from the sign-in to the consent. */
export async function signInThere(page) {
  await page.fill('input[name=login]', 'somebody');
  await page.fill('input[name=password]', 'anything');
  await page.click('button[type=submit]');
  await page.waitForURL(/interaction/);
  await page.click('button[type=submit]');
  await page.locator('#state').waitFor();
}

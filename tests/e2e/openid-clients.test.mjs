// Clients of OpenID Connect that are not Microsoft's, at the local tenant: openid-client (servers) and oidc-client-ts
// (pages; here with a store in memory).
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { signInByForms } from './microsoft/tenant.mjs';
import { CLIENT_ID, CLIENT_SECRET, root, startTenant, TENANT_ID } from './processes.mjs';

const ADELE = 'adele@contoso.example';
const redirectUri = 'http://localhost/';
const scope = 'openid profile offline_access https://graph.microsoft.com/Mail.Read';
const folder = join(root, 'tests/e2e/third-party/package.json');
const load = (name) => import(pathToFileURL(createRequire(folder).resolve(name)).href);

let tenant;
let openid;
let config;

before(async () => {
  tenant = await startTenant();
  openid = await load('openid-client');
  config = await discover(openid.ClientSecretPost(CLIENT_SECRET));
});
after(() => tenant?.end());

/** The tenant as openid-client discovers it. It verifies the signatures of ID tokens. */
const discover = (authentication) =>
  openid.discovery(new URL(`${tenant.url}/${TENANT_ID}/v2.0`), CLIENT_ID, undefined, authentication, {
    execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
  });

const messages = (token) =>
  fetch(`${tenant.url}/v1.0/me/messages?$top=1`, { headers: { authorization: `Bearer ${token}` } });

test('openid-client: code with PKCE, state and nonce, and a refresh token', async () => {
  const checks = {
    pkceCodeVerifier: openid.randomPKCECodeVerifier(),
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  };
  const authorize = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  });
  const back = new URL(await signInByForms(tenant, authorize.href, ADELE));
  const tokens = await openid.authorizationCodeGrant(config, back, checks);
  assert.equal(tokens.claims().preferred_username, ADELE);
  assert.equal((await messages(tokens.access_token)).status, 200);
  const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(fresh.access_token, tokens.access_token);
  assert.equal((await messages(fresh.access_token)).status, 200);
  const out = openid.buildEndSessionUrl(config, { post_logout_redirect_uri: redirectUri });
  assert.equal((await fetch(out, { redirect: 'manual' })).status < 400, true);
});

test('openid-client: the secret in the Authorization header, and a wrong one', async () => {
  const basic = await discover(openid.ClientSecretBasic(CLIENT_SECRET));
  const graph = { scope: 'https://graph.microsoft.com/.default' };
  const { access_token: token } = await openid.clientCredentialsGrant(basic, graph);
  const answer = await fetch(`${tenant.url}/v1.0/users/${ADELE}/messages?$top=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(answer.status, 200);
  const wrong = await discover(openid.ClientSecretPost('not the secret'));
  await assert.rejects(openid.clientCredentialsGrant(wrong, graph), { error: 'invalid_client' });
});

test('oidc-client-ts: code with PKCE, the session of a page, and a refresh token', async () => {
  const { InMemoryWebStorage, OidcClient, WebStorageStateStore } = await load('oidc-client-ts');
  const client = new OidcClient({
    authority: `${tenant.url}/${TENANT_ID}/v2.0`,
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uri: redirectUri,
    scope,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });
  const { url } = await client.createSigninRequest({});
  const answer = await client.processSigninResponse(await signInByForms(tenant, url, ADELE));
  assert.equal(answer.profile.preferred_username, ADELE);
  assert.equal((await messages(answer.access_token)).status, 200);
  const { refresh_token, id_token, profile } = answer;
  const state = { refresh_token, id_token, profile, session_state: null, scope, data: undefined };
  const fresh = await client.useRefreshToken({ state, timeoutInSeconds: 20 });
  assert.equal((await messages(fresh.access_token)).status, 200);
  await assert.rejects(client.processSigninResponse(`${redirectUri}?state=another&code=a`), /No matching state/);
});

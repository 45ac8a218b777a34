// Sign-in, renewal and sign-out against an authorization server that is not ours.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newPage, openBrowser } from './browser.mjs';
import { assemblePage, attempt, call, leave, settled, visit } from './harness.mjs';
import { TENANT_ID, freePort, startEndpoint } from './processes.mjs';
import { signInThere, startProvider } from './third-party/provider.mjs';

let provider;
let endpoint;
let browser;
let page;

before(async () => {
  const port = await freePort();
  provider = await startProvider(`http://localhost:${port}`);
  endpoint = await startEndpoint({
    login: provider.origin,
    tenant: TENANT_ID,
    page: assemblePage(),
    port,
    scopes: ['User.Read', 'Mail.ReadWrite'],
  });
  browser = await openBrowser();
  page = await newPage(browser);
  await visit(page, `${endpoint.url}/`);
});
after(async () => {
  await browser?.close();
  await endpoint?.end();
  await provider?.end();
});

test('oidc-provider: signs in with PKCE and the secret', async () => {
  await leave(page);
  await signInThere(page);
  await settled(page);
  assert.equal(await page.textContent('#state'), 'signed in: somebody@contoso.example', endpoint.log());
  const account = await call(page, () => client.account);
  assert.equal(account.tenantId, TENANT_ID);
  assert.deepEqual(
    provider.grants.map(({ outcome, type }) => `${type} ${outcome}`),
    ['authorization_code success'],
  );
});

test('oidc-provider: renews twice, with rotation: a token used twice would end it all', async () => {
  const tokens = new Set();
  for (let round = 0; round < 2; round++)
    tokens.add((await call(page, () => client.getToken({ forceRefresh: true }))).token);
  assert.equal(tokens.size, 2);
  assert.deepEqual(
    provider.grants.slice(1).map(({ outcome, type }) => `${type} ${outcome}`),
    ['refresh_token success', 'refresh_token success'],
  );
});

test('oidc-provider: a reload restores the session', async () => {
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#state'), 'signed in: somebody@contoso.example');
});

test('oidc-provider: signs out of both', async () => {
  const away = page.waitForURL((url) => url.origin === provider.origin && url.pathname.endsWith('/logout'));
  await page.evaluate(() => {
    client.signOut({ scope: 'microsoft' }).catch(() => {});
  });
  await away;
  assert.doesNotMatch(await page.textContent('body'), /invalid_request/);
  await page.click('button[name=logout]');
  await page.waitForURL((url) => url.origin !== provider.origin || !/confirm$/.test(url.pathname));
  await visit(page, `${endpoint.url}/`);
  assert.equal(await page.textContent('#state'), 'signed out');
  const { error } = await attempt(page, () => client.getToken());
  assert.equal(error.code, 'signed_out');
});

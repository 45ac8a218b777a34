// The journey of the 2014 post "Using OAuth2 to access Calendar, Contact and Mail API in Office 365 Exchange Online":
// every step, every parameter, as posted. The steps build on each other, in one browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, attempt, call, choose, leave, settled, stack, watch } from './harness.mjs';
import { CLIENT_ID, TENANT_ID } from './processes.mjs';

const RESOURCE = 'https://outlook.office365.com/';
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const it = stack({ endpoint: () => ({ identity: 'v1', api: 'outlook-v1', tenant: 'common', scopes: [] }) });
let page;
test('the page opens', async () => {
  page = await it.open();
});

const tokenRequests = (grant) =>
  it.control.requests((one) => one.path.endsWith('/token') && one.form?.grant_type === grant);
/** The call of the post: the ten newest messages of the inbox. */
const inbox = () => client.mail.folder('inbox').messages.list({ top: 10 });

test('2 authorize: GET /common/oauth2/authorize with exactly the parameters of the post', async () => {
  const url = new URL(await call(page, () => client.authorizeUrl()));
  assert.equal(url.pathname, '/common/oauth2/authorize');
  const fields = Object.fromEntries(url.searchParams);
  assert.equal(fields.response_type, 'code');
  assert.equal(fields.client_id, CLIENT_ID);
  assert.equal(fields.redirect_uri, `${it.url}/`);
  assert.equal(fields.resource, RESOURCE);
  assert.ok(fields.state.length >= 22, 'state: long and unguessable');
  assert.equal(
    fields.scope?.includes('Mail') ?? false,
    false,
    'permissions are those of the registration, not a scope',
  );
});

test('2 refusal: the user says no, the state is checked, and the page learns access_denied', async () => {
  await leave(page);
  await page.click(`button[data-account="${ADELE}"]`);
  await page.click('#cancel');
  await page.locator('#state').waitFor();
  await settled(page);
  const code = await page.evaluate(() => globalThis.failure?.code ?? globalThis.client?.account);
  assert.ok(code === 'access_denied' || code === 'cancelled', `the refusal is reported: ${code}`);
  assert.doesNotMatch(page.url(), /error|state=/, 'the address bar is clean');
  assert.equal((await tokenRequests('authorization_code')).length, 0, 'no code was exchanged');
});

test('2 a forged answer with another state is refused', async () => {
  await page.goto(`${it.url}/?code=forged&state=forged`);
  await settled(page);
  assert.match(await page.textContent('#state'), /state_mismatch|signed out/);
  assert.equal((await tokenRequests('authorization_code')).length, 0);
});

test('2 and 3 success and trade-in: the form, field by field', async () => {
  await page.goto(`${it.url}/`);
  await settled(page);
  await it.control.forget();
  await leave(page);
  await choose(page, ADELE);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);

  const [authorize] = await it.control.requests((one) => one.path.endsWith('/oauth2/authorize'));
  const trades = await tokenRequests('authorization_code');
  assert.equal(trades.length, 1);
  const [{ path, method, form, headers }] = trades;
  assert.equal(`${method} ${path}`, 'POST /common/oauth2/token');
  assert.equal(headers['content-type'].split(';')[0], 'application/x-www-form-urlencoded');
  assert.equal(form.client_id, CLIENT_ID);
  assert.equal(form.redirect_uri, `${it.url}/`, 'the same as before');
  assert.equal(form.resource, RESOURCE);
  assert.ok(form.code, 'the code');
  assert.ok(form.client_secret, 'the secret, from the server only');
  const known = ['grant_type', 'code', 'redirect_uri', 'client_id', 'client_secret', 'resource', 'code_verifier'];
  assert.deepEqual(
    Object.keys(form).filter((name) => !known.includes(name)),
    [],
    'and no field beside them (PKCE came after 2014)',
  );
  assert.ok(authorize, 'the tenant saw the authorize request');
});

test('3 the ID token says who it is: oid and tid are the keys', async () => {
  const account = await call(page, () => client.account);
  assert.equal(account.tenantId, TENANT_ID);
  assert.match(account.objectId, GUID);
  assert.equal(account.username, ADELE);
});

test('4 call: GET /api/v1.0/me/folders/inbox/messages?$top=10 with the header pair, fresh for every call', async () => {
  const stop = watch(page, (request) => request.url().includes('/api/v1.0/'));
  const first = await call(page, inbox);
  await call(page, inbox);
  const sent = stop().filter(({ method }) => method === 'GET');
  assert.equal(first.items.length, 10);
  assert.ok(
    first.items.every((message) => typeof message.Subject === 'string' && message.DateTimeReceived),
    'in the spelling of v1.0',
  );
  assert.equal(sent.length, 2);
  for (const { url, headers } of sent) {
    assert.equal(
      decodeURIComponent(url.slice(it.tenant.url.length)).toLowerCase(),
      '/api/v1.0/me/folders/inbox/messages?$top=10',
    );
    assert.match(headers.authorization, /^Bearer /);
    assert.match(headers['client-request-id'], GUID);
    assert.equal(headers['return-client-request-id'], 'true');
  }
  assert.notEqual(sent[0].headers['client-request-id'], sent[1].headers['client-request-id']);
});

test('3 cache and renew: 401 invalid_token leads to one renewal with rotation, and to one repeat', async () => {
  await it.control.forget();
  await call(page, inbox);
  assert.equal((await tokenRequests('refresh_token')).length, 0, 'cached until the API refuses it');
  const renewed = [];
  for (let round = 0; round < 2; round++) {
    await it.control.advance(2 * 3600);
    await it.control.forget();
    const stop = watch(page, (request) => request.url().includes('/api/v1.0/') && request.method() === 'GET');
    assert.equal((await call(page, inbox)).items.length, 10);
    const renewals = await tokenRequests('refresh_token');
    assert.equal(renewals.length, 1, 'one renewal');
    const { form, path } = renewals[0];
    assert.equal(path, '/common/oauth2/token');
    assert.equal(form.resource, RESOURCE);
    assert.equal(form.client_id, CLIENT_ID);
    assert.ok(form.client_secret);
    renewed.push(form.refresh_token);
    const tokens = stop().map(({ headers }) => headers.authorization);
    assert.equal(tokens.length, 2, 'the call and its one repeat');
    assert.notEqual(tokens[0], tokens[1]);
  }
  assert.notEqual(renewed[0], renewed[1], 'the new refresh token replaced the old one');
});

test('3 invalid_grant: a dead refresh token leads back to sign-in', async () => {
  await it.control.revoke(ADELE);
  await it.control.advance(2 * 3600);
  const { error } = await attempt(page, inbox);
  assert.equal(error.code, 'interaction_required');
  assert.ok(error.isOurs && error.remedy);
  await page.goto(`${it.url}/`);
  await settled(page);
  assert.equal(await page.textContent('#state'), 'signed out');
  await leave(page, { prompt: 'login' });
  await choose(page, ADELE);
  assert.equal((await call(page, inbox)).items.length, 10);
});

// Sign-in by the v2 endpoints: to the inbox, over a reload, and sign-out; the requests on the wire, and what is left in
// the browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADELE,
  BEN,
  PASSWORD,
  attempt,
  call,
  choose,
  leave,
  settled,
  signIn,
  stack,
  visit,
  watch,
} from './harness.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID } from './processes.mjs';
import { tokensLeftBehind } from './storage.mjs';

const it = stack();

test('signs in with address and password, consents, comes back to the same place and reads the inbox', async () => {
  const page = await it.open('/?view=week#top');
  assert.equal(await call(page, () => client.account), null);
  await leave(page);
  await page.fill('input[name=loginfmt]', ADELE);
  await page.fill('input[name=passwd]', PASSWORD);
  await page.click('#signin');
  const listed = await page
    .locator('#permissions [data-scope]')
    .evaluateAll((all) => all.map((one) => one.dataset.scope));
  for (const scope of ['Mail.ReadWrite', 'Calendars.ReadWrite', 'Contacts.ReadWrite', 'offline_access'])
    assert.ok(listed.includes(scope), `the consent page lists ${scope}`);
  await page.click('#accept');
  await page.locator('#state').waitFor();
  await settled(page);

  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
  assert.equal(page.url(), `${it.url}/?view=week#top`, 'the place from before, without code and state');
  const account = await call(page, () => client.account);
  assert.equal(account.tenantId, TENANT_ID);
  assert.match(account.objectId, /^[0-9a-f-]{36}$/);
  assert.equal(account.isGuest, false);
  const inbox = await call(page, () => client.mail.messages.list({ select: ['subject', 'from'], top: 10 }));
  assert.equal(inbox.items.length, 10);
  assert.ok(inbox.items.every(({ subject, from }) => typeof subject === 'string' && from.emailAddress.address));
});

test('S2 S4 E3 E4 the authorize request: a code with PKCE, a fresh state and nonce every time', async () => {
  const page = await it.open();
  const urls = await call(page, () => [client.authorizeUrl({ prompt: 'select_account' }), client.authorizeUrl()]);
  const [first, second] = urls.map((text) => new URL(text).searchParams);
  assert.equal(new URL(urls[0]).pathname, '/organizations/oauth2/v2.0/authorize');
  assert.equal(first.get('response_type'), 'code');
  assert.equal(first.get('client_id'), CLIENT_ID);
  assert.equal(first.get('redirect_uri'), `${it.url}/`);
  assert.equal(first.get('code_challenge_method'), 'S256');
  assert.match(first.get('code_challenge'), /^[\w-]{43}$/);
  assert.equal(first.get('prompt'), 'select_account');
  const scopes = first.get('scope').split(' ');
  for (const scope of ['openid', 'profile', 'offline_access']) assert.ok(scopes.includes(scope), scope);
  for (const name of ['state', 'nonce', 'code_challenge']) {
    assert.ok(first.get(name).length >= 22, `${name} has 128 bits`);
    assert.notEqual(first.get(name), second.get(name), `${name} is fresh`);
  }
});

test('S2 S3 a sign-in takes no response type, user name or password: invalid_argument', async () => {
  const page = await it.open();
  for (const invalid of [
    { responseType: 'token' },
    { response_type: 'id_token' },
    { responseMode: 'fragment' },
    { username: 'adele' },
    { password: 'x' },
  ]) {
    const { error } = await attempt(page, (invalid) => client.authorizeUrl(invalid), invalid);
    assert.equal(error?.code, 'invalid_argument', JSON.stringify(invalid));
  }
});

test('S4 without random numbers from the platform no sign-in starts: insecure_context', async () => {
  const page = await it.open();
  await page.addInitScript(() => {
    crypto.getRandomValues = () => {
      throw new Error('none');
    };
  });
  await visit(page, `${it.url}/`);
  const { error } = await attempt(page, () => client.authorizeUrl());
  assert.equal(error?.code, 'insecure_context');
});

test('S1 nothing that leaves the page holds the secret or names a refresh token', async () => {
  const page = await it.open();
  const stop = watch(page);
  await signIn(page);
  await call(page, () => client.getToken({ forceRefresh: true }));
  const sent = stop();
  for (const path of ['/auth/exchange', '/auth/token'])
    assert.ok(
      sent.some(({ url }) => url.endsWith(path)),
      path,
    );
  for (const word of ['client_secret', 'refresh_token', 'client_assertion', CLIENT_SECRET])
    assert.ok(!JSON.stringify(sent).includes(word), word);
});

test('the trade-in goes from the endpoint: with the secret and the verifier, without anything of the browser', async () => {
  await it.control.forget();
  const page = await it.signedIn();
  const [authorize] = await it.control.requests((one) => one.path.endsWith('/authorize'));
  const trades = await it.control.requests((one) => one.path.endsWith('/token'));
  assert.equal(trades.length, 1);
  const { form, headers } = trades[0];
  assert.equal(form.grant_type, 'authorization_code');
  assert.equal(form.redirect_uri, `${it.url}/`);
  assert.ok(form.client_secret ?? headers.authorization?.startsWith('Basic'), 'the secret');
  assert.ok(form.code_verifier, 'the verifier');
  for (const name of ['origin', 'referer', 'cookie', 'x-forwarded-for'])
    assert.equal(headers[name], undefined, `E38 ${name} of the browser stays here`);
  assert.equal(new URLSearchParams(authorize.query).get('code_challenge_method'), 'S256');
  await page.context().close();
});

test('a reload restores the session with one round trip', async () => {
  const page = await it.signedIn();
  const stop = watch(page, (request) => !/\.(html|js|wasm|css)$|\/$/.test(new URL(request.url()).pathname));
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
  const calls = stop();
  assert.deepEqual(
    calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`),
    ['POST /auth/session'],
  );
  assert.equal(calls[0].headers['x-exo365'], '1');
  const { items } = await call(page, () => client.mail.messages.list({ top: 1 }));
  assert.equal(items.length, 1);
});

test('S12 S13 no token is left where a script, an extension or the history could find it', async () => {
  const page = await it.open();
  const stop = watch(page);
  await signIn(page);
  await call(page, () => client.mail.messages.list({ top: 3 }));
  const sent = stop();
  const bearer = sent.map(({ headers }) => headers.authorization).find(Boolean);
  assert.match(bearer, /^Bearer \S{20,}$/);
  assert.deepEqual(await tokensLeftBehind(page, bearer.slice(7)), []);
  for (const { url } of sent) assert.ok(!decodeURIComponent(url).includes(bearer.slice(-24)), `no token in ${url}`);
});

test('E21 E29 the session cookie is closed to scripts, and answers hold no refresh token', async () => {
  const page = await it.open();
  const bodies = [];
  page.on('response', (response) => {
    // Response bodies of the page before a redirect are no longer available.
    if (response.url().includes('/auth/')) bodies.push(response.text().catch(() => ''));
  });
  await signIn(page);
  const cookies = (await page.context().cookies(it.url)).filter(({ name }) => name.includes('exo365'));
  assert.equal(cookies.length, 1);
  const [{ name, httpOnly, secure, sameSite, path }] = cookies;
  assert.deepEqual(
    { httpOnly, secure, sameSite, path },
    // WebKit keeps no `Secure` cookie of http://localhost; elsewhere it is `__Host-` and `Secure` (e84).
    { httpOnly: true, secure: false, sameSite: 'Strict', path: '/' },
  );
  assert.match(name, /^exo365-[\w-]{12}$/);
  const answers = (await Promise.all(bodies)).join();
  assert.match(answers, /"accessToken"/);
  assert.doesNotMatch(answers, /refresh/, 'no refresh token in any answer');
});

test('E55 every further sign-in gets another session id: more consent, another account', async () => {
  const page = await it.open();
  const ids = new Set();
  for (const { user, options } of [
    { user: ADELE, options: {} },
    { user: ADELE, options: { prompt: 'consent' } },
    { user: BEN, options: { prompt: 'select_account' } },
  ]) {
    await signIn(page, user, options);
    assert.equal(await page.textContent('#state'), `signed in: ${user}`);
    ids.add((await page.context().cookies(it.url)).find(({ name }) => name.includes('exo365')).value);
  }
  assert.equal(ids.size, 3);
});

test('sign-out forgets the session here and at the endpoint', async () => {
  const page = await it.signedIn();
  await call(page, () => client.signOut());
  assert.equal(await call(page, () => client.account), null);
  const { error } = await attempt(page, () => client.mail.messages.list());
  assert.equal(error.code, 'signed_out');
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#state'), 'signed out');
});

test('E42 sign-out at Microsoft leaves for its logout with a state, and comes back signed out, with a clean address', async () => {
  const page = await it.signedIn();
  const away = page.waitForRequest(
    (request) => request.url().includes('/logout') && request.url().startsWith(it.tenant.url),
  );
  await page.evaluate(() => {
    client.signOut({ scope: 'microsoft' }).catch(() => {});
  });
  const { pathname, searchParams } = new URL((await away).url());
  assert.equal(pathname, '/organizations/oauth2/v2.0/logout');
  const state = searchParams.get('state');
  assert.match(state, /^[0-9a-f-]{36}$/);
  // The service redirects to the page without a click.
  await page.waitForFunction(() => document.querySelector('#state')?.textContent === 'signed out');
  assert.equal(page.url(), `${it.url}/`);
  assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
  // The return is recognised by its state, and once; any other `state` in the URL belongs to the page.
  for (const other of [state, 'ours']) {
    await visit(page, `${it.url}/?state=${other}`);
    assert.equal(await page.textContent('#state'), 'signed out');
    assert.equal(new URL(page.url()).search, `?state=${other}`);
  }
});

test('a login hint goes straight to that account', async () => {
  const page = await it.open();
  await leave(page, { loginHint: 'ben@contoso.example' });
  assert.equal(await page.locator('button[data-account]').count(), 1);
  await choose(page, 'ben@contoso.example');
  assert.equal(await page.textContent('#state'), 'signed in: ben@contoso.example');
});

test('the session survives a restart of the endpoint', async () => {
  const page = await it.signedIn();
  await it.restartEndpoint();
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
});

test('S6 E5 the redirect address processed again does not trade the code in again', async () => {
  const page = await it.open();
  await leave(page);
  let landing;
  page.on('request', (request) => {
    if (/[?&#]code=/.test(request.url())) landing = request.url();
  });
  await choose(page, ADELE);
  assert.ok(landing, 'the address with the code was seen');
  await it.control.forget();
  await visit(page, landing);
  const trades = await it.control.requests(
    (one) => one.path.endsWith('/token') && one.form?.grant_type === 'authorization_code',
  );
  assert.equal(trades.length, 0);
});

test('E17 max_age asks again whoever signed in too long ago, and the endpoint hears of it', async () => {
  const page = await it.signedIn();
  const exchanged = page.waitForRequest(`${it.url}/auth/exchange`);
  await it.control.advance(60);
  await leave(page, { extra: { max_age: '0' } });
  // With `maxAge` 0 a user with a session at the service has to sign in again.
  await choose(page, ADELE);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
  assert.equal((await exchanged).postDataJSON().maxAge, '0');
  // A recent sign-in is accepted without a question.
  const again = page.waitForRequest(`${it.url}/auth/exchange`);
  await page.evaluate(() => {
    client.signIn({ extra: { max_age: '3600' } }).catch(() => {});
  });
  assert.equal((await again).postDataJSON().maxAge, '3600');
  await page.waitForFunction((who) => document.querySelector('#state')?.textContent === who, `signed in: ${ADELE}`);
  assert.equal(await page.evaluate(() => globalThis.failure ?? null), null);
});

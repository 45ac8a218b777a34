// Proxy mode: the page calls its own host, the endpoint calls the API, and the page gets no token. These tests use the
// HTTP interface directly, without the SDK, but for the last one.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterEach, test } from 'node:test';
import { ADELE, attempt, stack } from './harness.mjs';
import { newPage } from './browser.mjs';
import { codeFlow, exchangeBody, signInByForms } from './microsoft/tenant.mjs';

const it = stack({ endpoint: { mode: 'proxy' } });
afterEach(() => it.control.clearFaults());

/** Signs in by the forms; gives the body for `/exchange`. */
async function code(account = ADELE) {
  const flow = codeFlow(it.tenant, `${it.url}/`);
  return exchangeBody(flow, await signInByForms(it.tenant, flow.authorize, account));
}

/** An empty page of the endpoint's origin. */
async function blank() {
  const page = await newPage(it.browser);
  await page.route(`${it.url}/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>blank</title>' }),
  );
  await page.goto(`${it.url}/`);
  return page;
}

/** `fetch` in the page: status, headers, and the body as text. */
const ask = (page, path, { method = 'GET', headers = {}, body = undefined } = {}) =>
  page.evaluate(
    async ({ path, method, headers, body }) => {
      const answer = await fetch(path, { method, headers: { 'X-Exo365': '1', ...headers }, body });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
    },
    { path, method, headers, body },
  );

const json = { 'content-type': 'application/json' };
const post = (page, path, body, headers) =>
  ask(page, path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });

/** A blank page, signed in. */
async function signedIn(account = ADELE) {
  const page = await blank();
  const answer = await post(page, '/auth/exchange', await code(account));
  assert.equal(answer.status, 200, answer.text);
  return { page, answer };
}

test('E29 no token reaches the page: not at sign-in, not at a reload, not when it is asked for', async () => {
  const { page, answer } = await signedIn();
  const session = await post(page, '/auth/session', {});
  const token = await post(page, '/auth/token', {});
  assert.equal(JSON.parse(session.text).config.mode, 'proxy');
  assert.equal(JSON.parse(session.text).account.username, ADELE);
  assert.equal(token.status, 400);
  assert.equal(JSON.parse(token.text).error.code, 'misconfigured');
  const mail = await ask(page, '/auth/proxy/v1.0/me/messages?$top=1');
  const tokens = (await it.control.requests('/v1.0/me/messages')).map(({ headers }) => headers?.authorization ?? '');
  for (const { text, headers } of [answer, session, token, mail]) {
    const received = text + JSON.stringify(headers);
    assert.ok(!/accessToken|refresh/.test(received), received.slice(0, 300));
    for (const one of tokens) assert.ok(!one || !received.includes(one.slice(7)), 'an access token');
  }
  assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]), [
    '',
    0,
    0,
  ]);
});

test('E37 E38 a call goes through, and nothing of the browser with it', async () => {
  const { page } = await signedIn();
  await it.control.forget();
  const answer = await ask(page, '/auth/proxy/v1.0/me/messages?$top=2&$select=subject', {
    headers: { prefer: 'outlook.body-content-type="text"', 'x-marker': '1' },
  });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(JSON.parse(answer.text).value.length, 2);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.ok(answer.headers['request-id'], 'the API is asked about by its own id');
  const [asked] = await it.control.requests('/v1.0/me/messages');
  assert.ok(asked);
  const sent = asked.headers ?? {};
  for (const name of ['cookie', 'origin', 'referer', 'x-exo365', 'sec-fetch-site', 'x-marker'])
    assert.equal(sent[name], undefined, name);
});

test('E37 next links lead on through the endpoint until there are no more', async () => {
  const { page } = await signedIn();
  let path = '/auth/proxy/v1.0/me/messages?$top=3&$select=id&$filter=isRead eq false';
  const seen = new Set();
  for (let pages = 0; path && pages < 4; pages += 1) {
    const { status, text } = await ask(page, path);
    assert.equal(status, 200, text);
    const { value, '@odata.nextLink': next } = JSON.parse(text);
    for (const { id } of value) seen.add(id);
    if (next) assert.ok(next.startsWith('/auth/proxy/v1.0/me/messages?'), next);
    path = next;
  }
  assert.ok(seen.size >= 9, String(seen.size));
});

test('a message is written, changed, found in a batch, and deleted', async () => {
  const { page } = await signedIn();
  const made = await post(page, '/auth/proxy/v1.0/me/messages', { subject: 'Through the proxy' });
  assert.equal(made.status, 201, made.text);
  const { id } = JSON.parse(made.text);
  const place = `/auth/proxy/v1.0/me/messages/${encodeURIComponent(id)}`;
  const changed = await ask(page, place, {
    method: 'PATCH',
    headers: json,
    body: JSON.stringify({ subject: 'Changed' }),
  });
  assert.equal(changed.status, 200, changed.text);
  const batch = await post(page, '/auth/proxy/v1.0/$batch', {
    requests: [{ id: '1', method: 'GET', url: `/me/messages/${id}?$select=subject` }],
  });
  assert.equal(JSON.parse(batch.text).responses[0].body.subject, 'Changed', batch.text);
  assert.equal((await ask(page, place, { method: 'DELETE' })).status, 204);
  assert.equal((await ask(page, place)).status, 404);
});

test('E31 an expired token is renewed behind the page, once for all calls', async () => {
  const { page } = await signedIn();
  await it.control.advance(25 * 3600);
  await it.control.forget();
  const all = await page.evaluate(() =>
    Promise.all(
      Array.from({ length: 6 }, () =>
        fetch('/auth/proxy/v1.0/me', { headers: { 'X-Exo365': '1' } }).then((answer) => answer.status),
      ),
    ),
  );
  assert.deepEqual(all, Array(6).fill(200));
  const renewals = await it.control.requests('/token');
  assert.equal(renewals.length, 1);
});

test('E33 a dead grant: the endpoint says so in its own name, and the next answer is signed_out', async () => {
  const { page } = await signedIn();
  await it.control.revoke(ADELE);
  await it.control.advance(25 * 3600);
  const refused = await ask(page, '/auth/proxy/v1.0/me');
  assert.equal(refused.status, 401, refused.text);
  assert.equal(refused.headers['x-exo365'], '1');
  assert.equal(JSON.parse(refused.text).error.code, 'interaction_required');
  assert.equal(JSON.parse((await ask(page, '/auth/proxy/v1.0/me')).text).error.code, 'signed_out');
});

test('an error of the API is passed on unchanged; one that gives no answer is reported by the endpoint', async () => {
  const { page } = await signedIn();
  const api = { path: '/v1.0/me' };
  await it.control.fault({ match: api, kind: 'throttle', retryAfterSeconds: 7 });
  const slow = await ask(page, '/auth/proxy/v1.0/me');
  assert.deepEqual([slow.status, slow.headers['retry-after'], slow.headers['x-exo365']], [429, '7', undefined]);
  await it.control.clearFaults();
  await it.control.fault({ match: api, kind: 'drop' });
  const gone = await ask(page, '/auth/proxy/v1.0/me');
  assert.deepEqual(
    [gone.status, gone.headers['x-exo365'], JSON.parse(gone.text).error.code],
    [504, '1', 'service_unavailable'],
  );
});

test('an answer is not held back on its way: small calls take no forty milliseconds', async () => {
  const { page } = await signedIn();
  const times = await page.evaluate(async () => {
    const times = [];
    for (let call = 0; call < 40; call += 1) {
      const begin = performance.now();
      await (await fetch('/auth/proxy/v1.0/me?$select=id', { headers: { 'X-Exo365': '1' } })).text();
      times.push(performance.now() - begin);
    }
    return times;
  });
  // Delays by Nagle's algorithm would show on a connection that is in use already, and then in every call.
  assert.ok(Math.min(...times.slice(-10)) < 35, times.map(Math.round).join(' '));
});

/** Sends raw bytes on a new connection; gives the response until the connection is silent. */
const raw = (bytes) =>
  new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(it.endpoint.port, '127.0.0.1', () => socket.write(bytes)).setEncoding('latin1');
    socket.setTimeout(1500, () => socket.destroy());
    socket
      .on('data', (text) => (received += text))
      .on('error', reject)
      .on('close', () => resolve(received));
  });

test('E37 E60 no request hides behind another: lengths that disagree, folded and doubled headers', async () => {
  const signed = await fetch(`${it.url}/auth/exchange`, {
    method: 'POST',
    headers: { ...json, 'x-exo365': '1', origin: it.url },
    body: JSON.stringify(await code()),
  });
  const cookie = signed.headers.getSetCookie()[0].split(';')[0];
  const head = (path, ...more) =>
    [
      `POST /auth/proxy/v1.0/me/${path} HTTP/1.1`,
      `Host: localhost:${it.endpoint.port}`,
      `Cookie: ${cookie}`,
      `Origin: ${it.url}`,
      'X-Exo365: 1',
      'Content-Type: application/json',
      ...more,
    ].join('\r\n');
  const hidden = 'GET /v1.0/me/hidden HTTP/1.1\r\nHost: x\r\n\r\n';
  await it.control.forget();
  const answers = [
    await raw(`${head('messages', 'Content-Length: 5', 'Transfer-Encoding: chunked')}\r\n\r\n0\r\n\r\n${hidden}`),
    await raw(`${head('messages', 'Content-Length: 2', 'Content-Length: 60')}\r\n\r\n{}${hidden}`),
    await raw(`${head('messages', 'Content-Length: 2', 'Transfer-Encoding : chunked')}\r\n\r\n{}${hidden}`),
    await raw(`${head('messages', 'Transfer-Encoding: gzip, chunked')}\r\n\r\n2\r\n{}\r\n0\r\n\r\n${hidden}`),
    await raw(`${head('messages', 'Content-Length: 2', 'Prefer: a\r\n folded: b')}\r\n\r\n{}`),
    await raw(`${head('messages', 'Content-Length: 2', 'Prefer: a\nAuthorization: Bearer other')}\r\n\r\n{}`),
    await raw(`${head('messages HTTP/1.1\r\nX-Hidden: 1', 'Content-Length: 2')}\r\n\r\n{}`),
  ];
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 \d{3}/);
  for (const { path, headers = {} } of await it.control.requests('/v1.0/')) {
    assert.equal(path.split('?')[0], '/v1.0/me/messages');
    assert.equal(headers['x-hidden'], undefined);
    assert.ok(!String(headers.authorization).includes('other'));
  }
});

test('E23 E24 E60 a foreign page, a form, a navigation and another path get nothing', async () => {
  const { page } = await signedIn();
  await it.control.forget();
  const plain = await page.evaluate(() => fetch('/auth/proxy/v1.0/me').then((answer) => answer.status));
  assert.equal(plain, 403, 'without the header');
  const at = (headers, path = 'v1.0/me', method = 'GET') =>
    fetch(`${it.url}/auth/proxy/${path}`, { method, headers, redirect: 'manual' }).then(({ status }) => status);
  const own = { 'x-exo365': '1', origin: it.url };
  assert.equal(await at({ ...own, origin: 'https://collector.example' }), 403);
  assert.equal(await at({ ...own, origin: 'null' }), 403);
  assert.equal(await at({ 'x-exo365': '1' }), 403, 'no word of the browser');
  assert.equal(await at(own), 401, 'no session');
  for (const path of ['v1.0/groups', 'v1.0/me/%2e%2e/groups', 'v1.0/me/..%2fgroups', 'https://collector.example/'])
    assert.equal(await at(own, path), 403, path);
  assert.equal(await at(own, 'v1.0/me', 'HEAD'), 405);
  assert.deepEqual(await it.control.requests('/v1.0/'), [], 'no request reached the API');
});

test('E91 a write whose answer is lost on its way to the endpoint: outcome_unknown', async () => {
  const page = await it.signedIn();
  await it.control.fault({ match: { path: '/sendMail', method: 'POST' }, kind: 'drop' });
  const { error } = await attempt(page, () =>
    client.mail.send({ subject: 'Lost', toRecipients: ['adele@contoso.example'] }),
  );
  assert.equal(error?.code, 'outcome_unknown', JSON.stringify(error));
  assert.equal((await it.control.requests('/sendMail')).length, 1, 'it is not sent again');
});

// Faults of the API: each ends in its error code, tokens go to no other service, and no promise hangs.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, test } from 'node:test';
import { attempt, call, settled, stack, visit, watch } from './harness.mjs';
import { listen } from './processes.mjs';

const it = stack();
let page;
test('signs in', async () => {
  page = await it.signedIn();
});
afterEach(() => it.control.clearFaults());

const list = () => client.mail.messages.list({ top: 1 });
const api = { path: '/v1.0/me', method: 'GET' };

test('S14 S15 a next link to a foreign host is not followed: untrusted_host', async () => {
  await page.route('**/v1.0/me/**', async (route) => {
    const response = await route.fetch();
    if (route.request().method() !== 'GET') return route.fulfill({ response });
    const body = {
      ...(await response.json()),
      '@odata.nextLink': 'https://collector.example/v1.0/me/messages?$skip=1',
    };
    return route.fulfill({ response, json: body });
  });
  const stop = watch(page, (request) => request.url().includes('collector.example'));
  const { error } = await attempt(page, async () => {
    for await (const message of client.mail.messages.all({ top: 1 })) void message;
  });
  await page.unroute('**/v1.0/me/**');
  assert.equal(error.code, 'untrusted_host');
  assert.deepEqual(stop(), [], 'nothing went there');
});

test('S14 request takes no foreign address: untrusted_host', async () => {
  const stop = watch(page, (request) => request.url().includes('collector.example'));
  for (const path of [
    'https://collector.example/v1.0/me',
    '//collector.example/v1.0/me',
    'https://user@collector.example/',
  ]) {
    const { error } = await attempt(page, (path) => client.request('GET', path), path);
    assert.ok(['untrusted_host', 'invalid_argument'].includes(error?.code), `${path}: ${error?.code}`);
  }
  assert.deepEqual(stop(), []);
});

test('S16 S17 calls carry the token without cookies, referrer and redirects', async () => {
  const stop = watch(page, (request) => request.url().includes('/v1.0/'));
  await call(page, list);
  const [sent] = stop().filter(({ method }) => method === 'GET');
  assert.match(sent.headers.authorization, /^Bearer /);
  const arrived = (await it.control.requests((one) => one.method === 'GET' && one.path.startsWith('/v1.0/me'))).at(-1);
  for (const name of ['referer', 'cookie']) assert.equal(arrived.headers[name], undefined, name);
  // A server that really listens: requests that the browser plans but does not send would not count.
  const visits = [];
  const collector = createServer((request, response) => {
    visits.push(request.url);
    response.end();
  });
  const location = `http://localhost:${await listen(collector)}/`;
  await it.control.fault({ match: api, kind: 'status', status: 302, headers: { location }, body: '' });
  const { error } = await attempt(page, list);
  assert.equal(error?.code, 'invalid_response', 'a redirect is no answer');
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
  assert.deepEqual(visits, []);
});

/** @type {[name: string, fault: object, ...codes: string[]][]} */
const FAULTS = [
  [
    '404',
    { kind: 'status', status: 404, body: { error: { code: 'ErrorItemNotFound', message: 'gone' } } },
    'not_found',
  ],
  ['403', { kind: 'status', status: 403, body: { error: { code: 'ErrorAccessDenied', message: 'no' } } }, 'forbidden'],
  [
    '412',
    { kind: 'status', status: 412, body: { error: { code: 'ErrorIrresolvableConflict', message: 'changed' } } },
    'precondition_failed',
  ],
  ['410', { kind: 'status', status: 410, body: { error: { code: 'SyncStateNotFound', message: 'old' } } }, 'gone'],
  [
    '400',
    { kind: 'status', status: 400, body: { error: { code: 'ErrorInvalidIdMalformed', message: 'bad' } } },
    'bad_request',
  ],
  ['HTML with 200', { kind: 'html' }, 'invalid_response'],
  ['half of the answer', { kind: 'truncate' }, 'invalid_response', 'network'],
  ['nothing', { kind: 'drop' }, 'network'],
  ['500 for ever', { kind: 'status', status: 500, body: '' }, 'service_unavailable'],
];
for (const [name, fault, ...codes] of FAULTS) {
  test(`an API that answers ${name}: ${codes[0]}`, { timeout: 60_000 }, async () => {
    await it.control.fault({ match: api, ...fault });
    const { error } = await attempt(page, list);
    assert.ok(codes.includes(error?.code), JSON.stringify(error));
    assert.ok(error.isOurs && error.isError && error.remedy);
    await it.control.clearFaults();
    assert.equal((await call(page, list)).items.length, 1, 'and the next call works');
  });
}

test('S27 a 401 that stays is repeated once and no more', async () => {
  await it.control.forget();
  await it.control.fault({ match: api, kind: 'unauthorized', variant: 'expired' });
  const { error } = await attempt(page, list);
  assert.equal(error.code, 'interaction_required');
  const asked = await it.control.requests((one) => one.method === 'GET' && one.path.startsWith('/v1.0/me'));
  assert.equal(asked.length, 2);
  const renewals = await it.control.requests((one) => one.form?.grant_type === 'refresh_token');
  assert.equal(renewals.length, 1);
});

test('S27 S28 a challenge with claims that stays: one renewal with these claims, one repeat', async () => {
  await it.control.forget();
  await it.control.fault({ match: api, kind: 'unauthorized', variant: 'claims' });
  const { error } = await attempt(page, list);
  assert.deepEqual([error.code, 'access_token' in JSON.parse(error.claims)], ['interaction_required', true]);
  assert.equal((await it.control.requests((one) => one.method === 'GET' && one.path.startsWith('/v1.0/me'))).length, 2);
  const renewals = await it.control.requests((one) => one.form?.grant_type === 'refresh_token');
  assert.equal(renewals.length, 1);
  assert.deepEqual(JSON.parse(renewals[0].form.claims).access_token.nbf, JSON.parse(error.claims).access_token.nbf);
});

test('S29 where a challenge points to, nobody goes', async () => {
  const challenge =
    'Bearer realm="collector.example", authorization_uri="https://collector.example/authorize", error="invalid_token"';
  const headers = {
    'access-control-allow-origin': it.url,
    'access-control-expose-headers': 'www-authenticate',
    'www-authenticate': challenge,
  };
  await page.route('**/v1.0/me/**', (route) =>
    route.request().method() === 'GET' ? route.fulfill({ status: 401, headers }) : route.continue(),
  );
  const stop = watch(page, (request) => request.url().includes('collector.example'));
  const { error } = await attempt(page, list);
  await page.unroute('**/v1.0/me/**');
  assert.equal(error.code, 'interaction_required');
  const next = await call(page, () => client.authorizeUrl());
  assert.deepEqual(
    [stop(), new URL(next).origin, JSON.stringify(error).includes('collector')],
    [[], it.tenant.url, false],
  );
});

test('S26 E31 calls at once in two tabs: each tab asks once, and one renewal reaches the sign-in service', async () => {
  const other = await page.context().newPage();
  await visit(other, `${it.url}/`);
  await it.control.advance(25 * 3600);
  await it.control.forget();
  const stops = [page, other].map((page) => watch(page, (request) => request.url().endsWith('/auth/token')));
  await Promise.all(
    [page, other].map((page) =>
      call(page, () => Promise.all([1, 2, 3].map((top) => client.mail.messages.list({ top })))),
    ),
  );
  assert.deepEqual(
    stops.map((stop) => stop().length),
    [1, 1],
  );
  assert.equal((await it.control.requests((one) => one.form?.grant_type === 'refresh_token')).length, 1);
  await other.close();
});

test('E58 an access token that is no JWT is sent as it is', async () => {
  const opaque = '!not~a.JWT';
  await page.route('**/auth/session', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), accessToken: opaque } });
  });
  await page.reload();
  await settled(page);
  const stop = watch(page, (request) => request.url().includes('/v1.0/'));
  await call(page, list);
  await page.unroute('**/auth/session');
  assert.equal(stop()[0].headers.authorization, `Bearer ${opaque}`);
});

test('an aborted call rejects with aborted, whatever the reason was', async () => {
  for (const reason of ['left the page', null]) {
    const { error } = await attempt(
      page,
      async (reason) => {
        const controller = new AbortController();
        const promise = client.mail.messages.list({ signal: controller.signal });
        controller.abort(reason ?? undefined);
        return promise;
      },
      reason,
    );
    assert.equal(error?.code, 'aborted');
  }
});

test('a guest without mailbox: mailbox_not_found', async () => {
  const guest = await it.signedIn('guest@fabrikam.example');
  const { error } = await attempt(guest, list);
  assert.equal(error.code, 'mailbox_not_found');
});

test('arguments that make no sense are refused before anything is sent: invalid_argument', async () => {
  const stop = watch(page, (request) => request.url().includes('/v1.0/'));
  for (const query of [{ top: 0 }, { top: 'fifty' }, { top: 70_000 }, { slect: ['subject'] }, { select: 'subject' }]) {
    const { error } = await attempt(page, (query) => client.mail.messages.list(query), query);
    assert.equal(error?.code, 'invalid_argument', JSON.stringify(query));
  }
  assert.deepEqual(stop(), []);
});

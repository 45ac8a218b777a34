// An endpoint that is down, slow, answers HTML, 500 or 10 MB, and one whose sign-in service fails: each ends in its
// error code, and no promise hangs.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ADELE, attempt, call, choose, leave, settled, signIn, stack, visit } from './harness.mjs';

const it = stack();
afterEach(() => it.control.clearFaults());

/** The sign-in service has a session of the user by now; with this prompt it shows its page all the same. */
const ASK_AGAIN = { prompt: 'select_account' };

const failureOf = (page) =>
  page.evaluate(() => globalThis.failure && { code: failure.code, message: failure.message, remedy: failure.remedy });
/** Checks that the page's failure has one of `codes`, a message and a remedy. */
const assertFailure = async (page, ...codes) => {
  const error = await failureOf(page);
  assert.ok(codes.includes(error?.code), `${JSON.stringify(error)}, wanted ${codes}`);
  assert.ok(error.message && error.remedy);
  return error;
};

/** Loads the page with `answer` in place of the endpoint's answer to /session. */
async function withAnswer(answer) {
  const page = await it.open();
  await page.route('**/auth/session', answer);
  await page.reload();
  await settled(page);
  return page;
}

test('an endpoint that is down: network', async () => {
  await assertFailure(await withAnswer((route) => route.abort('connectionrefused')), 'network');
});

test('an endpoint that answers HTML: invalid_response or misconfigured', async () => {
  const page = await withAnswer((route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>A proxy</title>' }),
  );
  await assertFailure(page, 'invalid_response', 'misconfigured');
});

test('an endpoint that answers 500: service_unavailable', async () => {
  await assertFailure(
    await withAnswer((route) => route.fulfill({ status: 500, contentType: 'text/plain', body: 'oops' })),
    'service_unavailable',
    'invalid_response',
  );
});

test('an endpoint that answers 10 MB: invalid_response', async () => {
  const body = JSON.stringify({ filler: 'x'.repeat(10_000_000) });
  await assertFailure(
    await withAnswer((route) => route.fulfill({ contentType: 'application/json', body })),
    'invalid_response',
    'misconfigured',
  );
});

test('an endpoint that does not answer: timeout', async () => {
  const page = await it.open();
  await page.evaluate(() => sessionStorage.setItem('test-config', JSON.stringify({ endpoint: '/auth', timeout: 300 })));
  await page.route('**/auth/session', () => {});
  await page.reload();
  await settled(page);
  await assertFailure(page, 'timeout');
});

test('an endpoint that is not there (404 of a static server): misconfigured', async () => {
  const page = await it.open();
  await page.evaluate(() => sessionStorage.setItem('test-config', JSON.stringify({ endpoint: '/nowhere' })));
  await page.reload();
  await settled(page);
  await assertFailure(page, 'misconfigured', 'invalid_response', 'not_found');
});

/** A request as the page would send it, with `headers` in place of its own. */
const post = (route, body, headers = {}) =>
  fetch(`${it.url}/auth/${route}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: it.url, 'x-exo365': '1', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('E12 a request does not choose the sign-in service', async () => {
  const trade = { code: 'c', codeVerifier: 'v'.repeat(43), nonce: 'n', redirectUri: `${it.url}/` };
  assert.equal((await post('exchange', trade)).status, 401, 'the code is asked about');
  await it.control.forget();
  for (const name of ['authority', 'tenant', 'login', 'cloud', 'identity', 'clientId'])
    assert.equal((await post('exchange', { ...trade, [name]: 'https://collector.example/common' })).status, 400, name);
  assert.deepEqual(await it.control.requests('/token'), []);
});

test('E39 what a proxy would say is not believed without one', async () => {
  for (const [name, value] of [
    ['x-forwarded-host', 'collector.example'],
    ['x-forwarded-proto', 'https'],
    ['forwarded', 'host=collector.example;proto=https'],
    ['x-forwarded-for', '127.0.0.1'],
  ]) {
    assert.equal((await post('session', {}, { origin: 'https://collector.example', [name]: value })).status, 403, name);
    const { logoutUrl } = await (await post('logout', { microsoft: true }, { [name]: value })).json();
    assert.equal(new URL(logoutUrl).searchParams.get('post_logout_redirect_uri'), `${it.url}/`, name);
  }
});

/** Signs in while the tenant's token endpoint is at fault. */
async function signInDuring(fault) {
  const page = await it.open();
  await it.control.fault({ match: { path: '/token', method: 'POST' }, ...fault });
  await leave(page);
  await choose(page, ADELE);
  return page;
}

for (const [name, fault, ...codes] of [
  ['HTML', { kind: 'html' }, 'service_unavailable', 'invalid_response'],
  ['500', { kind: 'status', status: 500, body: '' }, 'service_unavailable'],
  ['10 MB', { kind: 'huge', bytes: 10_000_000 }, 'service_unavailable', 'invalid_response'],
  ['nothing', { kind: 'drop' }, 'service_unavailable', 'network'],
  ['429', { kind: 'throttle', retryAfterSeconds: 7 }, 'throttled'],
  ['half an answer', { kind: 'truncate' }, 'service_unavailable', 'invalid_response'],
]) {
  test(`E37 a sign-in service that answers ${name}: ${codes[0]}, and the next sign-in works`, async () => {
    const page = await signInDuring(fault);
    await assertFailure(page, ...codes);
    await it.control.clearFaults();
    await visit(page, `${it.url}/`);
    await signIn(page, ADELE, ASK_AGAIN);
    assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
    await page.context().close();
  });
}

test('a token reply without refresh_token: signed in, and later interaction_required', async () => {
  const page = await signInDuring({ kind: 'noRefreshToken', times: 1 });
  await it.control.clearFaults();
  if ((await page.textContent('#state')).startsWith('failed')) {
    await assertFailure(page, 'misconfigured', 'interaction_required');
    return;
  }
  await it.control.advance(25 * 3600);
  const { error } = await attempt(page, () => client.mail.messages.list({ top: 1 }));
  assert.equal(error.code, 'interaction_required');
});

test('a wrong secret: misconfigured, and the sentence names the secret but does not hold it', async () => {
  await it.restartEndpoint({ secret: 'not-the-secret-of-this-application' });
  const page = await it.open();
  await leave(page);
  await choose(page, ADELE);
  const { message, remedy } = await assertFailure(page, 'misconfigured');
  assert.match(`${message} ${remedy}`, /secret/i);
  assert.ok(
    !`${message} ${remedy}${it.endpoint.log()}`.includes('not-the-secret'),
    'S30 the secret is in no message and no log',
  );
  await it.restartEndpoint();
  await visit(page, `${it.url}/`);
  await signIn(page, ADELE, ASK_AGAIN);
  assert.equal((await call(page, () => client.mail.messages.list({ top: 1 }))).items.length, 1);
});

test('E33 trouble upstream during a renewal keeps the session', async () => {
  const page = await it.signedIn();
  await it.control.advance(25 * 3600);
  await it.control.fault({ match: { path: '/token' }, kind: 'status', status: 503, body: '' });
  const { error } = await attempt(page, () => client.mail.messages.list({ top: 1 }));
  assert.ok(['service_unavailable', 'throttled'].includes(error.code), error.code);
  await it.control.clearFaults();
  assert.equal((await call(page, () => client.mail.messages.list({ top: 1 }))).items.length, 1);
});

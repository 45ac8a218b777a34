// Pages in surroundings where a sign-in does not work as usual: plain http, a frame, a window that another page opened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, call, choose, leave, settled, stack, visit, watch } from './harness.mjs';
import { newPage } from './browser.mjs';

const it = stack({ browserArgs: ['--host-resolver-rules=MAP app.contoso.example 127.0.0.1'] });

test('a page on http that is not loopback: insecure_context, and nothing is asked', async () => {
  const page = await newPage(it.browser);
  const asked = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') asked.push(request.url());
  });
  await visit(page, `http://app.contoso.example:${it.endpoint.port}/`);
  assert.equal(await page.textContent('#state'), 'failed: insecure_context');
  const { message, remedy } = await page.evaluate(() => ({ message: failure.message, remedy: failure.remedy }));
  assert.match(`${message} ${remedy}`, /https/);
  assert.deepEqual(asked, []);
});

/**
 * The page in a frame of its own origin, with `query`. The endpoint forbids frames by a header; this response comes
 * without it, so that the check of the script is tested.
 */
async function framed(page, query = '') {
  await page.route(`${it.url}/framed*`, async (route) => {
    const response = await route.fetch({ url: `${it.url}/` });
    const { 'content-security-policy': _, 'x-frame-options': __, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.route(`${it.url}/host`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><iframe src="/framed${query}"></iframe>` }),
  );
  await page.goto(`${it.url}/host`);
  const frame = page.frame({ url: `${it.url}/framed${query}` });
  await settled(frame);
  return frame;
}

test('S19 a page in a frame of its own origin: navigation_blocked, and the frame stays where it is', async () => {
  const frame = await framed(await it.open());
  assert.equal(await frame.textContent('#state'), 'signed out');
  const code = await frame.evaluate(() => client.signIn().catch((error) => error.code));
  assert.equal(code, 'navigation_blocked');
  assert.equal(frame.url(), `${it.url}/framed`);
});

test('S19 an answer that arrives in a frame ends no sign-in: navigation_blocked, and no code goes out', async () => {
  const page = await it.open();
  const { searchParams } = new URL(await call(page, () => client.authorizeUrl()));
  const stop = watch(page, (request) => request.method() === 'POST');
  const frame = await framed(page, `?code=a-code&state=${searchParams.get('state')}`);
  assert.equal(await frame.textContent('#state'), 'failed: navigation_blocked');
  assert.deepEqual(stop(), []);
});

test('S22 a page that another one opened signs in all the same, and looks at no opener', async () => {
  const opener = await it.open();
  const [popup] = await Promise.all([
    opener.waitForEvent('popup'),
    opener.evaluate((url) => {
      globalThis.popup = window.open(url);
    }, `${it.url}/`),
  ]);
  await settled(popup);
  await leave(popup);
  await choose(popup, ADELE);
  assert.equal(await popup.textContent('#state'), `signed in: ${ADELE}`);
  assert.equal((await call(popup, () => client.mail.messages.list({ top: 1 }))).items.length, 1);
});

// The option `fetch`: it sends every request of its client, and no other; what stands in the page's place of `fetch` is
// told. In direct and in proxy mode.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, attempt, call, signIn, stack } from './harness.mjs';

/** The page makes its client with a `fetch` of its own, which notes what it sends in `asked`. */
const OWN = `
globalThis.asked = [];
globalThis.through = (url, init) => fetch(url, init);
globalThis.own = (url, init) => {
  asked.push(init.method + ' ' + new URL(url, location.href).href);
  return through(url, init);
};
`;
const PAGE = `${OWN}
import * as sdk from './vendor/exo365/index.js';
const state = document.querySelector('#state');
const query = { select: ['subject'], top: 2 };
globalThis.sdk = sdk;
globalThis.query = query;
sdk.createClient({ endpoint: '/auth', fetch: own, preload: ({ mail }) => [mail.messages.list(query)] }).then(
  (client) => {
    globalThis.client = client;
    state.textContent = client.account ? 'signed in: ' + client.account.username : 'signed out';
  },
  (error) => {
    globalThis.failure = error;
    state.textContent = 'failed: ' + error.code;
  },
);
`;

const withOwnFetch = (page) =>
  page.route('**/page.js', (route) => route.fulfill({ contentType: 'text/javascript', body: PAGE }));

/** What the page's scripts sent by any `fetch`, but for the WebAssembly. */
function fetched(page) {
  const seen = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'fetch' && !request.url().endsWith('.wasm'))
      seen.push(`${request.method()} ${request.url()}`);
  });
  return seen;
}

/** Everything that sends requests in another way. */
async function everything() {
  const { mail } = client;
  await mail.messages.list(query);
  await client.getToken({ forceRefresh: true }).catch(({ code }) => {
    if (code !== 'misconfigured') throw code; // proxy mode has none
  });
  const { items } = await mail.messages.list({ top: 3 });
  await Promise.all(Array.from({ length: 12 }, (_, at) => mail.messages.list({ top: 1, skip: at })));
  await client.batch([{ method: 'GET', path: '/me' }]);
  const { token } = await mail.folder('inbox').messages.delta();
  await mail.folder('inbox').messages.delta({ token });
  const draft = await mail.messages.create({ subject: 'With a large file' });
  await mail.messages.attachments(draft.id).add(new File([new Uint8Array(4_000_000)], 'large.bin'));
  await client.photo.content().catch(({ code }) => {
    if (code !== 'not_found') throw code;
  });
  let folders = 0;
  for await (const _ of mail.folders.all()) folders++;
  return [items.length, folders > 0];
}

for (const mode of ['direct', 'proxy']) {
  const it = stack({ endpoint: { mode } });

  test(`${mode}: every request of the client goes by its own fetch, from the sign-in to the sign-out`, async () => {
    let seen;
    const page = await it.open('/', async (page) => {
      await withOwnFetch(page);
      seen = fetched(page);
    });
    await signIn(page, ADELE);
    seen.length = 0;
    await page.reload();
    await page.waitForFunction(() => document.querySelector('#state').textContent !== 'loading');
    assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
    assert.deepEqual(await call(page, everything), [3, true]);
    await call(page, () => client.signOut());
    const asked = await page.evaluate(() => asked);
    assert.deepEqual(asked.toSorted(), seen.toSorted());
    for (const part of ['/auth/session', '/auth/preload', '/auth/logout', '/$batch', '/delta', 'UploadSession', 'PUT '])
      assert.ok(
        asked.some((one) => one.includes(part)),
        `${part} is among ${asked.join('\n')}`,
      );
    assert.equal(
      asked.some((one) => one.includes('/auth/token')),
      mode === 'direct',
    );
    assert.equal(asked.filter((one) => one.includes('/auth/preload')).length, 1, 'and the first list came with it');
  });

  test(`S35 ${mode}: an answer after a redirect, or from another origin, is refused, and sent once`, async () => {
    const page = await it.open('/', withOwnFetch);
    await signIn(page, ADELE);
    for (const through of [
      "async () => Object.defineProperty(new Response('{}'), 'redirected', { value: true })",
      "async () => Object.defineProperty(new Response('{}'), 'url', { value: 'https://evil.example/v1.0/me' })",
      '(url, init) => fetch(location.href, init)',
    ].slice(0, mode === 'direct' ? 3 : 2)) {
      await page.evaluate(`asked.length = 0; globalThis.through = ${through}; undefined`);
      for (const body of [
        () => client.user(),
        () => client.mail.messages.create({ subject: 'x' }),
        () => client.request('GET', '/me'),
      ]) {
        const { error } = await attempt(page, body);
        assert.equal(error?.code, 'untrusted_host', through);
        assert.ok(error.isOurs && error.remedy);
      }
      assert.equal(await page.evaluate(() => asked.length), 3, 'none is repeated');
    }
  });

  test(`${mode}: a fetch that fails, gives nothing or never answers ends every call with a code`, async () => {
    const page = await it.open('/', withOwnFetch);
    await signIn(page, ADELE);
    // Waiting between repeats would be most of the test.
    await call(page, async () => {
      globalThis.client = await sdk.createClient({ endpoint: '/auth', fetch: own, retries: 0 });
    });
    for (const [through, code] of [
      ["() => { throw new Error('no') }", 'network'],
      ["async () => { throw new TypeError('Failed to fetch') }", 'network'],
      ['() => undefined', 'invalid_response'],
      ['async () => ({ ok: true, json: async () => ({}) })', 'invalid_response'],
      ['() => new Promise(() => {})', 'timeout'],
      ['async () => new Response(new ReadableStream())', 'timeout'],
    ]) {
      await page.evaluate(`globalThis.through = ${through}; undefined`);
      const { error } = await attempt(page, () => client.request('PATCH', '/me', { body: {}, timeout: 50 }));
      assert.ok([code, 'outcome_unknown'].includes(error?.code), `${through}: ${error?.code}`);
      const read = await attempt(page, () => client.request('GET', '/me', { timeout: 50 }));
      assert.equal(read.error?.code, code, through);
    }
    await page.evaluate('globalThis.through = (url, init) => fetch(url, init); undefined');
    assert.equal(await call(page, async () => (await client.user()).mail), ADELE, 'the client lives');
  });
}

const it = stack();

test('two clients of a page with a fetch each ask their own, and what is not the option is told', async () => {
  const page = await it.signedIn();
  const counts = await call(page, async () => {
    const mock = (subject) => async () => Response.json({ value: [{ id: '1', subject }] });
    const clients = await Promise.all(
      ['one', 'two'].map((subject) => sdk.createClient({ getToken: async () => 'a-token', fetch: mock(subject) })),
    );
    const lists = await Promise.all([...clients, client].map(({ mail }) => mail.messages.list({ top: 1 })));
    return lists.map(({ items }) => items[0].subject);
  });
  assert.deepEqual(counts.slice(0, 2), ['one', 'two']);
  assert.doesNotMatch(counts[2], /^(?:one|two)$/);
  const { error } = await attempt(page, () => sdk.createClient({ endpoint: '/auth', fetch: /** @type {any} */ ('x') }));
  assert.deepEqual([error.code, error.message], ['invalid_argument', '`fetch` is a function']);
});

test('S35 a mock that comes after the load is not asked, and the first call tells so, once', async () => {
  const page = await it.signedIn();
  const told = await call(page, async () => {
    const heard = [];
    client.on('diagnostic', (entry) => heard.push(entry));
    await client.mail.messages.list({ top: 1 });
    const { fetch } = globalThis;
    globalThis.fetch = async () => Response.json({ value: [{ id: '1', subject: 'Mocked' }] });
    const { items } = await client.mail.messages.list({ top: 1 });
    await client.mail.messages.list({ top: 1 });
    const own = await sdk.createClient({ getToken: async () => 'a-token', fetch: globalThis.fetch });
    const mocked = await own.mail.messages.list();
    globalThis.fetch = fetch;
    await Promise.resolve();
    return {
      heard,
      listed: client.diagnostics.list(),
      text: await client.diagnostics.text(),
      subjects: [items[0].subject, mocked.items[0].subject],
      ofOwn: own.diagnostics.list(),
    };
  });
  assert.equal(told.heard.length, 1);
  assert.deepEqual(told.listed, told.heard);
  const [{ fetchReplaced, method, url, code, attempts }] = told.heard;
  assert.deepEqual([fetchReplaced, method, url, code, attempts], [true, 'GET', 'messages', undefined, 0]);
  assert.match(told.text, /GET messages: not asked: what replaced the page's fetch/);
  assert.notEqual(told.subjects[0], 'Mocked');
  assert.equal(told.subjects[1], 'Mocked');
  assert.deepEqual(told.ofOwn, [], 'a client with a fetch of its own has nothing to tell');
});

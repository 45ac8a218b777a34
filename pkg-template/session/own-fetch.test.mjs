// What is looked at in the answer of a client's own `fetch`.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { fail } from '../error.ts';
import { page } from '../tests/fake-page.mjs';
import { answered } from './own-fetch.ts';

const URL = 'https://graph.microsoft.com/v1.0/me';
/** An answer with these fields, which a Response of `fetch` has. */
const answer = (fields) => Object.defineProperties(new Response('{}'), describe(fields));
const describe = (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }]));
const ask = (fetch, { url = URL, signal = new AbortController().signal } = {}) =>
  answered(fail, fetch, url, { redirect: 'manual', signal });
const codeOf = async (given, url = URL) =>
  ask(async () => given, { url }).then(
    () => 'taken',
    ({ code }) => code,
  );

test('it is asked once, with the address and all that belongs to the request', async () => {
  const asked = [];
  const given = new Response('{}');
  const { signal } = new AbortController();
  const taken = await ask(
    async (...request) => {
      asked.push(request);
      return given;
    },
    { signal },
  );
  assert.equal(taken, given);
  assert.deepEqual(asked, [[URL, { redirect: 'manual', signal }]]);
});

test('S35 an answer after a redirect, or from another origin, is untrusted_host', async () => {
  for (const [fields, code] of [
    [{ url: URL }, 'taken'],
    [{ url: '' }, 'taken'],
    [{ url: 'https://graph.microsoft.com/elsewhere' }, 'taken'],
    [{ url: URL, redirected: true }, 'untrusted_host'],
    [{ url: '', redirected: true }, 'untrusted_host'],
    [{ url: 'https://evil.example/v1.0/me' }, 'untrusted_host'],
    [{ url: 'https://graph.microsoft.com.evil.example/v1.0/me' }, 'untrusted_host'],
    [{ url: 'http://graph.microsoft.com/v1.0/me' }, 'untrusted_host'],
    [{ url: 'https://graph.microsoft.com:444/v1.0/me' }, 'untrusted_host'],
  ])
    assert.equal(await codeOf(answer(fields)), code, JSON.stringify(fields));
});

test('S35 the endpoint of the page has the origin of the page', async () => {
  const it = page('https://app.contoso.example/mail');
  try {
    globalThis.location.href ??= 'https://app.contoso.example/mail';
    assert.equal(await codeOf(answer({ url: 'https://app.contoso.example/auth/session' }), '/auth/session'), 'taken');
    assert.equal(await codeOf(answer({ url: 'https://evil.example/auth/session' }), '/auth/session'), 'untrusted_host');
  } finally {
    it.end();
  }
});

test('what is no Response is told, and does not reach the WebAssembly', async () => {
  for (const odd of [undefined, null, 5, {}, { ok: true, json: async () => ({}) }, { headers: new Headers() }])
    assert.equal(await codeOf(odd), 'invalid_response', JSON.stringify(odd));
});

test('what it throws is what the request rejects with, at once or later', async () => {
  const thrown = new TypeError('fetch failed');
  const at = (fetch) => ask(fetch).catch((error) => error);
  assert.equal(await at(() => Promise.reject(thrown)), thrown);
  assert.equal(
    await at(() => {
      throw thrown;
    }),
    thrown,
  );
});

test('where it does not look at the signal, the request ends all the same, and nothing listens any more', async () => {
  const own = new AbortController();
  const waiting = ask(() => new Promise(() => {}), { signal: own.signal });
  own.abort('enough');
  await assert.rejects(waiting, (reason) => reason === 'enough');
  await assert.rejects(
    ask(() => new Promise(() => {}), { signal: own.signal }),
    (reason) => reason === 'enough',
  );
  const { signal } = new AbortController();
  await ask(async () => new Response(''), { signal });
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('a body that never ends, of a stream or a mock, ends with the signal; a frozen answer stays as it is', async () => {
  const given = {
    stream: () => new Response(new ReadableStream()),
    mock: () => ({
      status: 200,
      headers: new Headers(),
      text: () => new Promise(() => {}),
      blob: () => new Promise(() => {}),
    }),
  };
  for (const [what, make] of Object.entries(given))
    for (const name of ['text', 'blob']) {
      const own = new AbortController();
      const reading = (await ask(/** @type {any} */ (async () => make()), { signal: own.signal }))[name]();
      own.abort('late');
      await assert.rejects(reading, (reason) => reason === 'late', `${what} ${name}`);
    }
  const frozen = Object.freeze(new Response('there'));
  assert.equal(await (await ask(async () => frozen)).text(), 'there');
});

test('a mock that gives the same object again is read by the signal of the request at hand', async () => {
  const mock = /** @type {any} */ ({ status: 200, headers: new Headers(), text: () => 'there' });
  const before = new AbortController();
  await ask(async () => mock, { signal: before.signal });
  before.abort();
  const { signal } = new AbortController();
  assert.equal(await (await ask(async () => mock, { signal })).text(), 'there');
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

// Many calls at a service that answers oddly, late or never: each promise settles, with its own answer or an error of
// ours. The package is the real one, the network is the test's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerBy } from './network.mjs';
import { importPackage } from './processes.mjs';

let sdk;
/** Requests that were sent: [path, ids of a batch]. */
let sent;
// Node ends where nothing but time-outs of `AbortSignal` is left.
const alive = setInterval(() => {}, 1000);
before(async () => {
  sdk = await importPackage();
});
after(() => clearInterval(alive));

const never = () => new Promise(() => {});
const json = (body, status = 200, headers = {}) => Response.json(body, { status, headers });

/**
 * A client in front of a service. `item` answers a call or an item of a batch: [status, headers], or a promise; `batch`
 * answers a whole batch in its place.
 *
 * @param {{ item?: (url: string) => any, batch?: (items: any[], signal: AbortSignal) => any }} service
 */
async function opened({ item = () => [200], batch }, settings = {}) {
  sent = [];
  const answered = async (url) => {
    const [status, headers = {}] = await item(url);
    return {
      status,
      headers,
      body: status === 200 ? { id: url.split('/').pop(), value: [] } : { error: { code: 'x' } },
    };
  };
  answerBy(async (/** @type {Parameters<typeof fetch>} */ ...args) => {
    const request = new Request(...args);
    const path = new URL(request.url).pathname.replace('/v1.0', '');
    if (path !== '/$batch') {
      sent.push([path]);
      const { status, headers, body } = await until(answered(path), request.signal);
      return json(body, status, headers);
    }
    const items = JSON.parse(await request.text()).requests;
    sent.push([path, items.map(({ url }) => url)]);
    if (batch) return until(batch(items, request.signal), request.signal);
    const responses = [];
    let failed = false;
    for (const { id, url } of items) {
      const answer = failed ? { status: 424, headers: {} } : await until(answered(url), request.signal);
      failed ||= answer.status !== 200;
      responses.push({ id, ...answer });
    }
    return json({ responses });
  });
  return sdk.createClient({ getToken: async () => 'a', timeZone: 'UTC', scopes: [`${Math.random()}`], ...settings });
}

/** `promise`, or the end of the request. */
const until = (promise, signal) =>
  Promise.race([
    promise,
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    }),
  ]);

/** The ids that came back, or the codes of errors that are ours. */
const outcomes = (all) =>
  Promise.all(
    all.map((one) =>
      one.then(
        ({ id }) => id,
        (error) => {
          assert.ok(error instanceof sdk.Exo365Error, String(error));
          return error.code;
        },
      ),
    ),
  );
/** Resolves when so many requests have been sent. */
async function sentAtLeast(count) {
  while (sent.length < count) await new Promise((resolve) => setImmediate(resolve));
}
const ids = (count, from = 0) => Array.from({ length: count }, (_, at) => `m${from + at}`);
const reading = (client, names, options) => names.map((id) => client.mail.messages.get(id, options));

test('five hundred reads: each its own answer, none asked for twice, nothing but sequences and few single calls', async () => {
  const client = await opened({});
  assert.deepEqual(await outcomes(reading(client, ids(500))), ids(500));
  const urls = sent.flatMap(([path, items]) => items ?? [path]);
  assert.equal(new Set(urls).size, 500);
  assert.equal(urls.length, 500);
  assert.ok(sent.length < 60, `${sent.length} requests`);
});

test('an item that is not there: its caller is told, those behind it come in the next sequence', async () => {
  const client = await opened({ item: (url) => [/m\d*[37]$/.test(url) ? 404 : 200] });
  const wanted = ids(60).map((id) => (/[37]$/.test(id) ? 'not_found' : id));
  assert.deepEqual(await outcomes(reading(client, ids(60))), wanted);
});

for (const [name, header, wanted] of /** @type {[string, string, string?][]} */ ([
  ['a year', '31536000', 'throttled'],
  ['more than two minutes', '121', 'throttled'],
  ['negative: a second, as where none is named', '-5'],
  ['a date in the past: at once', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ['a date that is none: a second', 'soon'],
  ['a number that is none: a second', '1e9'],
  ['larger than any number', '9'.repeat(40)],
]))
  test(`Retry-After: ${name}`, { timeout: 20_000 }, async () => {
    const begun = performance.now();
    let refusals = 0;
    // Once for a single call, once for an item of a sequence.
    const item = (url) => (/m[05]$/.test(url) && refusals++ < 2 ? [429, { 'Retry-After': header }] : [200]);
    const client = await opened({ item });
    const all = await outcomes(reading(client, ids(9)));
    const told = all.filter((one) => one === 'throttled').length;
    if (wanted) assert.ok(told >= 1 && told <= 2, all.join());
    else assert.deepEqual(all, ids(9));
    assert.ok(performance.now() - begun < 8000);
  });

test('an answer that never ends: every read of a batch ends with its time-out, and the next call is sent', {
  timeout: 20_000,
}, async () => {
  let silent = true;
  const client = await opened({ item: () => (silent ? never() : [200]) }, { timeout: 100 });
  const all = await outcomes(reading(client, ids(30)));
  assert.deepEqual(new Set(all), new Set(['timeout']));
  silent = false;
  assert.deepEqual(await outcomes(reading(client, ['m1'])), ['m1']);
});

test('a body that never ends', { timeout: 20_000 }, async () => {
  // As `fetch` does, the body ends with the signal of its request.
  const start = (controller, signal) => {
    controller.enqueue(new TextEncoder().encode('{"responses":['));
    signal.addEventListener('abort', () => controller.error(signal.reason));
  };
  const batch = async (_items, signal) =>
    new Response(new ReadableStream({ start: (controller) => start(controller, signal) }), {
      headers: { 'content-type': 'application/json' },
    });
  const client = await opened({ batch }, { timeout: 100 });
  // The batch ends with its time-out; its reads are asked for alone, which are answered.
  assert.deepEqual(await outcomes(reading(client, ids(12))), ids(12));
});

test('batches whose answers have no ids, foreign ones, or the same: each read has its own answer, or asks alone', async () => {
  for (const answer of [
    () => [],
    (items) => items.map(() => ({ status: 200, headers: {}, body: { id: 'foreign' } })),
    (items) => items.map(() => ({ id: 'x', status: 200, headers: {}, body: { id: 'foreign' } })),
    (items) => items.map(({ id }) => ({ id: Number(id), status: 200, headers: {}, body: { id: 'foreign' } })),
    (items) => items.map(({ id }) => ({ id, status: 424, headers: {} })),
    () => null,
    () => 'no list',
  ]) {
    const client = await opened({ batch: async (items) => json({ responses: answer(items) }) });
    const all = await outcomes(reading(client, ids(30)));
    assert.ok(!all.includes('foreign'), all.join());
    assert.ok(all.filter((id, at) => id === `m${at}`).length >= 1, all.join());
  }
});

test('an abort in every state: waiting, in a batch on its way, resting; the others are answered', {
  timeout: 20_000,
}, async () => {
  let free;
  const held = new Promise((resolve) => {
    free = resolve;
  });
  const client = await opened({ item: async () => [200, await held] });
  const [waiting, away] = [new AbortController(), new AbortController()];
  const others = reading(client, ids(8));
  const onTheirWay = reading(client, ids(6, 100), { signal: away.signal });
  const later = reading(client, ids(200, 1000), { signal: waiting.signal });
  await sentAtLeast(4);
  waiting.abort();
  away.abort();
  assert.deepEqual(new Set(await outcomes([...onTheirWay, ...later])), new Set(['aborted']));
  free({});
  assert.deepEqual(await outcomes(others), ids(8));
  const urls = sent.flatMap(([path, items]) => items ?? [path]);
  assert.ok(urls.filter((url) => /m1\d\d\d$/.test(url)).length < 30, `${urls.length} were sent`);

  const resting = await opened({ item: () => [429, { 'Retry-After': '60' }] });
  const own = new AbortController();
  const all = reading(resting, ids(12), { signal: own.signal });
  await sentAtLeast(4);
  own.abort();
  assert.deepEqual(new Set(await outcomes(all)), new Set(['aborted']));
});

test('the end of a client ends what waits, what is on its way and what comes later', async () => {
  const client = await opened({ item: never });
  const all = reading(client, ids(100));
  client[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  all.push(...reading(client, ids(3)));
  assert.deepEqual(new Set(await outcomes(all)), new Set(['aborted']));
});

for (const [name, headers] of Object.entries({ shown: { 'Retry-After': '1' }, hidden: {} }))
  test(`C20 200 reads at a service that refuses every third item, Retry-After ${name}: all are answered`, {
    timeout: 120_000,
  }, async () => {
    const begun = performance.now();
    let asked = 0;
    const client = await opened({
      item: () => (performance.now() - begun < 2000 && ++asked % 3 === 0 ? [429, headers] : [200]),
    });
    assert.deepEqual(await outcomes(reading(client, ids(200))), ids(200));
  });

// Reads that wait together, and batches of the caller's own.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { batch, gather } from './batch.js';
import { face } from './fake-face.mjs';

const { setTimeout: own } = globalThis;
let waits;
beforeEach(() => {
  waits = [];
  globalThis.setTimeout = (run, after) => { waits.push(after); queueMicrotask(run); };
});
afterEach(() => { globalThis.setTimeout = own; });

const ok = (id, body = {}) => ({ id, status: 200, headers: {}, body });

/** A face whose batches are answered by `answers`, in turn: each a function of the items. */
function sending(...answers) {
  const sent = [];
  const it = face('graph', async (method, user, path, ids, options, body) => {
    sent.push(body.requests);
    const answer = answers.shift();
    return { responses: answer ? answer(body.requests) : body.requests.map(({ id }) => ok(id, id)) };
  });
  return { it, sent };
}

async function gathered(answer, count = 2) {
  const { it } = sending(answer);
  const all = Array.from({ length: count }, (_, at) => new Promise((resolve, reject) => {
    all_.push({ resolve, reject, alone: async () => `alone ${at}`, read: () => ({ method: 'GET', url: `/${at}`, headers: {} }) });
  }));
  const taken = all_.splice(0);
  await gather(it, taken);
  return Promise.allSettled(all).then((list) => list.map(({ value, reason }) => value ?? reason.code));
}
const all_ = [];

for (const [name, answer, wanted, waited] of [
  ['each its own answer, in whatever order', ([a, b]) => [ok(b.id, 'second'), ok(a.id, 'first')], ['first', 'second'], []],
  ['a refusal is its caller\'s alone', ([a, b]) => [{ id: a.id, status: 404, headers: {} }, ok(b.id, 'b')], ['not_found', 'b'], []],
  ['throttled: alone, when the service said', ([a, b]) => [{ id: a.id, status: 429, headers: { 'Retry-After': '7' } }, ok(b.id, 'b')], ['alone 0', 'b'], [7000]],
  ['a refused token: alone, where it is renewed', ([a, b]) => [{ id: a.id, status: 401, headers: {} }, ok(b.id, 'b')], ['alone 0', 'b'], []],
  ['no answer: alone', ([a]) => [ok(a.id, 'a')], ['a', 'alone 1'], []],
  ['no batch: each alone', () => { throw new Error('refused'); }, ['alone 0', 'alone 1'], []],
]) {
  test(`gather: ${name}`, async () => {
    assert.deepEqual(await gathered(answer), wanted);
    assert.deepEqual(waits, waited);
  });
}

test('a batch: ids made, bodies with a type, a blob as base64, results in the order of the requests', async () => {
  const { it, sent } = sending((items) => items.map(({ id }) => ok(id, id)).reverse());
  const results = await batch(it, [{ method: 'GET', path: '/me' }, { id: 'x', method: 'POST', path: '/me/send' }, { method: 'PUT', path: '/me/photo', body: new Blob(['ab'], { type: 'image/png' }) }, { method: 'PATCH', path: '/me', body: { a: 1 }, headers: { 'if-match': '*' } }]);
  assert.deepEqual(results.map(({ id, status, error }) => [id, status, error]), [['1', 200, undefined], ['x', 200, undefined], ['3', 200, undefined], ['4', 200, undefined]]);
  assert.deepEqual(sent[0], [
    { id: '1', method: 'GET', url: '/me', headers: {} },
    { id: 'x', method: 'POST', url: '/me/send', headers: { 'content-type': 'application/json' }, body: {} },
    { id: '3', method: 'PUT', url: '/me/photo', headers: { 'content-type': 'image/png' }, body: 'YWI=' },
    { id: '4', method: 'PATCH', url: '/me', headers: { 'if-match': '*', 'content-type': 'application/json' }, body: { a: 1 } },
  ]);
});

test('parts of twenty, in which what depends stays together', async () => {
  const { it, sent } = sending();
  const requests = Array.from({ length: 30 }, (_, at) => ({ id: `r${at}`, method: 'GET', path: `/${at}`, ...(at === 29 && { dependsOn: ['r0', 'r15'] }) }));
  await batch(it, requests);
  assert.ok(sent.every((part) => part.length <= 20));
  const part = sent.find((one) => one.some(({ id }) => id === 'r29')).map(({ id }) => id);
  assert.ok(part.includes('r0') && part.includes('r15'));
  assert.equal(sent.flat().length, 30);
  const chain = Array.from({ length: 21 }, (_, at) => ({ id: `r${at}`, method: 'GET', path: '/', ...(at && { dependsOn: [`r${at - 1}`] }) }));
  await assert.rejects(batch(it, chain), { code: 'invalid_argument' });
});

test('what was throttled is sent again with what waited for it; what was done needs no waiting for', async () => {
  const { it, sent } = sending(([a, b, c]) => [ok(a.id), { id: b.id, status: 429, headers: { 'Retry-After': '3' } }, { id: c.id, status: 424, headers: {} }]);
  const results = await batch(it, [{ id: 'a', method: 'POST', path: '/a' }, { id: 'b', method: 'POST', path: '/b' }, { id: 'c', method: 'GET', path: '/c', dependsOn: ['a', 'b'] }]);
  assert.deepEqual(results.map(({ status }) => status), [200, 200, 200]);
  assert.deepEqual(sent[1].map(({ id, dependsOn }) => [id, dependsOn]), [['b', undefined], ['c', ['b']]]);
  assert.deepEqual(waits, [3000]);
});

test('what may have taken effect is not repeated; nor is anything where retries are 0', async () => {
  const away = ([a, b]) => [{ id: a.id, status: 503, headers: {} }, { id: b.id, status: 503, headers: {} }];
  const { it, sent } = sending(away);
  const [post, get] = await batch(it, [{ method: 'POST', path: '/a' }, { method: 'GET', path: '/b' }]);
  assert.deepEqual([post.error?.code, get.status, sent[1].map(({ method }) => method)], ['service_unavailable', 200, ['GET']]);
  const none = sending(away);
  none.it.retries = 0;
  assert.deepEqual((await batch(none.it, [{ method: 'GET', path: '/a' }, { method: 'GET', path: '/b' }])).map(({ status }) => status), [503, 503]);
  const lost = sending(() => []);
  assert.deepEqual((await batch(lost.it, [{ method: 'GET', path: '/a' }])).map(({ error }) => error.code), ['invalid_response']);
});

test('what no batch can be is refused before anything is sent', async () => {
  const { it, sent } = sending();
  for (const [requests, options] of [['x'], [undefined], [[{ id: 'a', method: 'GET', path: '/' }, { id: 'A', method: 'GET', path: '/' }]], [[{ method: 'GET', path: '/', dependsOn: ['none'] }]], [[], { top: 1 }]]) {
    await assert.rejects(batch(it, requests, options), { code: 'invalid_argument' });
  }
  assert.deepEqual(sent, []);
});

// Reads that wait together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendTogether } from './batch.ts';
import { noWaiting, ok, sending } from '../tests/fake-batches.mjs';

const waits = noWaiting();

async function gathered(answer, count = 2) {
  const { it } = sending(answer);
  const all = Array.from(
    { length: count },
    (_, at) =>
      new Promise((resolve, reject) => {
        all_.push({
          resolve,
          reject,
          alone: async () => `alone ${at}`,
          read: () => ({ method: 'GET', url: `/${at}`, headers: {} }),
        });
      }),
  );
  const taken = all_.splice(0);
  await sendTogether(it, taken);
  return Promise.allSettled(all).then((list) =>
    list.map((/** @type {any} */ { value, reason }) => value ?? reason.code),
  );
}
const all_ = [];

for (const [name, answer, wanted, waited] of [
  [
    'each its own answer, in whatever order',
    ([a, b]) => [ok(b.id, 'second'), ok(a.id, 'first')],
    ['first', 'second'],
    [],
  ],
  [
    "a refusal is its caller's alone",
    ([a, b]) => [{ id: a.id, status: 404, headers: {} }, ok(b.id, 'b')],
    ['not_found', 'b'],
    [],
  ],
  [
    'throttled: alone, when the service said',
    ([a, b]) => [{ id: a.id, status: 429, headers: { 'Retry-After': '7' } }, ok(b.id, 'b')],
    ['alone 0', 'b'],
    [7000],
  ],
  [
    'a refused token: alone, where it is renewed',
    ([a, b]) => [{ id: a.id, status: 401, headers: {} }, ok(b.id, 'b')],
    ['alone 0', 'b'],
    [],
  ],
  [
    'throttled for no time at all: at once, and not a refusal',
    ([a, b]) => [{ id: a.id, status: 429, headers: { 'Retry-After': '0' } }, ok(b.id, 'b')],
    ['alone 0', 'b'],
    [0],
  ],
  [
    'no time named: a second',
    ([a, b]) => [{ id: a.id, status: 503, headers: {} }, ok(b.id, 'b')],
    ['alone 0', 'b'],
    [1000],
  ],
  [
    'longer than anybody waits: the caller decides',
    ([a, b]) => [{ id: a.id, status: 429, headers: { 'Retry-After': '121' } }, ok(b.id, 'b')],
    ['throttled', 'b'],
    [],
  ],
  [
    'never to be answered: told',
    ([a, b]) => [{ id: a.id, status: 501, headers: {} }, ok(b.id, 'b')],
    ['service_unavailable', 'b'],
    [],
  ],
  ['an answer without headers', ([a, b]) => [{ id: a.id, status: 404 }, ok(b.id, 'b')], ['not_found', 'b'], []],
  ['what is no list of answers: each alone', () => ({ first: 1 }), ['alone 0', 'alone 1'], []],
  ['no answer: alone', ([a]) => [ok(a.id, 'a')], ['a', 'alone 1'], []],
  [
    'no batch: each alone',
    () => {
      throw new Error('refused');
    },
    ['alone 0', 'alone 1'],
    [],
  ],
]) {
  test(`reads that wait together: ${name}`, async () => {
    assert.deepEqual(await gathered(answer), wanted);
    assert.deepEqual(waits, waited);
  });
}

test('reads that wait together: what cannot be written as an item is refused in its own call, the others go together', async () => {
  const { it, sent } = sending(([a, b]) => [ok(a.id, 'a'), ok(b.id, 'b')]);
  const got = [];
  /** @type {(name: string, read: () => {}) => any} */
  const one = (name, read) => ({
    read,
    alone: () => `alone ${name}`,
    resolve: (value) => got.push([name, value]),
    reject: (error) => got.push([name, error.code]),
  });
  await sendTogether(it, [
    one('a', () => ({ method: 'GET', url: '/a' })),
    one('odd', () => {
      throw new Error('no id');
    }),
    one('b', () => ({ method: 'GET', url: '/b' })),
  ]);
  assert.deepEqual(got, [
    ['odd', 'alone odd'],
    ['a', 'a'],
    ['b', 'b'],
  ]);
  assert.deepEqual(
    sent.map((items) => items.map(({ id, url }) => [id, url])),
    [
      [
        ['0', '/a'],
        ['1', '/b'],
      ],
    ],
  );
});

test('reads that wait together: where nothing is repeated, a throttled one is told at once', async () => {
  const { it } = sending(([a]) => [{ id: a.id, status: 429, headers: { 'Retry-After': '7' } }]);
  it.retries = 0;
  const got = [];
  await sendTogether(it, [
    {
      read: () => ({ method: 'GET', url: '/a', headers: {} }),
      alone: async () => 'alone',
      resolve: (value) => got.push(value),
      reject: ({ code, retryAfterSeconds }) => got.push([code, retryAfterSeconds]),
    },
  ]);
  assert.deepEqual([got, waits], [[['throttled', 7]], []]);
});

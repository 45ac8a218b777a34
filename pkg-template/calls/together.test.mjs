// Reads that wait together: what the answer to their batch comes to, for each of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendTogether } from './together.ts';
import { isUniform, noWaiting, ok, sending } from '../tests/fake-batches.mjs';

const waits = noWaiting();

/** A lane in which `count` reads wait; `got` is what each came to. */
function lane(count) {
  const got = Array(count).fill(undefined);
  const waiting = got.map((_, at) => ({
    rank: at,
    read: () => ({ method: 'GET', url: `/${at}`, headers: {} }),
    resolve: async (value) => {
      got[at] = await value;
    },
    reject: (error) => {
      got[at] = error.code;
    },
    alone: async () => `alone ${at}`,
    run: async () => {
      got[at] = `now ${at}`;
    },
  }));
  /** @type {import('./queue.ts').Lane & { got: unknown[] }} */
  const own = { waiting, got, running: 1, starting: 0, single: false, served: 0, turn: 0 };
  return own;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Has the lane's turn come; where it is new, the first read goes alone, which tells how quick the service is. */
async function together(it, own, shape) {
  own.starting++;
  await sendTogether(it, own, 1, shape);
  await settled();
}

/** What became of reads that went in one batch with this answer, those that went alone before left out. */
async function gathered(answer, shape, count = 2) {
  const { it, sent } = sending(answer);
  const own = lane(shape === 'sequences' ? count + 1 : count);
  if (shape === 'sequences') await together(it, own, shape);
  await together(it, own, shape);
  const got = own.got.map((one) => (typeof one === 'string' ? one.replace(/\d+$/, '') : one));
  return { it, sent, own, got: shape === 'sequences' ? got.slice(1) : got };
}

const CASES = /** @type {[string, (items: any[]) => any, unknown[], number[]][]} */ ([
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
    ['alone ', 'b'],
    [7000],
  ],
  [
    'a refused token: alone, where it is renewed',
    ([a, b]) => [{ id: a.id, status: 401, headers: {} }, ok(b.id, 'b')],
    ['alone ', 'b'],
    [],
  ],
  [
    'throttled for no time at all: at once, and not a refusal',
    ([a, b]) => [{ id: a.id, status: 429, headers: { 'Retry-After': '0' } }, ok(b.id, 'b')],
    ['alone ', 'b'],
    [0],
  ],
  [
    'no time named: a second',
    ([a, b]) => [{ id: a.id, status: 503, headers: {} }, ok(b.id, 'b')],
    ['alone ', 'b'],
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
  ['what is no list of answers: each alone', () => ({ first: 1 }), ['alone ', 'alone '], []],
  ['no answer: alone', ([a]) => [ok(a.id, 'a')], ['a', 'alone '], []],
  [
    'no batch: each alone',
    () => {
      throw new Error('refused');
    },
    ['alone ', 'alone '],
    [],
  ],
]);

for (const shape of /** @type {const} */ (['sequences', 'parallel']))
  for (const [name, answer, wanted, waited] of CASES)
    test(`reads that wait together, ${shape}: ${name}`, async () => {
      const { got, own, sent } = await gathered(answer, shape);
      assert.deepEqual(got, wanted);
      assert.deepEqual(waits, waited);
      assert.equal(own.waiting.length, 0);
      assert.ok(isUniform(sent[0]));
      assert.equal(sent[0].length, 2);
      assert.equal(sent[0][1].dependsOn?.join(), shape === 'sequences' ? '0' : undefined);
      // Where the service starts all items at once, nothing goes together until nobody waits.
      assert.equal(own.single, shape === 'parallel' && waited.length > 0);
    });

/** An answer by its status. */
const status = (status, headers = {}) => ({ status, headers });

for (const [name, answers, wanted, left] of /** @type {[string, any[], unknown[], number[]][]} */ ([
  [
    'behind a 404 the others wait again',
    [ok('', 'a'), status(404), status(424), status(424)],
    ['a', 'not_found'],
    [3, 4],
  ],
  [
    'behind one that was throttled, too',
    [status(429, { 'Retry-After': '7' }), status(424), status(424), status(424)],
    ['alone '],
    [2, 3, 4],
  ],
  ['behind a refused token', [status(401), status(424), status(424), status(424)], ['alone '], [2, 3, 4]],
  ['behind one without an answer', [undefined, status(424), status(424), status(424)], ['alone '], [2, 3, 4]],
  ['a failed dependency behind nothing that failed is told', [status(424), status(424)], ['bad_request'], [2, 3, 4]],
  [
    'what ran behind a failure is taken',
    [status(404), ok('', 'b'), status(424), ok('', 'd')],
    ['not_found', 'b', undefined, 'd'],
    [3],
  ],
  ['nothing ran at all', Array(4).fill(status(424)), ['bad_request'], [2, 3, 4]],
])) {
  test(`a sequence: ${name}`, async () => {
    const answer = (items) =>
      items.flatMap(({ id }, at) => {
        const one = at < answers.length ? answers[at] : status(424);
        return one ? [{ ...one, id }] : [];
      });
    const { got, own } = await gathered(answer, 'sequences', 4);
    assert.deepEqual(got, [...wanted, ...Array(4 - wanted.length).fill(undefined)]);
    assert.deepEqual(
      own.waiting.map(({ rank }) => rank),
      left,
    );
  });
}

test('answers with ids that are missing, repeated, foreign or no texts: each read has its own, or asks alone', async () => {
  for (const shape of /** @type {const} */ (['sequences', 'parallel']))
    for (const [name, answer, wanted] of /** @type {[string, (items: any[]) => any, unknown[]][]} */ ([
      ['none', () => [], ['alone ', 'alone ', 'alone ']],
      ['null', () => [null, 5, 'a'], ['alone ', 'alone ', 'alone ']],
      ['foreign', () => [ok('x', 'foreign'), ok('', 'foreign')], ['alone ', 'alone ', 'alone ']],
      ['a number', () => [ok(/** @type {any} */ (0), 'a')], ['alone ', 'alone ', 'alone ']],
      ['repeated', ([a]) => [ok(a.id, 'a'), ok(a.id, 'b')], ['b', 'alone ', 'alone ']],
      ['prototypes', () => [ok('__proto__', 'a'), ok('constructor', 'b')], ['alone ', 'alone ', 'alone ']],
      ['more than asked', (all) => [...all.map(({ id }) => ok(id, 'a')), ok('99', 'b')], ['a', 'a', 'a']],
      [
        'no status',
        ([a, ...rest]) => [{ id: a.id }, ...rest.map(({ id }) => ok(id, 'b'))],
        ['invalid_response', 'b', 'b'],
      ],
    ])) {
      const { got, own } = await gathered(answer, shape, 3);
      assert.deepEqual(
        got.map((one) => (one === 'alone ' && name === 'no status' ? 'invalid_response' : one)),
        wanted,
        `${shape}: ${name}`,
      );
      assert.equal(own.waiting.length, 0, name);
    }
});

test('what cannot be written as an item is refused in its own call, the others go together', async () => {
  const { it, sent } = sending(([a, b]) => [ok(a.id, 'a'), ok(b.id, 'b')]);
  const own = lane(4);
  await together(it, own, 'sequences');
  /** @type {any} */ (own.waiting[1]).read = () => {
    throw new Error('no id');
  };
  await together(it, own, 'sequences');
  assert.deepEqual(own.got, ['now 0', 'a', 'alone 2', 'b']);
  assert.deepEqual(
    sent.map((items) => items.map(({ id, url, dependsOn }) => [id, url, dependsOn])),
    [
      [
        ['0', '/1', undefined],
        ['1', '/3', ['0']],
      ],
    ],
  );
});

test('where nothing is repeated, a throttled one is told at once', async () => {
  const { it } = sending(([a]) => [{ id: a.id, status: 429, headers: { 'Retry-After': '7' } }]);
  it.retries = 0;
  const own = lane(2);
  await together(it, own, 'parallel');
  assert.deepEqual([own.got[0], waits], ['throttled', []]);
});

test('a success is told to the core, once for a batch: it ends the rests of the mailbox', async () => {
  for (const [answer, wanted] of /** @type {[(items: any[]) => any, number[]][]} */ ([
    [(all) => all.map(({ id }) => ok(id)), [200]],
    [([a, b]) => [ok(a.id), { id: b.id, ...status(404) }], [200, 404]],
    [
      ([a, b]) => [
        { id: a.id, ...status(429) },
        { id: b.id, ...status(424) },
      ],
      [429],
    ],
  ])) {
    const { it } = sending(answer);
    const judged = [];
    const { judge } = it;
    it.judge = (...asked) => {
      judged.push(asked[0]);
      return judge(...asked);
    };
    const own = lane(3);
    await together(it, own, 'sequences');
    await together(it, own, 'sequences');
    assert.deepEqual(judged, wanted);
  }
});

test('while the mailbox rests, no request tells how quick it is', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  /** @type {((items: any[]) => any)[]} */
  const answers = [
    (items) => items.map(({ id }, at) => ({ id, status: at ? 424 : 429, headers: { 'Retry-After': '7' } })),
    (items) => {
      now += 7000; // as long as it rests
      return items.map(({ id }) => ok(id));
    },
  ];
  const { it, sent } = sending(...answers);
  const own = lane(60);
  for (let at = 0; at < 4; at++) await together(it, own, 'sequences');
  assert.deepEqual(
    sent.map(({ length }) => length),
    [20, 20, 19],
  );
});

test('a write that came meanwhile goes first; where nobody is left, nothing is sent', async () => {
  const { it, sent } = sending();
  const own = lane(2);
  delete (/** @type {any} */ (own.waiting[0]).read);
  await together(it, own, 'sequences');
  assert.deepEqual(own.got, ['now 0', undefined]);
  own.waiting.length = 0;
  await together(it, own, 'sequences');
  assert.deepEqual(sent, []);
});

// Reads that wait together, and batches of the caller's own.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { batch, sendTogether } from './batch.ts';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';

const { setTimeout: own } = globalThis;
let waits;
beforeEach(() => {
  waits = [];
  /** @type {any} */ (globalThis).setTimeout = (run, after) => {
    waits.push(after);
    queueMicrotask(run);
  };
});
afterEach(() => {
  globalThis.setTimeout = own;
});

const ok = (id, body = {}) => ({ id, status: 200, headers: {}, body });

/** A face whose batches are answered by `answers`, in turn: each a function of the items. */
function sending(...answers) {
  const sent = [];
  const it = fakeApi('graph', async (_method, _path, _ids, _options, body) => {
    sent.push(body.requests);
    const answer = answers.shift();
    return { responses: answer ? answer(body.requests) : body.requests.map(({ id }) => ok(id, id)) };
  });
  return { it, sent };
}

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

test('a batch: ids made, bodies with a type, a blob as base64, results in the order of the requests', async () => {
  const { it, sent } = sending((items) => items.map(({ id }) => ok(id, id)).reverse());
  const results = await batch(it, [
    { method: 'GET', path: '/me' },
    { id: 'x', method: 'POST', path: '/me/send' },
    { method: 'PUT', path: '/me/photo', body: new Blob(['ab'], { type: 'image/png' }) },
    { method: 'PATCH', path: '/me', body: { a: 1 }, headers: { 'if-match': '*' } },
  ]);
  assert.deepEqual(
    results.map(({ id, status, error }) => [id, status, error]),
    [
      ['1', 200, undefined],
      ['x', 200, undefined],
      ['3', 200, undefined],
      ['4', 200, undefined],
    ],
  );
  assert.deepEqual(sent[0], [
    { id: '1', method: 'GET', url: '/me', headers: {} },
    { id: 'x', method: 'POST', url: '/me/send', headers: { 'content-type': 'application/json' }, body: {} },
    { id: '3', method: 'PUT', url: '/me/photo', headers: { 'content-type': 'image/png' }, body: 'YWI=' },
    {
      id: '4',
      method: 'PATCH',
      url: '/me',
      headers: { 'if-match': '*', 'content-type': 'application/json' },
      body: { a: 1 },
    },
  ]);
});

/** Whether the service takes a batch of this shape. */
function isUniform(items) {
  const parallel = items.every(({ dependsOn }) => !dependsOn);
  const sequence = items.every(({ dependsOn }, at) => (at ? dependsOn?.join() === items[at - 1].id : !dependsOn));
  return items.length <= 20 && (parallel || sequence);
}

/** Requests by their ids, each with the ids of those that it depends on. */
const graph = (needs) =>
  Object.entries(needs).map(([id, dependsOn]) => ({ id, method: 'GET', path: `/${id}`, dependsOn }));
const numbered = (count, dependsOn) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`r${at}`, dependsOn?.(at) ?? []]));

for (const [name, needs, shapes] of [
  ['a few independent ones go at once', { a: [], b: [], c: [] }, ['a b c']],
  ['a chain is a sequence', { a: [], b: ['a'], c: ['b'] }, ['a>b>c']],
  ['a dependency on a later one', { b: ['a'], a: [] }, ['a>b']],
  ['a chain beside independent ones', { a: [], x: [], b: ['a'], y: [] }, ['a>b', 'x', 'y']],
  ['one that waits for two', { a: [], b: [], c: ['a', 'b'] }, ['a b', 'c']],
  ['two that wait for one', { a: [], b: ['a'], c: ['a'] }, ['a', 'b c']],
  ['a diamond', { d: ['b', 'c'], b: ['a'], c: ['a'], a: [] }, ['a', 'b c', 'd']],
  ['six independent ones: four sequences', numbered(6), ['r0>r4', 'r1>r5', 'r2', 'r3']],
]) {
  test(`the shape of a batch: ${name}`, async () => {
    const { it, sent } = sending();
    const results = await batch(it, graph(needs));
    assert.deepEqual(
      results.map(({ id, status }) => [id, status]),
      Object.keys(needs).map((id) => [id, 200]),
    );
    assert.ok(sent.every(isUniform));
    assert.deepEqual(
      sent.map((items) =>
        items
          .map(({ id, dependsOn }) => (dependsOn ? `>${id}` : ` ${id}`))
          .join('')
          .trim(),
      ),
      shapes,
    );
  });
}

test('any number of requests, and a chain of any length', async () => {
  for (const needs of [numbered(205), numbered(45, (at) => (at ? [`r${at - 1}`] : []))]) {
    const { it, sent } = sending();
    const results = await batch(it, graph(needs));
    assert.ok(results.every(({ status }) => status === 200) && sent.every(isUniform));
    assert.equal(sent.flat().length, Object.keys(needs).length);
  }
});

test('a circle is refused before anything is sent', async () => {
  for (const needs of [{ a: ['a'] }, { a: ['b'], b: ['a'] }, { x: [], a: ['x', 'c'], b: ['a'], c: ['b'] }]) {
    const { it, sent } = sending();
    await assert.rejects(batch(it, graph(needs)), { code: 'invalid_argument', message: /circle/ });
    assert.equal(sent.length, 0);
  }
});

test('what stands behind a failure in a sequence of the SDK is sent again at once, and nobody sees it', async () => {
  const { it, sent } = sending(([a, b, c]) => [
    ok(a.id),
    { id: b.id, status: 404, headers: {} },
    { id: c.id, status: 424, headers: {} },
  ]);
  const results = await batch(it, graph(numbered(12)));
  assert.deepEqual(
    results.map(({ status }) => status),
    [200, 200, 200, 200, 404, ...Array(7).fill(200)],
  );
  assert.deepEqual(
    [sent.length, sent[4].map(({ id, dependsOn }) => [id, dependsOn]), waits],
    [5, [['r8', undefined]], []],
  );
});

test('a lost batch: reads and changes are sent again, what may have been done twice is not known', async () => {
  const cut = () => {
    throw fail('network', 'cut');
  };
  const { it, sent } = sending(cut, cut, ([a]) => [ok(a.id), { id: 'gone', status: 404, headers: {} }]);
  const results = await batch(it, [
    { id: 'read', method: 'GET', path: '/a' },
    { id: 'made', method: 'POST', path: '/b', body: {} },
    { id: 'gone', method: 'DELETE', path: '/c' },
  ]);
  assert.deepEqual(
    results.map(({ status, error }) => [status, error?.code]),
    [
      [200, undefined],
      [0, 'outcome_unknown'],
      [204, undefined],
    ],
  );
  assert.deepEqual(
    sent.map((items) => items.map(({ id }) => id)),
    [
      ['read', 'made', 'gone'],
      ['read', 'gone'],
      ['read', 'gone'],
    ],
  );
  const never = sending(...Array(4).fill(cut));
  await assert.rejects(batch(never.it, [{ method: 'GET', path: '/a' }]), { code: 'network' });
});

test('what was throttled is sent again, and then what waited for it', async () => {
  const { it, sent } = sending(([a, b]) => [ok(a.id), { id: b.id, status: 429, headers: { 'Retry-After': '3' } }]);
  const results = await batch(it, [
    { id: 'a', method: 'POST', path: '/a' },
    { id: 'b', method: 'POST', path: '/b' },
    { id: 'c', method: 'GET', path: '/c', dependsOn: ['a', 'b'] },
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.deepEqual(
    sent
      .slice(1)
      .flat()
      .map(({ id, dependsOn }) => [id, dependsOn]),
    [
      ['b', undefined],
      ['c', ['b']],
    ],
  );
  assert.deepEqual(waits, [3000]);
});

test('what may have taken effect is not repeated; nor is anything where retries are 0', async () => {
  const away = ([a, b]) => [
    { id: a.id, status: 503, headers: {} },
    { id: b.id, status: 503, headers: {} },
  ];
  const { it, sent } = sending(away);
  const [post, get] = await batch(it, [
    { method: 'POST', path: '/a' },
    { method: 'GET', path: '/b' },
  ]);
  assert.deepEqual(
    [post.error?.code, get.status, sent[1].map(({ method }) => method)],
    ['service_unavailable', 200, ['GET']],
  );
  const none = sending(away);
  none.it.retries = 0;
  assert.deepEqual(
    (
      await batch(none.it, [
        { method: 'GET', path: '/a' },
        { method: 'GET', path: '/b' },
      ])
    ).map(({ status }) => status),
    [503, 503],
  );
  const lost = sending(...Array(4).fill(() => []));
  assert.deepEqual(
    (await batch(lost.it, [{ method: 'GET', path: '/a' }])).map(({ error }) => error.code),
    ['invalid_response'],
  );
});

test('the longest wait counts for all; a wait is for at most as many rounds as retries', async () => {
  const both = ([a, b]) => [
    { id: a.id, status: 429, headers: { 'Retry-After': '9' } },
    { id: b.id, status: 429, headers: { 'Retry-After': '3' } },
  ];
  const { it, sent } = sending(both, both, both);
  it.retries = 2;
  const results = await batch(it, [
    { method: 'POST', path: '/a' },
    { method: 'GET', path: '/b' },
  ]);
  assert.deepEqual(
    [results.map(({ error }) => error.code), waits, sent.length],
    [['throttled', 'throttled'], [9000, 9000], 3],
  );
});

test('what has to wait longer than two minutes is told, and holds nobody up', async () => {
  const { it, sent } = sending(([a, b]) => [
    { id: a.id, status: 429, headers: { 'Retry-After': '3600' } },
    { id: b.id, status: 501, headers: {} },
  ]);
  const results = await batch(it, [
    { method: 'GET', path: '/a' },
    { method: 'GET', path: '/b' },
  ]);
  assert.deepEqual(
    [results.map(({ error }) => error.code), results[0].error.retryAfterSeconds, waits, sent.length],
    [['throttled', 'service_unavailable'], 3600, [], 1],
  );
});

test('who waits for what failed for good stays with 424', async () => {
  const { it, sent } = sending(([a, b]) => [
    { id: a.id, status: 404, headers: {} },
    { id: b.id, status: 424, headers: {} },
  ]);
  const results = await batch(it, [
    { id: 'a', method: 'GET', path: '/a' },
    { id: 'b', method: 'GET', path: '/b', dependsOn: ['a'] },
  ]);
  assert.deepEqual([results.map(({ status }) => status), sent.length], [[404, 424], 1]);
});

test('a chain that was throttled at its head comes again whole', async () => {
  const { it, sent } = sending((items) => items.map(({ id }, at) => ({ id, status: at ? 424 : 429, headers: {} })));
  const results = await batch(
    it,
    ['a', 'b', 'c'].map((id, at, all) => ({
      id,
      method: 'GET',
      path: `/${id}`,
      ...(at && { dependsOn: [all[at - 1]] }),
    })),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.deepEqual(sent[1], sent[0]);
});

test('ids are named in whatever case, and sent as they are called', async () => {
  const { it, sent } = sending();
  const others = Array.from({ length: 25 }, (_, at) => ({ method: 'GET', path: `/${at}` }));
  await batch(it, [
    { id: 'Make', method: 'POST', path: '/a' },
    ...others,
    { id: 'use', method: 'GET', path: '/b', dependsOn: ['MAKE'] },
  ]);
  const part = sent.find((items) => items.some(({ id }) => id === 'use'));
  assert.deepEqual(part.find(({ id }) => id === 'use').dependsOn, ['Make']);
  assert.ok(part.some(({ id }) => id === 'Make'));
});

test('a later part that fails as a whole takes nothing of the others away', async () => {
  const refused = () => {
    throw Object.assign(fail('service_unavailable', 'down'), { status: 503 });
  };
  const requests = Array.from({ length: 41 }, (_, at) => ({ method: 'POST', path: `/${at}` }));
  const { it, sent } = sending((items) => items.map(({ id }) => ok(id)), refused);
  const results = await batch(it, requests);
  assert.deepEqual(
    results.map(({ status }) => status),
    Array.from({ length: 41 }, (_, at) => (at % 4 === 1 ? 503 : 200)),
  );
  assert.deepEqual(
    [results[1].error.code, results[1].headers, results[0].error, sent.length, waits],
    ['service_unavailable', {}, undefined, 4, []],
    'and what may have taken effect is not repeated',
  );
  await assert.rejects(
    batch(sending(...Array(4).fill(refused)).it, requests),
    { code: 'service_unavailable' },
    'nothing was answered at all',
  );
  const stopped = () => {
    throw fail('aborted', 'stop');
  };
  await assert.rejects(batch(sending((items) => items.map(({ id }) => ok(id)), stopped).it, requests), {
    code: 'aborted',
  });
});

test('an abort ends the wait for the next round', async () => {
  /** @type {any} */ (globalThis).setTimeout = () => {};
  const caller = new AbortController();
  const { it } = sending(
    ([a]) => {
      setImmediate(() => caller.abort());
      return [{ id: a.id, status: 429, headers: {} }];
    },
    () => {
      throw fail('aborted', 'stop');
    },
  );
  // The signal goes with each call; here the second one stands for it.
  const results = batch(it, [{ method: 'GET', path: '/a' }], { signal: caller.signal });
  await assert.rejects(results, { code: 'aborted' });
});

test('signal and time-out go with each part, the zone with each item; nothing is sent for nothing', async () => {
  const calls = [];
  const items = [];
  const it = fakeApi(
    'graph',
    async (method, path, ids, options, { requests }) => {
      calls.push([method, path, ids, options]);
      return { responses: requests.map(({ id }) => ok(id)) };
    },
    'UTC',
    {
      batchItem: ({ method, path, options }) => {
        items.push([method, path, options]);
        return { method, url: path, headers: {} };
      },
    },
  );
  const { signal } = new AbortController();
  await batch(it, [{ method: 'GET', path: '/a', headers: { a: 'b' } }], { signal, timeout: 5, timeZone: 'Asia/Tokyo' });
  assert.deepEqual(calls, [['POST', '/$batch', [], { signal, timeout: 5 }]]);
  assert.deepEqual(items, [['GET', '/a', { headers: { a: 'b' }, timeZone: 'Asia/Tokyo' }]]);
  assert.deepEqual(await batch(it, []), []);
  assert.equal(calls.length, 1);
});

test('random batches: each request has its own answer, what depends goes with or after what it needs, no part is too large', async () => {
  let seed = 3;
  const random = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (let round = 0; round < 60; round++) {
    const count = 1 + random(70);
    const requests = Array.from({ length: count }, (_, at) => ({
      id: `r${at}`,
      method: 'GET',
      path: `/${at}`,
      ...(at && random(4) === 0 && at % 15 && { dependsOn: [`r${at - 1}`] }),
    }));
    const done = new Set();
    const tries = new Map();
    const { it, sent } = sending(
      ...Array(400).fill((items) =>
        items.map(({ id, dependsOn = [] }) => {
          const here = items.map((one) => one.id);
          assert.ok(
            dependsOn.every((one) => here.includes(one)),
            'what is needed is in the same part',
          );
          assert.ok(!done.has(id), `${id} is sent once when it is done`);
          if (!dependsOn.every((one) => done.has(one))) return { id, status: 424, headers: {} };
          tries.set(id, (tries.get(id) ?? 0) + 1);
          if (tries.get(id) === 1 && random(5) === 0) return { id, status: 429, headers: { 'Retry-After': '1' } };
          done.add(id);
          return ok(id, id);
        }),
      ),
    );
    it.retries = 20;
    const results = await batch(it, requests);
    assert.deepEqual(
      results.map(({ id, status, body }) => [id, status, body]),
      requests.map(({ id }) => [id, 200, id]),
    );
    assert.ok(sent.every(({ length }) => length <= 20));
  }
});

test('what no batch can be is refused before anything is sent', async () => {
  const { it, sent } = sending();
  for (const [requests, options] of /** @type {any[][]} */ ([
    ['x'],
    [undefined],
    [
      [
        { id: 'a', method: 'GET', path: '/' },
        { id: 'A', method: 'GET', path: '/' },
      ],
    ],
    [[{ method: 'GET', path: '/', dependsOn: ['none'] }]],
    [[], { top: 1 }],
    [[{ id: 5, method: 'GET', path: '/' }]],
    [[{ id: '', method: 'GET', path: '/' }]],
    [[{ method: 'GET', path: '/', dependsOn: 'a' }]],
    [[{ method: 'GET', path: '/', dependsOn: [5] }]],
  ])) {
    await assert.rejects(batch(it, requests, options), { code: 'invalid_argument' });
  }
  assert.deepEqual(sent, []);
});

// Batches of the caller's own.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { batch } from './batch.ts';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { graph, noWaiting, numbered, ok, sending } from '../tests/fake-batches.mjs';

const waits = noWaiting();

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

test('bytes in a batch go as base64, as a Blob does', async () => {
  const { it, sent } = sending((items) => items.map(({ id }) => ok(id)));
  const bytes = new TextEncoder().encode('xaby');
  await batch(it, [
    { method: 'PUT', path: '/me/photo', body: bytes.slice(1, 3).buffer },
    { method: 'PUT', path: '/me/photo', body: bytes.subarray(1, 3), headers: { 'content-type': 'image/png' } },
  ]);
  assert.deepEqual(
    sent[0].map(({ headers, body }) => [headers['content-type'], body]),
    [
      ['application/octet-stream', 'YWI='],
      ['image/png', 'YWI='],
    ],
  );
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

test('a wait that is over leaves no listener on the signal, and one that was aborted no timer', async () => {
  const caller = new AbortController();
  const { it } = sending(([a]) => [{ id: a.id, status: 429, headers: {} }]);
  const [{ status }] = await batch(it, [{ method: 'GET', path: '/a' }], { signal: caller.signal });
  assert.equal(status, 200);
  assert.deepEqual([waits, getEventListeners(caller.signal, 'abort')], [[1000], []]);
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

// Rounds of changes in Graph's form and in Outlook's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '../calls/path.ts';
import { delta } from './changes.ts';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';

const NEXT = 'https://graph.microsoft.com/v1.0/me/contacts/delta()?$skiptoken=1';
const DELTA = 'https://graph.microsoft.com/v1.0/me/contacts/delta()?$deltatoken=2';

/** A round over `answers`; gives what it asked as well. */
async function round(answers, options, query) {
  const calls = [];
  const it = fakeApi('graph', async (_method, path, _ids, given) => {
    calls.push([path, given]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { result: await delta(it, path`contacts`, options, query), calls };
}

test('pages of a round are one: select in the first request only, the size of pages in each', async () => {
  const { result, calls } = await round(
    [
      { value: [{ id: 1 }], '@odata.nextLink': NEXT },
      { value: [{ id: 2 }], '@odata.deltaLink': DELTA },
    ],
    { select: ['id'], pageSize: 1 },
  );
  assert.deepEqual(result, { items: [{ id: 1 }, { id: 2 }], removed: [], token: DELTA, resynced: false });
  assert.deepEqual(calls, [
    ['contacts/delta()', { changes: true, pageSize: 1, select: ['id'], query: undefined }],
    [NEXT, { changes: true, pageSize: 1 }],
  ]);
});

test('removals as Graph and as Outlook write them', async () => {
  const value = [
    { id: 'a', '@removed': { reason: 'deleted' } },
    { id: 'b', '@removed': { reason: 'changed' } },
    {
      '@odata.context': 'https://outlook.office.com/api/v2.0/$metadata#Me/Messages/$deletedEntity',
      id: "Messages('AAMk=')",
      reason: 'deleted',
    },
    { id: 'c', reason: 'a field of its own' },
  ];
  const { result } = await round([{ value, '@odata.deltaLink': DELTA }], { token: NEXT });
  assert.deepEqual(result.removed, [
    { id: 'a', reason: 'deleted' },
    { id: 'b', reason: 'changed' },
    { id: 'AAMk=', reason: 'deleted' },
  ]);
  assert.deepEqual(result.items, [value[3]]);
});

test('a state that the service has lost leads to a full round; other refusals are told', async () => {
  const whole = { value: [{ id: 1 }], '@odata.deltaLink': DELTA };
  const { result, calls } = await round([fail('gone', 'lost'), whole], { token: NEXT });
  assert.deepEqual(
    [result.resynced, result.items, calls.map(([path]) => path)],
    [true, [{ id: 1 }], [NEXT, 'contacts/delta()']],
  );
  await assert.rejects(round([fail('forbidden', 'no')], { token: NEXT }), { code: 'forbidden' });
  await assert.rejects(round([fail('gone', 'at first')], {}), { code: 'gone' });
});

test('a state that is lost in the middle of a round leads to a full one, without what the broken round had', async () => {
  const { result, calls } = await round(
    [
      { value: [{ id: 'old' }, { id: 'x', '@removed': { reason: 'deleted' } }], '@odata.nextLink': NEXT },
      fail('gone', 'lost'),
      { value: [{ id: 1 }], '@odata.nextLink': NEXT },
      { value: [{ id: 2 }], '@odata.deltaLink': DELTA },
    ],
    { token: DELTA, select: ['id'] },
  );
  assert.deepEqual(result, { items: [{ id: 1 }, { id: 2 }], removed: [], token: DELTA, resynced: true });
  assert.deepEqual(
    calls.map(([path, { select }]) => [path, select]),
    [
      [DELTA, undefined],
      [NEXT, undefined],
      ['contacts/delta()', ['id']],
      [NEXT, undefined],
    ],
  );
  await assert.rejects(
    round([fail('gone', 'lost'), fail('gone', 'again')], { token: DELTA }),
    { code: 'gone' },
    'but once',
  );
});

test('a view: its span is in the first request, also in the one that starts over', async () => {
  const span = { startDateTime: 'a', endDateTime: 'b' };
  const whole = { value: [], '@odata.deltaLink': DELTA };
  const queries = ({ calls }) => calls.map(([, { query }]) => query);
  assert.deepEqual(queries(await round([whole], undefined, span)), [span]);
  assert.deepEqual(queries(await round([whole], { token: DELTA }, span)), [undefined]);
  assert.deepEqual(queries(await round([fail('gone', 'x'), whole], { token: DELTA }, span)), [undefined, span]);
});

test('pages without items are pages; options of a call go with each', async () => {
  const options = { timeout: 5, headers: { a: 'b' }, signal: new AbortController().signal };
  const { result, calls } = await round(
    [
      { value: [], '@odata.nextLink': NEXT },
      { value: [], '@odata.nextLink': `${NEXT}2` },
      { value: [{ id: 1 }], '@odata.deltaLink': DELTA },
    ],
    options,
  );
  assert.deepEqual([result.items, calls.length], [[{ id: 1 }], 3]);
  for (const [, given] of calls)
    assert.deepEqual(
      [given.timeout, given.headers, given.signal, given.changes],
      [5, options.headers, options.signal, true],
    );
});

test('a repeated link, a list without track, an answer that is none', async () => {
  for (const answers of [
    [
      { value: [], '@odata.nextLink': NEXT },
      { value: [], '@odata.nextLink': NEXT },
      { value: [], '@odata.deltaLink': DELTA },
    ],
    [{ value: [] }],
    [{}],
    [undefined],
    [{ value: [null], '@odata.deltaLink': DELTA }],
    [{ value: ['x'], '@odata.deltaLink': DELTA }],
  ])
    await assert.rejects(round(answers), { code: 'invalid_response' });
});

test('C3 the last word on an id counts, over all pages of a round', async () => {
  const there = (id, fields) => ({ id, ...fields });
  const gone = (id, reason = 'deleted') => ({ id, '@removed': { reason } });
  for (const [pages, items, removed] of [
    [[[gone('a')], [there('a')]], ['a'], []],
    [[[there('a')], [gone('a')]], [], ['a']],
    [[[gone('a'), there('b')], [there('a'), gone('b')], [gone('a')]], [], ['b', 'a']],
    [[[gone('a'), there('a')]], ['a'], []],
    [[[gone('a', 'changed')], [gone('a'), there('b')]], ['b'], ['a']],
    [[[there('a'), there('b')], [there('a')]], ['b', 'a'], []],
  ]) {
    const answers = pages.map((value, at) => ({
      value,
      ...(at < pages.length - 1 ? { '@odata.nextLink': NEXT + at } : { '@odata.deltaLink': DELTA }),
    }));
    const { result } = await round(answers, { token: DELTA });
    assert.deepEqual(
      [result.items.map(({ id }) => id), result.removed.map(({ id }) => id)],
      [items, removed],
      JSON.stringify(pages),
    );
  }
  const [first, second] = [there('a', { subject: 'x', isRead: false }), there('a', { isRead: true })];
  const { result } = await round([
    { value: [first], '@odata.nextLink': NEXT },
    { value: [second], '@odata.deltaLink': DELTA },
  ]);
  assert.deepEqual(result.items, [{ id: 'a', subject: 'x', isRead: true }], 'the later one has only what changed');
  const removal = { '@odata.context': 'x/$deletedEntity', id: "Messages('a')", reason: 'deleted' };
  const outlook = await round([
    { value: [removal], '@odata.nextLink': NEXT },
    { value: [{ Id: 'a', Subject: 'x' }], '@odata.deltaLink': DELTA },
  ]);
  assert.deepEqual([outlook.result.items, outlook.result.removed], [[{ Id: 'a', Subject: 'x' }], []]);
});

test('C28 the same page for ever, each time under a new link', async () => {
  const page = (value, at) => ({ value, '@odata.nextLink': `${NEXT}${at}` });
  const many = [{ id: 'a' }, { id: 'b' }];
  for (const [pages, asked] of /** @type {[(at: number) => object[], number][]} */ ([
    [() => many, 2],
    [() => [{ id: 'a' }], 2],
    [(at) => many.map((one) => ({ ...one, at })), 2],
  ])) {
    let at = 0;
    const it = fakeApi('graph', async () => page(pages(at), at++));
    await assert.rejects(delta(it, path`contacts`), { code: 'invalid_response' });
    assert.ok(at <= asked + 1, `${at}`);
  }
});

test('C28 two pages that take turns for ever, and pages without items for ever', async () => {
  const NEVER = 5000;
  for (const [pages, most] of /** @type {[(at: number) => object[], number][]} */ ([
    [(at) => [{ id: `a${at % 2}` }, { id: `b${at % 2}` }], 4],
    [(at) => [{ id: `a${at % 3}` }, { id: `b${at % 3}` }], 6],
    [() => [], 1100],
  ])) {
    let at = 0;
    const it = fakeApi('graph', async () => {
      assert.ok(at < NEVER, 'it has no end');
      return { value: pages(at), '@odata.nextLink': `${NEXT}${at++}` };
    });
    await assert.rejects(delta(it, path`contacts`), { code: 'invalid_response' });
    assert.ok(at <= most, `${at} pages`);
  }
});

test('a page that was there before is no repetition where the next one is new; nor are some hundred empty pages', async () => {
  const two = [{ id: 'a' }, { id: 'b' }];
  const pages = [two, [{ id: 'c' }, { id: 'd' }], two, ...Array.from({ length: 500 }, () => []), [{ id: 'e' }]];
  const answers = pages.map((value, at) => ({
    value,
    [at < pages.length - 1 ? '@odata.nextLink' : '@odata.deltaLink']: `${NEXT}${at}`,
  }));
  const { result } = await round(answers);
  assert.deepEqual(result.items.map(({ id }) => id).sort(), ['a', 'b', 'c', 'd', 'e']);
});

test('an item that changed twice is no repetition', async () => {
  const { result } = await round([
    { value: [{ id: 'a', n: 1 }], '@odata.nextLink': NEXT },
    { value: [{ id: 'a', n: 2 }], '@odata.deltaLink': DELTA },
  ]);
  assert.deepEqual(result.items, [{ id: 'a', n: 2 }]);
});

test('a token that is none, and a select where there is none', async () => {
  for (const token of ['', 5, null]) await assert.rejects(round([], { token }), { code: 'invalid_argument' });
  await assert.rejects(round([], { select: ['id'] }, { startDateTime: 'x' }), { code: 'invalid_argument' });
});

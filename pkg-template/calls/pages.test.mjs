// Pages that grow: what `all` asks for, one request after the other, and how it ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collection } from '../areas/collection.ts';
import { mailbox } from '../areas/mailbox.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { path } from './path.ts';

/**
 * A list of `count` items as the service gives it: ten on a page unless `top` says more, the rest behind a link. Time is
 * virtual: a request takes `way` ms, and `each` ms for an item.
 *
 * @param {any} t
 * @param {{ count?: number, each?: number, way?: number, text?: string, by?: 'skip' | 'token', flavor?: any, size?: number }} [given]
 */
function served(t, { count = 5000, each = 1, way = 0, text = '', by = 'skip', flavor = 'graph', size = 10 } = {}) {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const id = flavor === 'graph' ? 'id' : 'Id';
  const items = Array.from({ length: count }, (_, at) => ({ [id]: `item ${at}`, text }));
  /** What was asked for: a link, or `skip` and `top`. */
  const asked = [];
  const signals = [];
  const it = fakeApi(flavor, async (_method, place, _ids, options) => {
    signals.push(options.signal);
    const link = /p\?\$skip(?:token)?=(\d+)&\$top=(\d+)$/.exec(place);
    asked.push(link ? 'link' : [options.skip, options.top]);
    const from = Number(link?.[1] ?? options.skip ?? 0);
    const top = Math.min(flavor === 'graph' ? 1000 : 50, Number(link?.[2] ?? options.top ?? size));
    const value = items.slice(from, from + top);
    now += way + each * value.length;
    const next = `https://h/p?$${by === 'skip' ? 'skip' : 'skiptoken'}=${from + top}&$top=${top}`;
    return { value, ...(from + top < items.length && { '@odata.nextLink': next }) };
  });
  return { it, list: collection(it, path`p`), items, asked, signals, id };
}

async function collected(all) {
  const found = [];
  for await (const one of all) found.push(one);
  return found;
}

test('pages grow as the first ones allow, up to the largest of the flavour; then links are followed as they come', async (t) => {
  for (const [name, given, wanted] of /** @type {[string, any, unknown[]][]} */ ([
    ['quick and small: the largest of Graph', {}, [[undefined, undefined], [10, 1000], ...Array(4).fill('link')]],
    ['what is read in two seconds', { each: 8, count: 700 }, [[undefined, undefined], [10, 250], 'link', 'link']],
    [
      'the way counts in a small page and not in a larger one: it grows again',
      { each: 1, way: 390, count: 3000 },
      [[undefined, undefined], [10, 50], [60, 227], [287, 735], 'link', 'link', 'link'],
    ],
    [
      'two million characters',
      { text: 'x'.repeat(19_970), count: 300 },
      [[undefined, undefined], [10, 100], 'link', 'link'],
    ],
    ['so slow that nothing is gained', { each: 150, count: 35 }, [[undefined, undefined], 'link', 'link', 'link']],
    ['one page', { count: 7 }, [[undefined, undefined]]],
    ['nothing', { count: 0 }, [[undefined, undefined]]],
    ['Outlook v2.0', { flavor: 'outlook-v2', count: 200 }, [[undefined, undefined], [10, 50], 'link', 'link', 'link']],
    [
      'Outlook v1.0',
      { flavor: 'outlook-v1', count: 60 },
      [
        [undefined, undefined],
        [10, 50],
      ],
    ],
    ['pages by a token', { by: 'token', count: 35 }, [[undefined, undefined], 'link', 'link', 'link']],
  ])) {
    const it = served(t, given);
    assert.deepEqual(await collected(it.list.all()), it.items, name);
    assert.deepEqual(it.asked, wanted, name);
  }
});

test('what the caller named stays: a size, a place to begin, parameters of its own', async (t) => {
  for (const [name, query, wanted] of /** @type {[string, any, unknown[]][]} */ ([
    ['a size', { top: 10 }, [[undefined, 10], 'link', 'link', 'link']],
    [
      'a place to begin',
      { skip: 5 },
      [
        [5, undefined],
        [15, 1000],
      ],
    ],
    ['parameters by their own names', { query: { $top: '10' } }, [[undefined, undefined], 'link', 'link', 'link']],
    ['what is searched for: one larger size from the start', { search: 'lunch' }, [[undefined, 100]]],
    ['what is searched for, in a size', { search: 'lunch', top: 20 }, [[undefined, 20], 'link']],
  ])) {
    const it = served(t, { count: 40 });
    assert.deepEqual(await collected(it.list.all(query)), it.items.slice(query.skip ?? 0), name);
    assert.deepEqual(it.asked, wanted, name);
  }
  const it = served(t, { flavor: 'outlook-v2', count: 40 });
  await collected(it.list.all(/** @type {any} */ ({ search: 'lunch' })));
  assert.deepEqual(it.asked, [[undefined, 50]]);
});

test('`list` and its `next` go as the service says', async (t) => {
  const it = served(t, { count: 25 });
  const page = await it.list.list();
  assert.equal((await page.next())?.items.length, 10);
  assert.deepEqual(it.asked, [[undefined, undefined], 'link']);
});

test('`stable` grows as well', async (t) => {
  const it = served(t, { count: 300 });
  assert.deepEqual(await collected(it.list.all({ stable: true })), it.items);
  assert.deepEqual(it.asked, [
    [undefined, undefined],
    [10, 1000],
  ]);
});

test('a link that goes on elsewhere is followed: the service knows why', async (t) => {
  t.mock.method(performance, 'now', () => 0);
  const pages = [
    { value: [{ id: 'a' }, { id: 'b' }], '@odata.nextLink': 'https://h/p?$skip=5' },
    { value: [{ id: 'c' }] },
  ];
  const asked = [];
  const it = fakeApi('graph', async (_method, place) => asked.push(place) && pages.shift());
  assert.equal((await collected(collection(it, path`p`).all())).length, 3);
  assert.deepEqual(asked, ['p', 'https://h/p?$skip=5']);
});

test('no item twice: what arrives meanwhile moves others to a later page', async (t) => {
  for (const flavor of ['graph', 'outlook-v2']) {
    const it = served(t, { count: 60, flavor });
    const wanted = [...it.items];
    const found = [];
    for await (const one of it.list.all()) {
      found.push(one);
      // The next page is asked for already: those behind it meet what has arrived.
      if (found.length % 10 === 1 && it.items.length < 100)
        it.items.unshift({ [it.id]: `new ${found.length}`, text: '' });
    }
    assert.deepEqual(found, wanted, flavor);
  }
  // Users have no id unless it is selected.
  const bare = fakeApi('graph', async () => ({ value: [{ name: 'Ben' }, { name: 'Ben' }] }));
  assert.equal((await collected(collection(bare, path`p`).all())).length, 2);
});

test('a page that the service repeats for ever, each time under a new link, is told', async () => {
  let page = 0;
  const it = fakeApi('graph', async () => ({
    value: [{ id: 'a' }, { id: 'b' }],
    '@odata.nextLink': `https://h/p?$skiptoken=${page++}`,
  }));
  await assert.rejects(collected(collection(it, path`p`).all()), { code: 'invalid_response' });
  assert.ok(page < 6, `${page} pages`);
});

test('pages without items end some time; a long row of them is none', async () => {
  let page = 0;
  const end = 5000;
  const served = (last) =>
    fakeApi('graph', async () => {
      page++;
      return page === last ? { value: [{ id: 'a' }] } : { value: [], '@odata.nextLink': `https://h/p?${page}` };
    });
  await assert.rejects(collected(collection(served(end), path`p`).all()), { code: 'invalid_response' });
  assert.ok(page < 1100, `${page} pages`);
  page = 0;
  assert.deepEqual(await collected(collection(served(900), path`p`).all()), [{ id: 'a' }]);
});

test('an abort ends the loop at the next item, also of a page that is there; break and a consumer that throws end what is on its way', async (t) => {
  const caller = new AbortController();
  const it = served(t, { count: 3000 });
  const found = [];
  await assert.rejects(
    async () => {
      for await (const one of it.list.all({ signal: caller.signal })) {
        found.push(one);
        if (found.length === 200) caller.abort('enough');
      }
    },
    { code: 'aborted', cause: 'enough' },
  );
  assert.equal(found.length, 200);
  for (const leave of ['break', 'throw']) {
    const own = served(t, { count: 3000 });
    const loop = async () => {
      for await (const _ of own.list.all()) {
        if (leave === 'break') break;
        throw new Error('the consumer');
      }
    };
    await loop().catch(({ message }) => assert.equal(message, 'the consumer'));
    assert.equal(own.asked.length, 2, leave);
    assert.ok(
      own.signals.every(({ aborted }) => aborted),
      leave,
    );
  }
});

test('never more than a page ahead', async (t) => {
  const it = served(t, { count: 5000 });
  const items = it.list.all()[Symbol.asyncIterator]();
  for (const [read, requests] of [
    [1, 2],
    [10, 2],
    [11, 3],
    [1010, 3],
    [1011, 4],
  ]) {
    for (; it.items.indexOf((await items.next()).value) < read - 1; );
    assert.equal(it.asked.length, requests, `${read} items`);
  }
});

test('a view counts what the service gave, not what it shows', async (t) => {
  t.mock.method(performance, 'now', () => 0);
  const asked = [];
  const event = (day, hour) => ({
    id: `${day} ${hour}`,
    subject: day,
    isAllDay: true,
    start: { dateTime: `${day}T00:00:00.0000000`, timeZone: 'UTC' },
    end: { dateTime: '2026-12-03T00:00:00.0000000', timeZone: 'UTC' },
  });
  const it = fakeApi(
    'graph',
    async (_method, place, _ids, options) => {
      asked.push([place, options.skip, options.top, options.query !== undefined]);
      const value = [event('2026-11-30', 1), event('2026-12-02', asked.length), event('2026-12-02', -asked.length)];
      return { value, ...(asked.length < 2 && { '@odata.nextLink': 'https://h/p?$skip=3' }) };
    },
    'Europe/Berlin',
  );
  const days = await collected(mailbox(it).calendar.view('2026-12-02', '2026-12-03'));
  assert.ok(days.length >= 4);
  assert.deepEqual(asked, [
    ['calendarView', undefined, undefined, true],
    ['calendarView', 3, 1000, true],
  ]);
});

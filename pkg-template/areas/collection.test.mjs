// Collections and mailboxes against an api that records: which call goes out, and how pages follow each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '../calls/path.ts';
import { walk } from '../calls/pages.ts';
import { collection } from './collection.ts';
import { Exo365Error } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';

/** @import { Flavor } from '../types.ts' */

const invalid = (error) => error instanceof Exo365Error && error.code === 'invalid_argument';
const LIST = 'select,filter,orderBy,expand,search,top,skip,count,query';

/**
 * An api whose `call` notes its arguments and answers with the next of `answers` (a value, an error to throw, or a
 * function).
 *
 * @param {any[]} [answers]
 * @param {Flavor} [flavor]
 */
function recording(answers = [], flavor = 'graph') {
  const calls = [];
  async function call(method, path, ids, options, body, allowed) {
    calls.push({ method, path, ids, options, body, allowed });
    const answer = answers.length > 0 ? answers.shift() : undefined;
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer(options) : answer;
  }
  return fakeApi(flavor, call, 'Europe/Berlin', { calls });
}

const link = (at) => `https://graph.microsoft.com/v1.0/me/messages?$skip=${at}`;
const pageOf = (items, next) => ({ value: items, ...(next && { '@odata.nextLink': next }) });

async function collect(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

test('every method of a collection is one call', async () => {
  const options = { timeout: 5, headers: { a: 'b' } };
  const odd = 'AAMk/+=?#%20 ü';
  const base = { body: undefined, allowed: undefined };
  for (const [name, run, wanted, answer] of /** @type {[string, (it: any) => unknown, {}, unknown?][]} */ ([
    [
      'list',
      (it) => it.list({ top: 5 }),
      { method: 'GET', path: 'p', ids: ['f'], options: { top: 5 }, allowed: LIST },
      pageOf([]),
    ],
    ['list, bare', (it) => it.list(), { method: 'GET', path: 'p', ids: ['f'], options: {}, allowed: LIST }, pageOf([])],
    [
      'get',
      (it) => it.get(odd, { select: ['a'] }),
      { method: 'GET', path: 'p/{}', ids: ['f', odd], options: { select: ['a'] }, allowed: 'select,expand' },
    ],
    [
      'create',
      (it) => it.create({ subject: 'x' }, options),
      { method: 'POST', path: 'p', ids: ['f'], options, body: { subject: 'x' } },
    ],
    [
      'update',
      (it) => it.update(odd, { subject: null }, { ifMatch: 'W/"1"' }),
      {
        method: 'PATCH',
        path: 'p/{}',
        ids: ['f', odd],
        options: { ifMatch: 'W/"1"' },
        body: { subject: null },
        allowed: 'ifMatch',
      },
    ],
    [
      'delete',
      (it) => it.delete(odd, options),
      { method: 'DELETE', path: 'p/{}', ids: ['f', odd], options, allowed: 'ifMatch' },
    ],
    [
      'delete, bare',
      (it) => it.delete(odd),
      { method: 'DELETE', path: 'p/{}', ids: ['f', odd], options: {}, allowed: 'ifMatch' },
    ],
    [
      'delete for good',
      (it) => it.delete(odd, { permanently: true, timeout: 5 }),
      { method: 'POST', path: 'p/{}/permanentDelete', ids: ['f', odd], options: { timeout: 5 }, allowed: 'ifMatch' },
    ],
    [
      'count',
      (it) => it.count({ filter: 'a eq 1' }),
      { method: 'GET', path: 'p/$count', ids: ['f'], options: { filter: 'a eq 1', as: 'text' }, allowed: 'filter,as' },
      '7',
    ],
  ])) {
    const api = recording([answer]);
    await run(collection(api, { template: 'p', ids: ['f'] }));
    assert.deepEqual(api.calls, [{ ...base, ...wanted }], name);
  }
});

test('nothing throws before its promise', async () => {
  const it = collection(recording([pageOf([]), undefined, undefined, undefined, undefined, '0']), path`p`);
  for (const run of [
    () => it.list(null),
    () => it.get(undefined, null),
    () => it.create({}, null),
    () => it.update(undefined, {}, null),
    () => it.delete(undefined, null),
    () => it.count(null),
    () => it.create(null),
    () => /** @type {any} */ (it).update('x'),
  ]) {
    const promise = run();
    assert.ok(promise instanceof Promise);
    await promise.catch((error) => assert.ok(invalid(error)));
  }
  const box = mailbox(recording());
  await assert.rejects(box.mail.send(null, null), invalid);
  await assert.rejects(/** @type {any} */ (box.calendar).view().list(null), invalid);
});

test('a count that is no number is no answer', async () => {
  assert.equal(await collection(recording(['1234']), path`p`).count(), 1234);
  for (const odd of ['', '<html>', '1.5', '-1', 'null', undefined])
    await assert.rejects(collection(recording([odd]), path`p`).count(), { code: 'invalid_response' }, String(odd));
});

test('a page: items, count where the service sent one, and the way on', async () => {
  const page = await collection(
    recording([{ ...pageOf([1], link(1)), '@odata.count': 5 }, pageOf([2])]),
    path`p`,
  ).list();
  assert.deepEqual({ items: page.items, count: page.count }, { items: [1], count: 5 });
  const second = await page.next();
  assert.deepEqual(second, { items: [2], next: null });
  for (const odd of [undefined, null, 'x', {}, { value: {} }])
    await assert.rejects(collection(recording([odd]), path`p`).list(), { code: 'invalid_response' });
});

test('S15 the next page goes as a link, which the core checks, with the headers of the first and none of its query', async () => {
  const api = recording([pageOf([1], link(1)), pageOf([2], link(2)), pageOf([3])]);
  const { signal } = new AbortController();
  const query = {
    signal,
    timeout: 9,
    timeZone: 'UTC',
    headers: { prefer: 'x' },
    top: 1,
    select: ['id'],
    filter: 'f',
    count: true,
  };
  const page = await collection(api, path`p`).list(query);
  await (await page.next()).next();
  assert.deepEqual(
    api.calls.slice(1),
    [1, 2].map((at) => ({
      method: 'GET',
      path: link(at),
      ids: undefined,
      options: { signal, timeout: 9, timeZone: 'UTC', headers: { prefer: 'x' } },
      body: undefined,
      allowed: undefined,
    })),
  );
});

test('a page may be asked for its next one twice', async () => {
  const page = await collection(
    recording([pageOf([1], link(1)), pageOf([2], link(2)), pageOf([2], link(2)), pageOf([3]), pageOf([3])]),
    path`p`,
  ).list();
  const [a, b] = [await page.next(), await page.next()];
  assert.deepEqual([(await a.next()).items, (await b.next()).items], [[3], [3]]);
});

test('all: empty pages go on, the last page ends it', async () => {
  const api = recording([pageOf([1, 2], link(1)), pageOf([], link(2)), pageOf([], link(3)), pageOf([3])]);
  assert.deepEqual(await collect(collection(api, path`p`).all({ top: 2 })), [1, 2, 3]);
  assert.equal(api.calls.length, 4);
  assert.deepEqual(await collect(collection(recording([pageOf([])]), path`p`).all()), []);
});

test('all: a link that was followed before stops it', async () => {
  for (const links of [
    [1, 1],
    [1, 2, 1],
    [1, 2, 3, 2],
  ]) {
    const api = recording(links.map((at) => pageOf([at], link(at))));
    await assert.rejects(collect(collection(api, path`p`).all()), { code: 'invalid_response' });
    assert.equal(api.calls.length, links.length, `${links}: no request for a page that was there`);
  }
});

test('all: nothing is fetched before the first item is asked for', async () => {
  const api = recording([pageOf([1])]);
  const items = collection(api, path`p`).all();
  await Promise.resolve();
  assert.equal(api.calls.length, 0);
  await collect(items);
});

test('all: the next page is fetched while this one is read, and only one', async () => {
  const api = recording([pageOf([1, 2], link(1)), pageOf([3], link(2)), pageOf([4])]);
  const items = collection(api, path`p`).all()[Symbol.asyncIterator]();
  assert.equal((await items.next()).value, 1);
  assert.equal(api.calls.length, 2, 'the second is on its way at the first item');
  assert.equal((await items.next()).value, 2);
  assert.equal(api.calls.length, 2, 'the third is not');
  assert.equal((await items.next()).value, 3);
  assert.equal(api.calls.length, 3);
});

test('all: break stops the fetching, what is on its way included', async () => {
  const signals = [];
  const never = ({ signal }) => {
    signals.push(signal);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const api = recording([pageOf([1, 2], link(1)), never]);
  for await (const item of collection(api, path`p`).all()) {
    assert.equal(item, 1);
    break;
  }
  assert.equal(api.calls.length, 2);
  assert.ok(signals[0].aborted, 'the page that nobody wants any more');
});

test('all: a failure comes where the page is missing, after the items before it', async () => {
  const found = [];
  const api = recording([pageOf([1, 2], link(1)), Object.assign(new Error('x'), { code: 'network' })]);
  await assert.rejects(
    async () => {
      for await (const item of collection(api, path`p`).all()) found.push(item);
    },
    { code: 'network' },
  );
  assert.deepEqual(found, [1, 2]);
});

test("all: the caller's signal reaches every page; what is no signal is refused", async () => {
  const caller = new AbortController();
  const api = recording([pageOf([1], link(1)), pageOf([2])]);
  const items = collection(api, path`p`).all({ signal: caller.signal });
  await assert.rejects(
    async () => {
      for await (const item of items) if (item === 1) caller.abort('enough');
    },
    { code: 'aborted', cause: 'enough' },
  );
  assert.equal(api.calls.length, 2);
  assert.ok(api.calls.every(({ options }) => options.signal.aborted && options.signal.reason === 'enough'));
  await assert.rejects(collect(collection(recording(), path`p`).all({ signal: /** @type {any} */ ('x') })), invalid);
});

test('walk ends with its consumer, also before it began', async () => {
  const items = walk(() => assert.fail('nobody asked'), {});
  assert.deepEqual(await items.return(), { value: undefined, done: true });
});

test('the areas of a mailbox', async () => {
  for (const [run, path, ids] of /** @type {[(box: any) => unknown, string, string[]][]} */ ([
    [(box) => box.mail.messages.list(), 'messages', []],
    [(box) => box.mail.folder('inbox').messages.list(), 'mailFolders/{}/messages', ['inbox']],
    [(box) => box.mail.folder('AA/+=').messages.get('BB/+='), 'mailFolders/{}/messages/{}', ['AA/+=', 'BB/+=']],
    [(box) => box.calendar.events.get('x'), 'events/{}', ['x']],
    [(box) => box.contacts.list(), 'contacts', []],
  ])) {
    const api = recording([pageOf([])]);
    await run(mailbox(api));
    const [call] = api.calls;
    assert.deepEqual([call.path, call.ids], [path, ids]);
  }
});

test('send: one call, spelled as the flavour spells it, and no value', async () => {
  for (const [flavor, wanted] of /** @type {[Flavor, {}][]} */ ([
    [
      'graph',
      {
        message: { subject: 'Hi', toRecipients: [{ emailAddress: { address: 'b@contoso.example' } }] },
        saveToSentItems: true,
      },
    ],
    [
      'outlook-v2',
      {
        Message: { subject: 'Hi', ToRecipients: [{ EmailAddress: { Address: 'b@contoso.example' } }] },
        SaveToSentItems: true,
      },
    ],
  ])) {
    const api = recording(['whatever'], flavor);
    assert.equal(
      await mailbox(api).mail.send({ subject: 'Hi', toRecipients: ['b@contoso.example'] }, { timeout: 5 }),
      undefined,
    );
    assert.deepEqual(api.calls, [
      { method: 'POST', path: 'sendMail', ids: [], options: { timeout: 5 }, body: wanted, allowed: undefined },
    ]);
  }
  const api = recording();
  await mailbox(api).mail.send({}, { saveToSentItems: false });
  assert.equal(api.calls[0].body.saveToSentItems, false);
});

test('events: the zone of the call is the zone of its times', async () => {
  const event = { isAllDay: false, start: { dateTime: '2026-12-01T08:00' }, end: { dateTime: '2026-12-01T09:00' } };
  const api = recording([undefined, event]);
  await mailbox(api).calendar.events.create({ start: '2026-12-01T09:00' }, { timeZone: 'Asia/Tokyo' });
  await mailbox(api).calendar.events.update('x', { start: '2026-12-01T09:00' });
  assert.deepEqual(
    api.calls.map(({ body }) => body?.start.timeZone),
    ['Asia/Tokyo', undefined, 'Europe/Berlin'],
  );
});

test('view: instants in the query, options from both places, pages and items', async () => {
  const api = recording([pageOf([1], link(1)), pageOf([2]), pageOf([3])]);
  const view = mailbox(api).calendar.view('2026-12-01', '2026-12-02T09:00', {
    select: ['subject'],
    timeZone: 'America/New_York',
  });
  assert.deepEqual(await collect(view), [1, 2]);
  const [first, second] = api.calls;
  const { signal, ...options } = first.options;
  assert.ok(signal instanceof AbortSignal);
  assert.deepEqual(
    { ...first, options },
    {
      method: 'GET',
      path: 'calendarView',
      ids: [],
      body: undefined,
      allowed: LIST,
      options: {
        select: ['subject', 'start', 'end'],
        timeZone: 'America/New_York',
        query: { startDateTime: '2026-12-01T05:00:00.000Z', endDateTime: '2026-12-02T14:00:00.000Z' },
      },
    },
  );
  assert.equal(second.options.timeZone, 'America/New_York');
  assert.deepEqual((await view.list({ timeout: 7 })).items, [3]);
  assert.equal(api.calls[2].options.timeout, 7);
});

test('view: an end that is not after the start is refused, by its promise', async () => {
  const { calendar } = mailbox(recording());
  for (const [start, end] of [
    ['2026-12-02', '2026-12-01'],
    ['2026-12-01', '2026-12-01'],
    ['2026-12-01T09:00+00:00', '2026-12-01T09:30+01:00'],
    ['x', 'y'],
  ]) {
    await assert.rejects(calendar.view(start, end).list(), invalid);
    await assert.rejects(collect(calendar.view(start, end)), invalid);
  }
});

// Collections and mailboxes against a face that records: which call goes out, and how pages follow each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collection, walk } from './collection.js';
import { Exo365Error } from './error.js';
import { face } from './fake-face.mjs';
import { mailbox } from './mailbox.js';

const invalid = (error) => error instanceof Exo365Error && error.code === 'invalid_argument';
const LIST = 'select,filter,orderBy,expand,search,top,skip,count,query';

/** A face whose `call` notes its arguments and answers with the next of `answers` (a value, an error to throw, or a function). */
function recording(answers = [], api = 'graph') {
  const calls = [];
  async function call(method, user, path, ids, options, body, allowed) {
    calls.push({ method, user, path, ids, options, body, allowed });
    const answer = answers.length > 0 ? answers.shift() : undefined;
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer(options) : answer;
  }
  return face(api, call, 'Europe/Berlin', { calls });
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
  const base = { user: 'u', body: undefined, allowed: undefined };
  for (const [name, run, wanted, answer] of [
    ['list', (it) => it.list({ top: 5 }), { method: 'GET', path: 'p', ids: ['f'], options: { top: 5 }, allowed: LIST }, pageOf([])],
    ['list, bare', (it) => it.list(), { method: 'GET', path: 'p', ids: ['f'], options: undefined, allowed: LIST }, pageOf([])],
    ['get', (it) => it.get(odd, { select: ['a'] }), { method: 'GET', path: 'p/{}', ids: ['f', odd], options: { select: ['a'] }, allowed: 'select,expand' }],
    ['create', (it) => it.create({ subject: 'x' }, options), { method: 'POST', path: 'p', ids: ['f'], options, body: { subject: 'x' } }],
    ['update', (it) => it.update(odd, { subject: null }, { ifMatch: 'W/"1"' }), { method: 'PATCH', path: 'p/{}', ids: ['f', odd], options: { ifMatch: 'W/"1"' }, body: { subject: null }, allowed: 'ifMatch' }],
    ['delete', (it) => it.delete(odd, options), { method: 'DELETE', path: 'p/{}', ids: ['f', odd], options, allowed: 'ifMatch' }],
    ['delete, bare', (it) => it.delete(odd), { method: 'DELETE', path: 'p/{}', ids: ['f', odd], options: {}, allowed: 'ifMatch' }],
    ['delete for good', (it) => it.delete(odd, { permanently: true, timeout: 5 }), { method: 'POST', path: 'p/{}/permanentDelete', ids: ['f', odd], options: { timeout: 5 }, allowed: 'ifMatch' }],
    ['count', (it) => it.count({ filter: 'a eq 1' }), { method: 'GET', path: 'p/$count', ids: ['f'], options: { filter: 'a eq 1', as: 'text' }, allowed: 'filter,as' }, '7'],
  ]) {
    const face = recording([answer]);
    await run(collection(face, 'u', 'p', ['f']));
    assert.deepEqual(face.calls, [{ ...base, ...wanted }], name);
  }
});

test('nothing throws before its promise', async () => {
  const it = collection(recording([pageOf([]), undefined, undefined, undefined, undefined, '0']), undefined, 'p');
  for (const run of [() => it.list(null), () => it.get(undefined, null), () => it.create({}, null), () => it.update(undefined, {}, null), () => it.delete(undefined, null), () => it.count(null), () => it.create(null), () => it.update('x')]) {
    const promise = run();
    assert.ok(promise instanceof Promise);
    await promise.catch((error) => assert.ok(invalid(error)));
  }
  const box = mailbox(recording(), undefined);
  await assert.rejects(box.mail.send(null, null), invalid);
  await assert.rejects(box.calendar.view().list(null), invalid);
});

test('a count that is no number is no answer', async () => {
  assert.equal(await collection(recording(['1234']), undefined, 'p').count(), 1234);
  for (const odd of ['', '<html>', '1.5', '-1', 'null', undefined]) await assert.rejects(collection(recording([odd]), undefined, 'p').count(), { code: 'invalid_response' }, String(odd));
});

test('a page: items, count where the service sent one, and the way on', async () => {
  const page = await collection(recording([{ ...pageOf([1], link(1)), '@odata.count': 5 }, pageOf([2])]), undefined, 'p').list();
  assert.deepEqual({ items: page.items, count: page.count }, { items: [1], count: 5 });
  const second = await page.next();
  assert.deepEqual(second, { items: [2], next: null });
  for (const odd of [undefined, null, 'x', {}, { value: {} }]) await assert.rejects(collection(recording([odd]), undefined, 'p').list(), { code: 'invalid_response' });
});

test('S15 the next page goes as a link, which the core checks, with the headers of the first and none of its query', async () => {
  const face = recording([pageOf([1], link(1)), pageOf([2], link(2)), pageOf([3])]);
  const { signal } = new AbortController();
  const query = { signal, timeout: 9, timeZone: 'UTC', headers: { prefer: 'x' }, top: 1, select: ['id'], filter: 'f', count: true };
  const page = await collection(face, 'u', 'p').list(query);
  await (await page.next()).next();
  assert.deepEqual(face.calls.slice(1), [1, 2].map((at) => (
    { method: 'GET', user: 'u', path: link(at), ids: undefined, options: { signal, timeout: 9, timeZone: 'UTC', headers: { prefer: 'x' } }, body: undefined, allowed: undefined })));
});

test('a page may be asked for its next one twice', async () => {
  const page = await collection(recording([pageOf([1], link(1)), pageOf([2], link(2)), pageOf([2], link(2)), pageOf([3]), pageOf([3])]), undefined, 'p').list();
  const [a, b] = [await page.next(), await page.next()];
  assert.deepEqual([(await a.next()).items, (await b.next()).items], [[3], [3]]);
});

test('all: empty pages go on, the last page ends it', async () => {
  const face = recording([pageOf([1, 2], link(1)), pageOf([], link(2)), pageOf([], link(3)), pageOf([3])]);
  assert.deepEqual(await collect(collection(face, undefined, 'p').all({ top: 2 })), [1, 2, 3]);
  assert.equal(face.calls.length, 4);
  assert.deepEqual(await collect(collection(recording([pageOf([])]), undefined, 'p').all()), []);
});

test('all: a link that was followed before stops it', async () => {
  for (const links of [[1, 1], [1, 2, 1], [1, 2, 3, 2]]) {
    const face = recording(links.map((at) => pageOf([at], link(at))));
    await assert.rejects(collect(collection(face, undefined, 'p').all()), { code: 'invalid_response' });
    assert.equal(face.calls.length, links.length, `${links}: no request for a page that was there`);
  }
});

test('all: nothing is fetched before the first item is asked for', async () => {
  const face = recording([pageOf([1])]);
  const items = collection(face, undefined, 'p').all();
  await Promise.resolve();
  assert.equal(face.calls.length, 0);
  await collect(items);
});

test('all: the next page is fetched while this one is read, and only one', async () => {
  const face = recording([pageOf([1, 2], link(1)), pageOf([3], link(2)), pageOf([4])]);
  const items = collection(face, undefined, 'p').all()[Symbol.asyncIterator]();
  assert.equal((await items.next()).value, 1);
  assert.equal(face.calls.length, 2, 'the second is on its way at the first item');
  assert.equal((await items.next()).value, 2);
  assert.equal(face.calls.length, 2, 'the third is not');
  assert.equal((await items.next()).value, 3);
  assert.equal(face.calls.length, 3);
});

test('all: break stops the fetching, what is on its way included', async () => {
  const signals = [];
  const never = ({ signal }) => { signals.push(signal); return new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason)); }); };
  const face = recording([pageOf([1, 2], link(1)), never]);
  for await (const item of collection(face, undefined, 'p').all()) {
    assert.equal(item, 1);
    break;
  }
  assert.equal(face.calls.length, 2);
  assert.ok(signals[0].aborted, 'the page that nobody wants any more');
});

test('all: a failure comes where the page is missing, after the items before it', async () => {
  const found = [];
  const face = recording([pageOf([1, 2], link(1)), Object.assign(new Error('x'), { code: 'network' })]);
  await assert.rejects(async () => { for await (const item of collection(face, undefined, 'p').all()) found.push(item); }, { code: 'network' });
  assert.deepEqual(found, [1, 2]);
});

test('all: the caller\'s signal reaches every page; what is no signal is refused', async () => {
  const caller = new AbortController();
  const face = recording([pageOf([1], link(1)), pageOf([2])]);
  for await (const item of collection(face, undefined, 'p').all({ signal: caller.signal })) {
    if (item === 1) caller.abort('enough');
  }
  assert.ok(face.calls.every(({ options }) => options.signal.aborted && options.signal.reason === 'enough'));
  await assert.rejects(collect(collection(recording(), undefined, 'p').all({ signal: 'x' })), invalid);
});

test('walk ends with its consumer, also before it began', async () => {
  const items = walk(() => assert.fail('nobody asked'), {});
  assert.deepEqual(await items.return(), { value: undefined, done: true });
});

test('the areas of a mailbox', async () => {
  for (const [run, path, ids] of [
    [(box) => box.mail.messages.list(), 'messages', []],
    [(box) => box.mail.folder('inbox').messages.list(), 'mailFolders/{}/messages', ['inbox']],
    [(box) => box.mail.folder('AA/+=').messages.get('BB/+='), 'mailFolders/{}/messages/{}', ['AA/+=', 'BB/+=']],
    [(box) => box.calendar.events.get('x'), 'events/{}', ['x']],
    [(box) => box.contacts.list(), 'contacts', []],
  ]) {
    for (const user of [undefined, 'sales@contoso.example']) {
      const face = recording([pageOf([])]);
      await run(mailbox(face, user));
      const [call] = face.calls;
      assert.deepEqual([call.user, call.path, call.ids], [user, path, ids]);
    }
  }
});

test('send: one call, spelled as the flavour spells it, and no value', async () => {
  for (const [api, wanted] of [
    ['graph', { message: { subject: 'Hi', toRecipients: [{ emailAddress: { address: 'b@contoso.example' } }] }, saveToSentItems: true }],
    ['outlook-v2', { Message: { subject: 'Hi', ToRecipients: [{ EmailAddress: { Address: 'b@contoso.example' } }] }, SaveToSentItems: true }],
  ]) {
    const face = recording(['whatever'], api);
    assert.equal(await mailbox(face).mail.send({ subject: 'Hi', toRecipients: ['b@contoso.example'] }, { timeout: 5 }), undefined);
    assert.deepEqual(face.calls, [{ method: 'POST', user: undefined, path: 'sendMail', ids: [], options: { timeout: 5 }, body: wanted, allowed: undefined }]);
  }
  const face = recording();
  await mailbox(face).mail.send({}, { saveToSentItems: false });
  assert.equal(face.calls[0].body.saveToSentItems, false);
});

test('events: the zone of the call is the zone of its times', async () => {
  const face = recording();
  await mailbox(face).calendar.events.create({ start: '2026-12-01T09:00' }, { timeZone: 'Asia/Tokyo' });
  await mailbox(face).calendar.events.update('x', { start: '2026-12-01T09:00' });
  assert.deepEqual(face.calls.map(({ body }) => body.start.timeZone), ['Asia/Tokyo', 'Europe/Berlin']);
});

test('view: instants in the query, options from both places, pages and items', async () => {
  const face = recording([pageOf([1], link(1)), pageOf([2]), pageOf([3])]);
  const view = mailbox(face, 'u').calendar.view('2026-12-01', '2026-12-02T09:00', { select: ['subject'], timeZone: 'America/New_York' });
  assert.deepEqual(await collect(view), [1, 2]);
  const [first, second] = face.calls;
  const { signal, ...options } = first.options;
  assert.ok(signal instanceof AbortSignal);
  assert.deepEqual({ ...first, options }, {
    method: 'GET', user: 'u', path: 'calendarView', ids: [], body: undefined, allowed: LIST,
    options: { select: ['subject'], timeZone: 'America/New_York', query: { startDateTime: '2026-12-01T05:00:00.000Z', endDateTime: '2026-12-02T14:00:00.000Z' } },
  });
  assert.equal(second.options.timeZone, 'America/New_York');
  assert.deepEqual((await view.list({ timeout: 7 })).items, [3]);
  assert.equal(face.calls[2].options.timeout, 7);
});

test('view: an end that is not after the start is refused, by its promise', async () => {
  const { calendar } = mailbox(recording());
  for (const [start, end] of [['2026-12-02', '2026-12-01'], ['2026-12-01', '2026-12-01'], ['2026-12-01T09:00+00:00', '2026-12-01T09:30+01:00'], ['x', 'y']]) {
    await assert.rejects(calendar.view(start, end).list(), invalid);
    await assert.rejects(collect(calendar.view(start, end)), invalid);
  }
});

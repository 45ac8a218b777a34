// What `preload` asks for, recorded without the WebAssembly. An error in it is reported, and the client still opens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error } from './error.ts';
import { record } from './recorder.ts';
import { collectUncaught } from './tests/uncaught.mjs';

const LIST = ['select', 'filter', 'orderBy', 'expand', 'search', 'top', 'skip', 'count', 'query'];
const ALWAYS = ['timeout', 'timeZone', 'headers'];

/** Records, and gives what was told as an uncaught error as well. */
async function recorded(preload, flavor = 'graph') {
  const { value: calls, uncaught: told } = await collectUncaught(async () => {
    const calls = record(/** @type {any} */ (preload), /** @type {any} */ (flavor), 'Europe/Berlin');
    for (let n = 0; n < 10; n++)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    return calls;
  });
  return { calls, told };
}

test('the calls are those that cross to core when the client makes them', async () => {
  const { signal } = new AbortController();
  const { calls, told } = await recorded(({ mail, user, request }) => [
    mail.folder('inbox').messages.list({ select: ['subject'], top: 10, signal }),
    mail.messages.get('id/1', { select: ['subject'] }),
    user(),
    request('GET', '/me/outlook/masterCategories', { query: new URLSearchParams({ $top: '5' }) }),
  ]);
  assert.deepEqual(told, []);
  assert.deepEqual(calls, [
    [
      'GET',
      null,
      'mailFolders/{}/messages',
      ['inbox'],
      { select: ['subject'], top: 10 },
      [...ALWAYS, ...LIST],
      false,
      false,
    ],
    ['GET', null, 'messages/{}', ['id/1'], { select: ['subject'] }, [...ALWAYS, 'select', 'expand'], false, false],
    ['GET', null, '.', [], {}, [...ALWAYS, 'ifMatch', 'select', 'expand'], false, false],
    [
      'GET',
      null,
      '/me/outlook/masterCategories',
      null,
      { query: { $top: '5' } },
      [...ALWAYS, 'ifMatch', 'query', 'as'],
      false,
      false,
    ],
  ]);
});

test('names are spelled, and moments read, as the flavour and the zone want it', async () => {
  const view = ({ calendar }) => [calendar.view('2026-12-01', '2026-12-02', { select: ['Subject'] }).list()];
  for (const [flavor, names] of /** @type {[string, string[]][]} */ ([
    ['graph', ['Subject', 'start', 'end']],
    ['outlook-v2', ['Subject', 'Start', 'End']],
  ])) {
    const { calls } = await recorded(view, flavor);
    const [[, , path, , given]] = calls;
    const options = /** @type {any} */ (given);
    assert.deepEqual([path, options.select], ['calendarView', names]);
    assert.equal(options.query.startDateTime, '2026-11-30T23:00:00.000Z');
  }
});

test('a page that has nothing to preload says so by an empty list; an asynchronous one asks at once', async () => {
  assert.deepEqual(await recorded(() => []), { calls: [], told: [] });
  const { calls, told } = await recorded(async ({ mail }) => {
    await mail.folders.list();
    await mail.messages.list();
  });
  assert.deepEqual([calls.map(([, , path]) => path), told], [['mailFolders'], []]);
});

test('what is wrong is told as an uncaught invalid_argument, and then nothing is preloaded', async () => {
  const own = new Error("the page's own");
  for (const [name, preload, message] of /** @type {[string, (client: any) => unknown, RegExp][]} */ ([
    [
      'throws',
      () => {
        throw own;
      },
      /`preload` threw/,
    ],
    ['throws after it asked', ({ mail, account }) => [mail.messages.list(), account.name], /`preload` threw/],
    ['a write', ({ mail }) => [mail.messages.list(), mail.messages.delete('a')], /a write/],
    ['a short form', ({ mail }) => [mail.send({ subject: 'x' })], /not for send/],
    ['what takes several calls', ({ mail }) => [mail.folders.tree()], /not for tree/],
    ['a count', ({ mail }) => [mail.messages.count()], /not for count/],
    ['an answer that is no JSON', ({ mail }) => [mail.messages.mime('a')], /but JSON/],
    ['a write by path', ({ request }) => [request('PATCH', '/me', { body: {} })], /a write/],
    ['fifty calls', ({ mail }) => Array.from({ length: 50 }, () => mail.messages.list()), /not for 50/],
    ['another mailbox', ({ mailbox }) => [mailbox('ben@contoso.example').mail.messages.list()], /another mailbox/],
    ['nothing', () => undefined, /nothing/],
  ])) {
    const { calls, told } = await recorded(preload);
    assert.deepEqual(calls, [], name);
    assert.ok(told.length >= 1 && told.every((error) => error instanceof Exo365Error), name);
    const [error] = told.filter((error) => message.test(error.message));
    assert.equal(error?.code, 'invalid_argument', `${name}: ${told}`);
    assert.ok(error.remedy, name);
  }
});

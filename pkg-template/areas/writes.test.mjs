// Items that are created and changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';

/** A mailbox whose calls are noted in `calls`. */
function box(api = /** @type {import('../types.ts').Flavor} */ ('graph')) {
  const calls = [];
  const it = fakeApi(api, async (...all) => void calls.push(all));
  return Object.assign(mailbox(it), { calls });
}

test('events are made with an id of their own, which Outlook lacks; the fields of extensions are as they are', async () => {
  for (const [api, field] of /** @type {[import('../types.ts').Flavor, string?][]} */ ([
    ['graph', 'transactionId'],
    ['outlook-v2', undefined],
    ['outlook-v1', undefined],
  ])) {
    const it = box(api);
    await it.calendar.events.create({});
    await it.calendar.in('c').events.create({});
    await it.calendar.calendars.create({});
    const ids = it.calls.map(([, , , , body]) => Object.entries(body)).map(([one]) => one);
    assert.deepEqual(
      ids.map((one) => one?.[0]),
      [field, field, undefined],
    );
    if (field) assert.notEqual(ids[0][1], ids[1][1]);
    if (field) assert.match(ids[0][1], /^[0-9a-f-]{36}$/);
  }
  const it = box();
  await it.calendar.events.create({ transactionId: 'mine' });
  assert.deepEqual(it.calls[0][4], { transactionId: 'mine' });
  /** @type {any} */
  const own = { extensionName: 'x', start: 'here', from: 'me', body: 5, importance: 'utmost' };
  await it.mail.messages.extensions('a').create(own);
  await it.mail.messages.extensions('a').update('x', own);
  assert.deepEqual([it.calls[1][4], it.calls[2][4]], [own, own]);
});

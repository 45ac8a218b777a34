// The rooms of an organisation: all rooms, those of a building, and a user without the permission.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, attempt, call, signIn, stack, watch } from './harness.mjs';

const SCOPES = ['User.Read', 'Calendars.ReadWrite', 'Place.Read.All'];
const it = stack({ endpoint: { scopes: SCOPES } });

const rooms = (page, options) =>
  call(
    page,
    async (options) => {
      const names = [];
      for await (const { displayName } of client.calendar.rooms(options)) names.push(displayName);
      return names;
    },
    options,
  );

test('an administrator has to allow it: without that the sign-in is refused', async () => {
  const page = await it.open();
  await page.evaluate(() => {
    client.signIn().catch(() => {});
  });
  await page.click(`button[data-account="${ADELE}"]`);
  await page.waitForFunction(() => globalThis.failure);
  assert.equal(await page.evaluate(() => failure.code), 'admin_consent_required');
});

test('rooms, page by page, filtered, and those of each list', async () => {
  await it.control.consent(ADELE, SCOPES);
  const page = await it.open();
  await signIn(page, ADELE);
  assert.deepEqual(await rooms(page), ['Anchor', 'Beacon', 'Cabin', 'Orangery', 'Pergola']);
  const stop = watch(page, (request) => request.url().includes('/places/') && request.method() === 'GET');
  assert.deepEqual(await rooms(page, { top: 2 }), ['Anchor', 'Beacon', 'Cabin', 'Orangery', 'Pergola']);
  assert.equal(stop().length, 3, 'two at a time');
  assert.deepEqual(await rooms(page, { filter: 'capacity gt 20' }), ['Beacon', 'Orangery']);
  const lists = await call(page, async () => {
    const lists = [];
    for await (const { id, emailAddress } of client.calendar.roomLists.all()) lists.push({ id, emailAddress });
    return lists;
  });
  assert.equal(lists.length, 2);
  for (const key of ['id', 'emailAddress']) {
    const found = [];
    for (const list of lists) found.push(...(await rooms(page, { list: list[key] })));
    assert.deepEqual(found, ['Anchor', 'Beacon', 'Cabin', 'Orangery', 'Pergola'], key);
  }
  const { error } = await attempt(page, async () => {
    for await (const room of client.calendar.rooms({ list: 'nowhere@contoso.example' })) void room;
  });
  assert.equal(error.code, 'not_found');
});

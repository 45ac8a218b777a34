// Several tabs of one browser, and the back button: a tab notices when the user signs out or in elsewhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, BEN, attempt, call, choose, leave, settled, stack, visit } from './harness.mjs';

const it = stack();

/** Collects the reasons of `signedout` from now on, in `events` of the page. */
const listen = (page) =>
  page.evaluate(() => {
    globalThis.events = [];
    client.on('signedout', ({ reason }) => events.push(reason));
  });
const seen = (page) => page.evaluate(() => [events, client.account]);

test('S32 sign-out in one tab reaches the other within a second', async () => {
  const one = await it.signedIn();
  const other = await one.context().newPage();
  await visit(other, `${it.url}/`);
  assert.equal(await other.textContent('#state'), `signed in: ${ADELE}`);
  await listen(one);
  await listen(other);
  await call(one, () => client.signOut());
  await other.waitForFunction(() => events.length > 0, null, { timeout: 1000 });
  assert.deepEqual(await seen(other), [['other-tab'], null]);
  assert.deepEqual(await seen(one), [['user'], null]);
});

test('S24 another user signs in in another tab: the first tab is out', async () => {
  const one = await it.signedIn();
  await listen(one);
  const other = await one.context().newPage();
  await visit(other, `${it.url}/`);
  await leave(other, { prompt: 'select_account' });
  await choose(other, BEN);
  assert.equal(await other.textContent('#state'), `signed in: ${BEN}`);
  await one.waitForFunction(() => events.length > 0);
  assert.deepEqual(await seen(one), [['other-tab'], null]);
});

test('S33 the back button after a sign-out shows nobody', async () => {
  const page = await it.signedIn();
  await page.goto(`${it.url}/index.html`);
  await settled(page);
  await call(page, () => client.signOut());
  await page.goBack();
  await settled(page);
  await page.waitForFunction(() => globalThis.client?.account === null);
});

test('S24 where storage is forbidden another user is noticed at the next token, and that session goes on', async () => {
  const one = await it.open();
  await one.context().addInitScript(() =>
    Object.defineProperty(globalThis, 'localStorage', {
      get() {
        throw new DOMException('forbidden', 'SecurityError');
      },
    }),
  );
  await one.reload();
  await settled(one);
  await leave(one);
  await choose(one, ADELE);
  await listen(one);
  const other = await one.context().newPage();
  await visit(other, `${it.url}/`);
  await leave(other, { prompt: 'select_account' });
  await choose(other, BEN);
  assert.equal(await one.evaluate(() => client.account.username), ADELE, 'no event has come yet');
  const { error } = await attempt(one, () => client.getToken({ forceRefresh: true }));
  assert.equal(error.code, 'signed_out');
  assert.equal((await seen(one))[1], null);
  assert.equal(await call(other, async () => (await client.user()).mail), BEN);
});

// Pages that are restored from the back/forward cache, with everything that was in their memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, BEN, attempt, call, choose, leave, stack, visit } from './harness.mjs';

// Playwright disables the cache by default.
const it = stack({ browserOptions: { ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

/** Notes in `shows`, for each `pageshow`, whether the page came out of the cache. */
const watched = (page) =>
  page.addInitScript(() => {
    globalThis.shows = [];
    addEventListener('pageshow', ({ persisted }) => shows.push(persisted));
  });

async function open(user) {
  const page = await it.open('/', watched);
  if (user) {
    await leave(page);
    await choose(page, user);
    assert.equal(await page.textContent('#state'), `signed in: ${user}`);
  }
  await page.evaluate(() => {
    globalThis.events = [];
    client.on('signedout', ({ reason }) => events.push(reason));
    client.on('signedin', ({ username }) => events.push(username));
  });
  return page;
}

/** Goes to another page, does something there, and comes back. */
async function around(page, meanwhile = () => {}) {
  await page.goto(`${it.url}/elsewhere.html`);
  await meanwhile();
  await back(page);
}

/** Goes back to the cached page. If Chromium did not cache it, the test fails with Chromium's reasons. */
async function back(page) {
  // Not `goBack`: that waits for a load event, and a restored page has none.
  await page.evaluate(() => {
    setTimeout(() => history.back());
  });
  await page.waitForURL((url) => url.pathname === '/', { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.client && shows.length > 0);
  const { shows, reasons } = await page.evaluate(() => ({
    shows,
    // A property of Chromium only.
    reasons: /** @type {any} */ (performance.getEntriesByType('navigation')[0]).notRestoredReasons,
  }));
  assert.deepEqual(shows, [false, true], `it came out of the cache: ${JSON.stringify(reasons)}`);
}

/** Resolves after the current task of the page's event loop. */
const turn = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        setTimeout(resolve);
      }),
  );

test('a page that comes back while its user is signed in works as before', async () => {
  const page = await open(ADELE);
  await around(page);
  assert.equal(await page.evaluate(() => client.account.username), ADELE);
  assert.equal((await call(page, () => client.mail.messages.list({ top: 2 }))).items.length, 2);
  assert.deepEqual(await page.evaluate(() => events), []);
});

test('S33 a page that comes back after a sign-out elsewhere has no account and no token, and says so', async () => {
  const page = await open(ADELE);
  await around(page, async () => {
    const other = await page.context().newPage();
    await visit(other, it.url);
    await call(other, () => client.signOut());
    await other.close();
  });
  await page.waitForFunction(() => events.length > 0);
  assert.deepEqual(await page.evaluate(() => [events, client.account]), [['other-tab'], null]);
  for (const use of [() => client.getToken(), () => client.mail.messages.list()]) {
    assert.equal((await attempt(page, use)).error?.code, 'signed_out');
  }
});

test('S24 S33 a page that comes back to another user is out', async () => {
  const page = await open(ADELE);
  await around(page, async () => {
    const other = await page.context().newPage();
    await visit(other, it.url);
    await leave(other, { prompt: 'select_account' });
    await choose(other, BEN);
    await other.close();
  });
  await page.waitForFunction(() => events.length > 0);
  // The storage event and `pageshow` report the same change: signed out once, and not signed in as the other user.
  await turn(page);
  assert.deepEqual(await page.evaluate(() => [events, client.account]), [['other-tab'], null]);
});

test('a page that comes back after a sign-in elsewhere is signed in', async () => {
  const page = await open();
  await around(page, async () => {
    const other = await page.context().newPage();
    await visit(other, it.url);
    await leave(other);
    await choose(other, ADELE);
    await other.close();
  });
  await page.waitForFunction(() => events.length > 0);
  assert.deepEqual(await page.evaluate(() => [events, client.account.username]), [[ADELE], ADELE]);
});

test('back in the middle of a sign-in: cancelled, and the next one works', async () => {
  const page = await open();
  await leave(page);
  await back(page);
  await page.waitForFunction(() => globalThis.failure);
  assert.equal(await page.evaluate(() => failure.code), 'cancelled');
  await leave(page);
  await choose(page, ADELE);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
});

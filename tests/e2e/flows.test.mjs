// Several sign-ins: components that mount twice, two tabs at once, the back button during a sign-in, and repeated
// sign-ins.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ADELE, BEN, call, choose, leave, settled, signIn, stack, visit, watch } from './harness.mjs';

const it = stack();
const kept = (page) =>
  page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith('exo365.')).length);
const exchanges = (page) => watch(page, (request) => request.url().endsWith('/auth/exchange'));
const state = (page) => page.textContent('#state');

/** Changes the test page so that it creates its client twice more, as a component that mounts twice does. */
const twice = (page) =>
  page.route('**/page.js', (route) => {
    const script = readFileSync(new URL('./pages/page.js', import.meta.url), 'utf8');
    return route.fulfill({
      contentType: 'text/javascript',
      body: `${script}\nglobalThis.twins = Promise.all([sdk.createClient(config), sdk.createClient({ ...config })]);`,
    });
  });

test('S6 a page that mounts twice on the way back from a sign-in trades the code in once, and has one client', async () => {
  const page = await it.open('/', twice);
  await leave(page);
  const stop = exchanges(page);
  await choose(page, ADELE);
  assert.deepEqual(
    await page.evaluate(async () => (await twins).map((twin) => [twin === client, twin.account.username])),
    [
      [true, ADELE],
      [true, ADELE],
    ],
  );
  assert.equal(stop().length, 1);
  assert.equal(await kept(page), 0, 'the record is used up');
});

test('E7 two tabs that sign in at once both end signed in, and both go on', async () => {
  const one = await it.open();
  const other = await one.context().newPage();
  await visit(other, it.url);
  const stops = [one, other].map(exchanges);
  await leave(one);
  await leave(other);
  await choose(one, ADELE);
  await choose(other, ADELE);
  assert.deepEqual(
    stops.map((stop) => stop().length),
    [1, 1],
  );
  for (const page of [one, other]) {
    assert.equal(await state(page), `signed in: ${ADELE}`);
    await call(page, () => client.getToken({ forceRefresh: true }).then(() => {}));
    assert.equal((await call(page, () => client.mail.messages.list({ top: 1 }))).items.length, 1);
    assert.equal(await kept(page), 0);
  }
});

test('S24 two tabs that sign in at once as different people: the last one stays, the other is out', async () => {
  const one = await it.open();
  const other = await one.context().newPage();
  await visit(other, it.url);
  await leave(one, { prompt: 'select_account' });
  await leave(other, { prompt: 'select_account' });
  await choose(one, ADELE);
  await one.evaluate(() => {
    globalThis.events = [];
    client.on('signedout', ({ reason }) => events.push(reason));
  });
  await choose(other, BEN);
  assert.equal(await state(other), `signed in: ${BEN}`);
  await one.waitForFunction(() => events.length > 0);
  assert.deepEqual(await one.evaluate(() => [events, client.account]), [['other-tab'], null]);
  await visit(one, it.url);
  assert.equal(await state(one), `signed in: ${BEN}`, 'one session for the browser');
});

test('E7 back in the middle of a sign-in, any number of times: nobody is signed in, and no record is left over', async () => {
  const page = await it.open('/?at=start');
  for (let round = 0; round < 7; round++) {
    await leave(page);
    await page.goBack();
    await settled(page);
    assert.equal(await state(page), 'signed out');
    assert.equal(page.url(), `${it.url}/?at=start`);
  }
  assert.ok((await kept(page)) <= 50, 'whoever never comes back does not fill the storage');
  const stop = exchanges(page);
  await signIn(page);
  assert.equal(await state(page), `signed in: ${ADELE}`);
  assert.equal(stop().length, 1);
});

test('S6 back after a sign-in to the pages of the service, and once more through them: the session stays', async () => {
  const page = await it.open();
  await leave(page);
  const authorize = page.url();
  await choose(page, ADELE);
  // The sign-in service has a session now: it answers the old request with a new code and the old state.
  const stop = exchanges(page);
  await visit(page, authorize);
  assert.equal(await page.evaluate(() => client.signInError.code), 'state_mismatch');
  assert.equal(await state(page), `signed in: ${ADELE}`);
  assert.deepEqual(stop(), [], 'the state is spent');
  await visit(page, it.url);
  assert.equal(await state(page), `signed in: ${ADELE}`);
});

test('signing in again, as the same and as another, and out in between', async () => {
  const page = await it.signedIn();
  for (const user of [ADELE, BEN, ADELE]) {
    await signIn(page, user, { prompt: 'select_account' });
    assert.equal(await state(page), `signed in: ${user}`);
  }
  await call(page, () => client.signOut());
  await signIn(page, BEN, { prompt: 'select_account' });
  assert.equal(await state(page), `signed in: ${BEN}`);
  assert.equal((await call(page, () => client.mail.messages.list({ top: 1 }))).items.length, 1);
});

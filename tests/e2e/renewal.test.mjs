// A sign-out during a renewal: the late response does not restore the session.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { attempt, call, settled, stack, visit } from './harness.mjs';

const it = stack();
afterEach(() => it.control.clearFaults());

/** Makes the sign-in service hold its response to a renewal until `release()`. */
async function held(page) {
  await it.control.forget();
  await it.control.fault({ match: { path: '/oauth2/v2.0/token' }, kind: 'hold' });
  const answered = page.waitForResponse((response) => response.url().endsWith('/auth/token'));
  return {
    /** Resolves when the renewal has arrived at the sign-in service. */
    async asked() {
      while ((await it.control.requests((one) => one.form?.grant_type === 'refresh_token')).length === 0);
    },
    async release() {
      await it.control.clearFaults();
      return answered;
    },
  };
}

/** Starts calls that need a renewal; `outcomes` of the page gets how each ended. */
const start = (page) =>
  page.evaluate(() => {
    globalThis.outcomes = [];
    const note = (promise) =>
      promise.then(
        () => outcomes.push('done'),
        ({ code }) => outcomes.push(code),
      );
    note(client.getToken({ forceRefresh: true }).then(() => {}));
    note(client.mail.messages.list({ top: 1 }));
  });

async function nobody(page) {
  assert.deepEqual(await page.evaluate(() => client.account), null);
  assert.equal((await attempt(page, () => client.getToken())).error?.code, 'signed_out');
  const cookies = await page.context().cookies(it.url);
  assert.deepEqual(
    cookies.filter(({ name }) => name.includes('exo365')),
    [],
  );
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#state'), 'signed out');
}

test('S32 a sign-out during a renewal: the calls reject with signed_out, and the late answer brings nothing back', async () => {
  const page = await it.signedIn();
  await it.control.advance(25 * 3600);
  const renewal = await held(page);
  await start(page);
  await renewal.asked();
  await call(page, () => client.signOut());
  await (await renewal.release()).finished();
  await page.waitForFunction(() => outcomes.length === 2);
  assert.deepEqual(await page.evaluate(() => outcomes), ['signed_out', 'signed_out']);
  await nobody(page);
});

test('S32 a renewal that succeeded, whose answer is still on its way when the user signs out, is not taken', async () => {
  const page = await it.signedIn();
  let arrive;
  const late = new Promise((resolve) => {
    arrive = resolve;
  });
  const fetched = new Promise((resolve) => {
    page.route(
      '**/auth/token',
      async (route) => {
        const response = await route.fetch();
        resolve((await response.json()).accessToken);
        await late;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
  });
  await page.evaluate(() => {
    globalThis.outcomes = [];
    client.getToken({ forceRefresh: true }).then(
      () => outcomes.push('done'),
      ({ code }) => outcomes.push(code),
    );
  });
  assert.ok((await fetched).length > 20, 'a token that is good');
  await call(page, () => client.signOut());
  arrive();
  await page.waitForFunction(() => outcomes.length === 1);
  assert.deepEqual(await page.evaluate(() => outcomes), ['signed_out']);
  await nobody(page);
});

test('S32 a sign-out in another tab during a renewal here', async () => {
  const page = await it.signedIn();
  const other = await page.context().newPage();
  await visit(other, it.url);
  await it.control.advance(25 * 3600);
  const renewal = await held(page);
  await start(page);
  await renewal.asked();
  await call(other, () => client.signOut());
  await page.waitForFunction(() => client.account === null);
  await (await renewal.release()).finished();
  await page.waitForFunction(() => outcomes.length === 2);
  assert.deepEqual(await page.evaluate(() => outcomes), ['signed_out', 'signed_out']);
  await nobody(other);
  await nobody(page);
});

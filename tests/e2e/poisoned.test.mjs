// Scripts that are loaded after the package and replace functions of the browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, call, stack } from './harness.mjs';
import { answer, inWindow, result } from './window.mjs';

const it = stack();

/** Replaces these globals by functions that note their calls in `taken` and throw. */
const poison = (page) =>
  page.evaluate(() => {
    globalThis.taken = [];
    for (const name of ['fetch', 'BroadcastChannel', 'Headers', 'Request', 'Response', 'URL']) {
      globalThis[name] = function trap(...args) {
        taken.push([name, JSON.stringify(args)]);
        throw new Error(`${name} is poisoned`);
      };
    }
    const zeros = (array) => {
      taken.push(['getRandomValues', array.length]);
      return array.fill(0);
    };
    Crypto.prototype.getRandomValues = zeros;
    Object.defineProperty(globalThis, 'crypto', { value: { getRandomValues: zeros } });
  });

test('S35 a call, a batch and a renewal go by the functions that were there when the package loaded', async () => {
  const page = await it.signedIn();
  await poison(page);
  const subjects = await call(page, async () => {
    const [list, one] = await Promise.all([client.mail.messages.list({ top: 1 }), client.user()]);
    await client.getToken({ forceRefresh: true });
    return [list.items.length, one.mail];
  });
  assert.deepEqual(subjects, [1, ADELE]);
  assert.deepEqual(await page.evaluate(() => taken), []);
});

test('S35 a sign-in by a window draws its secrets and hears its answer by the functions that were there', async () => {
  const page = await it.open();
  await poison(page);
  const popup = await inWindow(page, 'signIn');
  await popup.waitForURL(/authorize/);
  const asked = new URL(popup.url()).searchParams;
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.doesNotMatch(asked.get(name), /^A{40}/, `${name} comes from the browser's generator`);
  await answer(popup, ADELE);
  assert.equal((await result(page)).value.username, ADELE);
  assert.deepEqual(await page.evaluate(() => taken), []);
});

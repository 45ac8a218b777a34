// Tests the search for tokens that every journey ends with: it finds a token in any place that a script can read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, stack } from './harness.mjs';
import { searchForTokens, tokensLeftBehind } from './storage.mjs';

const it = stack();
let page;
test('signs in', async () => {
  page = await it.signedIn();
});

/** The last 60 characters of the page's token. */
const piece = () => page.evaluate(async () => (await client.getToken()).token.slice(-60));

/** @type {[place: string, plant: (token: string) => unknown, clear: () => unknown][]} */
const PLACES = [
  ['localStorage', (token) => localStorage.setItem('odd', token), () => localStorage.removeItem('odd')],
  ['sessionStorage', (token) => sessionStorage.setItem('odd', token), () => sessionStorage.removeItem('odd')],
  [
    'cookie',
    (token) => {
      // biome-ignore lint/suspicious/noDocumentCookie: this is how a page would leave a token there
      document.cookie = `odd=${token}`;
    },
    () => {
      // biome-ignore lint/suspicious/noDocumentCookie: undoes the line above
      document.cookie = 'odd=; max-age=0';
    },
  ],
  [
    'dom',
    (token) => {
      document.body.dataset.odd = token;
    },
    () => {
      delete document.body.dataset.odd;
    },
  ],
  ['history', (token) => history.replaceState({ token }, ''), () => history.replaceState(null, '')],
  [
    'location',
    (token) => history.replaceState(null, '', `#${token}`),
    () => history.replaceState(null, '', location.pathname),
  ],
  [
    'name',
    (token) => {
      window.name = token;
    },
    () => {
      window.name = '';
    },
  ],
  [
    'window',
    (token) => {
      globalThis.odd = { deep: [{ er: token }] };
    },
    () => {
      delete globalThis.odd;
    },
  ],
  ['caches', async (token) => (await caches.open('odd')).put('/odd', new Response(token)), () => caches.delete('odd')],
  [
    'indexedDB',
    (token) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('odd');
        opening.onerror = reject;
        opening.onupgradeneeded = () => opening.result.createObjectStore('all', { autoIncrement: true }).add(token);
        opening.onsuccess = () => resolve(opening.result.close());
      }),
    () => {
      indexedDB.deleteDatabase('odd');
    },
  ],
];
for (const [place, plant, clear] of PLACES) {
  test(`S12 a token in ${place} is found`, async () => {
    const token = await piece();
    await call(page, plant, token);
    await assert.rejects(
      searchForTokens(page.context()),
      (/** @type {Error} */ error) => error.message.includes(place) && !error.message.includes(token.slice(0, 24)),
    );
    await call(page, clear);
    assert.deepEqual(await tokensLeftBehind(page, token), []);
  });
}

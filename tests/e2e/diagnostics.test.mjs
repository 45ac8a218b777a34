// Diagnostics: failed calls are listed, sent as events, and kept over reloads where the page wants that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, call, settled, stack, visit } from './harness.mjs';

const it = stack();
const list = () => client.mail.messages.list({ top: 1 });

/** A signed-in page whose client keeps its diagnostics; they contain one failed call. */
async function failed() {
  const page = await it.signedIn();
  await page.evaluate(() =>
    sessionStorage.setItem('test-config', JSON.stringify({ endpoint: '/auth', keepDiagnostics: true })),
  );
  await page.reload();
  await settled(page);
  const { error } = await attempt(page, () => client.request('GET', '/me/no-such-thing?$search=%22a-secret%22'));
  assert.equal(error.code, 'bad_request');
  return page;
}

const stored = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('exo365');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction('diagnostics').objectStore('diagnostics').getAll();
          all.onsuccess = () => resolve(all.result);
        };
      }),
  );

test('kept over a reload and for another tab: the ids that support asks for, without secrets', async () => {
  const page = await failed();
  const [entry] = await call(page, () => client.diagnostics.list());
  assert.deepEqual([entry.url, entry.code, entry.status], ['/me/no-such-thing', 'bad_request', 400]);
  await page.reload();
  await settled(page);
  const text = await call(page, () => client.diagnostics.text());
  assert.match(text, /GET \/me\/no-such-thing: 400 bad_request, \d+ ms, 1 attempt\n/);
  assert.match(text, new RegExp(`client-request-id: ${entry.clientRequestId}`));
  assert.match(text, new RegExp(`request-id: ${entry.requestId}`));
  assert.match(text, /^exo365, graph, Mozilla/);
  assert.doesNotMatch(text, /secret|authorization|bearer/i);
  assert.deepEqual(await call(page, () => client.diagnostics.list()), [entry]);
  const other = await page.context().newPage();
  await other.addInitScript(() =>
    sessionStorage.setItem('test-config', JSON.stringify({ endpoint: '/auth', keepDiagnostics: true })),
  );
  await visit(other, it.url);
  assert.match(await call(other, () => client.diagnostics.text()), new RegExp(entry.clientRequestId));
});

test('no more than fifty rows are kept, the newest; cleared, none is', async () => {
  const page = await failed();
  await it.control.fault({
    match: { path: '/v1.0/me', method: 'GET' },
    kind: 'status',
    status: 403,
    body: { error: { code: 'ErrorAccessDenied', message: 'no' } },
  });
  const ids = await call(page, async () => {
    for (let at = 0; at < 55; at++) await client.request('GET', `/me/${at}`).catch(() => {});
    await client.diagnostics.text();
    return client.diagnostics.list().map(({ url }) => url);
  });
  await it.control.clearFaults();
  assert.deepEqual([ids.length, ids[0]], [50, '/me/54']);
  const rows = await stored(page);
  assert.deepEqual(
    rows.map(({ url }) => url),
    ids.toReversed(),
  );
  await call(page, () => client.diagnostics.clear());
  assert.deepEqual(await stored(page), []);
  await page.reload();
  await settled(page);
  assert.match(await call(page, () => client.diagnostics.text()), /no failed or slow calls/);
});

test('a page that asks for nothing keeps nothing, and one whose browser forbids it works', async () => {
  const page = await it.signedIn();
  await attempt(page, () => client.request('GET', '/me/no-such-thing'));
  assert.match(await call(page, () => client.diagnostics.text()), /\/me\/no-such-thing: 400 bad_request/);
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), []);
  await page.addInitScript(() => {
    sessionStorage.setItem('test-config', JSON.stringify({ endpoint: '/auth', keepDiagnostics: true }));
    IDBFactory.prototype.open = () => {
      throw new DOMException('forbidden', 'SecurityError');
    };
  });
  await page.reload();
  await settled(page);
  await attempt(page, () => client.request('GET', '/me/no-such-thing'));
  assert.match(await call(page, () => client.diagnostics.text()), /\/me\/no-such-thing/);
  assert.equal((await call(page, list)).items.length, 1);
});

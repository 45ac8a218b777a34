// `fetch` in a page: there is no Node, and the function is the engine's own.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

const { fetch: before, process } = globalThis;
/** A bound function looks like one of the engine. */
globalThis.fetch = (async () => new Response('of the load')).bind(undefined);
Reflect.deleteProperty(globalThis, 'process');
const { fetch, isReplaced } = await import('./fetch.ts');
const { Diagnostics } = await import('../calls/diagnostics.ts');
Object.assign(globalThis, { process });
after(() => {
  globalThis.fetch = before;
});

test('S35 in a page a fetch that was replaced after the load is not asked', async () => {
  globalThis.fetch = async () => new Response('of a script');
  assert.equal(await (await fetch('https://graph.contoso.example')).text(), 'of the load');
});

test('S35 the first call after that is noted, once, and not where the client has a fetch of its own', () => {
  const heard = [];
  const call = { method: 'GET', path: { template: 'messages', ids: [] } };
  /** @param {any} [settings] */
  const told = (settings = {}) => new Diagnostics(/** @type {any} */ ({}), settings, (entry) => heard.push(entry));
  const diagnostics = told();
  const mock = globalThis.fetch;
  globalThis.fetch = fetch;
  assert.equal(isReplaced(), false);
  diagnostics.begun(call);
  assert.deepEqual(heard, []);
  globalThis.fetch = mock;
  diagnostics.begun(call);
  diagnostics.begun(call);
  told({ fetch: mock }).begun(call);
  const [{ at, ...entry }, ...none] = heard;
  assert.deepEqual(none, []);
  assert.deepEqual(diagnostics.shown.list(), heard);
  assert.ok(Date.parse(at));
  assert.deepEqual(entry, {
    method: 'GET',
    url: 'messages',
    durationMs: 0,
    attempts: 0,
    headers: {},
    fetchReplaced: true,
  });
});

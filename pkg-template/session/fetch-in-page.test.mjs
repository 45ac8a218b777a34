// `fetch` in a page: there is no Node, and the function is the engine's own.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

const { fetch: before, process } = globalThis;
/** A bound function looks like one of the engine. */
globalThis.fetch = (async () => new Response('of the load')).bind(undefined);
Reflect.deleteProperty(globalThis, 'process');
const { fetch } = await import('./fetch.ts');
Object.assign(globalThis, { process });
after(() => {
  globalThis.fetch = before;
});

test('S35 in a page a fetch that was replaced after the load is not asked', async () => {
  globalThis.fetch = async () => new Response('of a script');
  assert.equal(await (await fetch('https://graph.contoso.example')).text(), 'of the load');
});

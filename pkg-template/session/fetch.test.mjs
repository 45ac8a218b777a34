// `fetch` outside of a page.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fetch } from './fetch.ts';

const { fetch: before } = globalThis;
after(() => {
  globalThis.fetch = before;
});

test('in Node a fetch that was replaced after the import is asked, with all arguments, and so is the next one', async () => {
  for (const name of ['first', 'second']) {
    const asked = [];
    globalThis.fetch = async (...request) => {
      asked.push(request);
      return new Response(name);
    };
    const answer = await fetch('https://graph.contoso.example', { method: 'POST' });
    assert.equal(await answer.text(), name);
    assert.deepEqual(asked, [['https://graph.contoso.example', { method: 'POST' }]]);
  }
});

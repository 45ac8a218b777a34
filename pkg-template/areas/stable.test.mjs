// Loops that take items out of the list that they walk over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '../calls/path.ts';
import { collection } from './collection.ts';
import { fakeApi } from '../tests/fake-api.mjs';

/** A list of `ids`, given by position in pages of `size`, as the service does. */
function served(ids, size = 3) {
  const left = [...ids];
  const asked = [];
  const it = fakeApi('graph', async (method, at, _ids, options) => {
    if (method === 'DELETE') return left.splice(left.indexOf(_ids[0]), 1) && undefined;
    asked.push(options);
    const from = Number(options.skip ?? /\$skip=(\d+)/.exec(at)?.[1] ?? 0);
    const value = left.slice(from, from + size).map((id) => ({ id }));
    const next = from + size < left.length && { '@odata.nextLink': `https://h/p?$skip=${from + size}` };
    return { value, ...next };
  });
  return { items: collection(it, path`p`), left, asked };
}
const IDS = [...'abcdefghij'];

test('C9 all({ stable: true }) visits every item that was there at the start, whatever the loop does', async () => {
  for (const [stable, wanted] of [
    [undefined, false],
    [false, false],
    [true, true],
  ]) {
    const { items, left } = served(IDS);
    const seen = [];
    for await (const { id } of items.all({ stable, top: 3 })) {
      seen.push(id);
      await items.delete(id);
    }
    assert.equal(seen.length === IDS.length, wanted, `${stable}`);
    assert.equal(left.length === 0, wanted);
  }
});

test('C9 stable: no item twice where others arrive meanwhile; the option does not reach the service; a break is a break', async () => {
  const { items, left, asked } = served(IDS);
  const { signal } = new AbortController();
  const first = /** @type {AsyncGenerator<any>} */ (items.all({ stable: true, select: ['id'], signal }));
  const step = first.next();
  left.unshift('new');
  const seen = [(await step).value.id];
  for await (const { id } of first) seen.push(id);
  assert.deepEqual(seen, IDS);
  assert.ok(asked.every((options) => !('stable' in options)));
  assert.deepEqual(asked[0], { select: ['id'], signal });
  for await (const _ of items.all({ stable: true })) break;
});

/** @type {(items: AsyncIterable<unknown>) => Promise<unknown>} */
const next = (items) => items[Symbol.asyncIterator]().next();

test('C9 stable is true or false; a service that repeats its page for ever is told', async () => {
  for (const stable of /** @type {any[]} */ (['yes', 1, null, {}]))
    await assert.rejects(next(served(IDS).items.all({ stable })), { code: 'invalid_argument' });
  let page = 0;
  const again = fakeApi('graph', async () => ({ value: [{ id: 'a' }], '@odata.nextLink': `https://h/p?${page++}` }));
  await assert.rejects(next(collection(again, path`p`).all({ stable: true })), { code: 'invalid_response' });
  const turns = fakeApi('graph', async () => ({
    value: [{ id: `a${page % 2}` }, { id: `b${page % 2}` }],
    '@odata.nextLink': `https://h/p?${page++}`,
  }));
  await assert.rejects(next(collection(turns, path`p`).all({ stable: true })), { code: 'invalid_response' });
  assert.ok(page < 12, `${page} pages`);
});

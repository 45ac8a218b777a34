// The tree of folders, rooms, and people by address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { tree } from './lookups.ts';
import { mailbox } from './mailbox.ts';

/** @import { Flavor } from '../types.ts' */

/**
 * A mailbox whose calls `answer(path, ids)` answers; `calls` are [path, ids, options].
 *
 * @param {(path: string, ids: string[]) => any} answer
 * @param {{ api?: Flavor }} [settings]
 */
function box(answer, { api } = {}) {
  const calls = [];
  const it = fakeApi(api, async (method, path, ids, options) => {
    calls.push([path, ids, options]);
    assert.equal(method, 'GET');
    return answer(path, ids);
  });
  return Object.assign(mailbox(it), { calls });
}

/** Folders by the id of their parent. */
const FOLDERS = {
  '': [['inbox', 2], ['sent', 0], ['archive']],
  inbox: [
    ['a', 1],
    ['b', 0],
  ],
  a: [['deep', 0]],
};
const folders = (parent, spell = (name) => name) => ({
  value: FOLDERS[parent].map(([id, count]) => ({
    [spell('id')]: id,
    ...(count !== undefined && { [spell('childFolderCount')]: count }),
  })),
});
const names = (nodes, id = 'id') => nodes.map(({ folder, children }) => [folder[id], names(children, id)]);
const WHOLE = [
  [
    'inbox',
    [
      ['a', [['deep', []]]],
      ['b', []],
    ],
  ],
  ['sent', []],
  ['archive', []],
];

test("the tree of a mailbox, and in Outlook's spelling; only folders that have some are asked", async () => {
  const big = (name) => name[0].toUpperCase() + name.slice(1);
  for (const [api, spell] of /** @type {[Flavor, (name: string) => string][]} */ ([
    ['graph', (name) => name],
    ['outlook-v2', big],
  ])) {
    const it = box((_path, [id = '']) => folders(id, spell), { api });
    assert.deepEqual(names(await it.mail.folders.tree(), spell('id')), WHOLE);
    assert.deepEqual(
      it.calls.map(([path, ids]) => [path, ...ids]),
      [['mailFolders'], ['mailFolders/{}/childFolders', 'inbox'], ['mailFolders/{}/childFolders', 'a']],
    );
  }
});

test('the tree below a folder, by either way to it; children are folders with everything that folders have', async () => {
  const it = box((_path, [id]) => folders(id));
  for (const own of [it.mail.folders.children('inbox'), it.mail.folder('inbox').children]) {
    assert.deepEqual(names(await own.tree()), WHOLE[0][1]);
    for (const method of [
      'list',
      'all',
      'get',
      'create',
      'update',
      'delete',
      'count',
      'delta',
      'children',
      'tree',
      'move',
      'copy',
    ])
      assert.equal(typeof own[method], 'function', method);
  }
  assert.deepEqual(names(await it.mail.folders.children('inbox').children('a').tree()), [['deep', []]]);
});

test('pages of a level are one; options go with every request', async () => {
  const link = 'https://graph.microsoft.com/v1.0/me/mailFolders?$skiptoken=1';
  const it = box((path, _ids) =>
    path === 'mailFolders'
      ? { value: [{ id: 'a', childFolderCount: 1 }], '@odata.nextLink': link }
      : path === link
        ? { value: [{ id: 'b' }] }
        : { value: [{ id: 'deep' }] },
  );
  assert.deepEqual(names(await it.mail.folders.tree({ timeout: 5 })), [
    ['a', [['deep', []]]],
    ['b', []],
  ]);
  assert.deepEqual(
    it.calls.map(([, , { timeout }]) => timeout),
    [5, 5, 5],
  );
});

test('folders of one level are asked for at once; one that fails fails the tree', async () => {
  const ends = [];
  const it = box((_path, ids) =>
    ids?.length
      ? new Promise((resolve, reject) => {
          ends.push({ resolve, reject });
        })
      : { value: ['a', 'b', 'c'].map((id) => ({ id, childFolderCount: 1 })) },
  );
  const tree = it.mail.folders.tree();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  assert.equal(ends.length, 3);
  ends[0].resolve({ value: [] });
  ends[1].reject(fail('not_found', 'moved meanwhile'));
  ends[2].resolve({ value: [] });
  await assert.rejects(tree, { code: 'not_found' });
});

test('rooms: all of the organisation, or those of a list; pages and options', async () => {
  const link = 'https://graph.microsoft.com/v1.0/places/graph.room?$skiptoken=1';
  for (const [options, path, ids, query] of /** @type {[{}, string, string[], {}][]} */ ([
    [undefined, '/places/graph.room', [], {}],
    [{ top: 5, timeout: 7 }, '/places/graph.room', [], { top: 5, timeout: 7 }],
    [{ list: 'building@contoso.example' }, '/places/{}/graph.roomList/rooms', ['building@contoso.example'], {}],
  ])) {
    const it = box((path) => (path === link ? { value: [2] } : { value: [1], '@odata.nextLink': link }));
    const found = [];
    for await (const room of it.calendar.rooms(options)) found.push(room);
    assert.deepEqual(found, [1, 2]);
    const [[first, own, { signal, ...rest }]] = it.calls;
    assert.deepEqual([first, own, rest], [path, ids, query]);
    assert.ok(signal instanceof AbortSignal);
  }
});

test('rooms: leaving the loop ends the fetching; nothing is asked before somebody reads', async () => {
  const it = box(() => ({
    value: [1, 2],
    '@odata.nextLink': 'https://graph.microsoft.com/v1.0/places/graph.room?$skip=2',
  }));
  const rooms = it.calendar.rooms();
  assert.deepEqual(it.calls, []);
  for await (const one of rooms) {
    assert.equal(one, 1);
    break;
  }
  assert.ok(it.calls[0][2].signal.aborted);
});

test('the tree: only folders that have some are asked', async () => {
  const asked = [];
  /** @type {(name: string, folders: object[]) => any} */
  const level = (name, folders) => ({
    async *all() {
      asked.push(name);
      yield* folders;
    },
    children: (id) => level(id, { inbox: [{ id: 'in', childFolderCount: 0 }] }[id]),
  });
  const nodes = await tree(
    fakeApi(),
    level('top', [
      { id: 'inbox', childFolderCount: 1 },
      { id: 'sent', childFolderCount: 0 },
    ]),
  );
  assert.deepEqual(nodes, [
    {
      folder: { id: 'inbox', childFolderCount: 1 },
      children: [{ folder: { id: 'in', childFolderCount: 0 }, children: [] }],
    },
    { folder: { id: 'sent', childFolderCount: 0 }, children: [] },
  ]);
  assert.deepEqual(asked, ['top', 'inbox']);
});

test('a folder that the service shows inside itself ends the tree', async () => {
  let asked = 0;
  const it = box(() => {
    assert.ok(asked++ < 50, 'it has no end');
    return { value: [{ id: asked % 2 ? 'a' : 'b', childFolderCount: 1 }] };
  });
  await assert.rejects(it.mail.folders.tree(), { code: 'invalid_response' });
});

test('people by address: no quote breaks out; options go along', async () => {
  const it = box(() => ({ value: [1] }));
  assert.deepEqual(await it.contacts.findByEmail("x' or 1 eq 1 or '@contoso.example", { timeout: 5 }), [1]);
  const [[path, , { filter, timeout }]] = it.calls;
  assert.deepEqual(
    [path, filter, timeout],
    ['contacts', "emailAddresses/any(a:a/address eq 'x'' or 1 eq 1 or ''@contoso.example')", 5],
  );
  await assert.rejects(it.contacts.findByEmail(undefined), { code: 'invalid_argument' });
});

// Files: one request, or piece by piece; pictures of a body; messages with large files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, inlineImages } from './attachments.js';
import { fail } from './error.js';
import { face } from './fake-face.mjs';
import { tree } from './folders.js';
import { reply, send } from './messages.js';

const MB = 1024 * 1024;
const URL_ = 'https://outlook.office.com/upload?authtoken=x';
const at201 = (location) => new Response(null, { status: 201, headers: location ? { location } : {} });
const expecting = (range, name = 'nextExpectedRanges') => Response.json({ [name]: [range] });

/** Uploads `size` bytes; `answers` are those of the pieces, in turn. */
async function uploaded(answers, { size = 7 * MB, options = {}, api = 'graph' } = {}) {
  const calls = [];
  const it = face(api, async (method, user, path, ids, given, body) => {
    calls.push([method, given?.headers?.['content-range'] ?? path, body?.size]);
    if (path.endsWith('createUploadSession')) return { uploadUrl: URL_, session: body };
    if (method === 'DELETE') return undefined;
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const own = { create: async (made) => ({ made }), get: async (id) => ({ id }), async* all() { yield* [{ id: 'first', name: 'a.bin' }, { id: 'last', name: 'a.bin' }, { id: 'other', name: 'b' }]; } };
  const steps = [];
  const result = await add(it, 'u', 'messages/{}/attachments', ['m'], own, new File([new Uint8Array(size)], 'a.bin'), { onProgress: (...all) => steps.push(all), ...options }).catch((error) => error);
  return { result, steps, calls };
}

test('a small file is one request, inline where it has a content id', async () => {
  const { result, steps } = await uploaded([], { size: 3, options: { contentId: 'logo', name: 'b.bin' } });
  assert.deepEqual(result.made, { '@odata.type': '#microsoft.graph.fileAttachment', name: 'b.bin', contentType: 'application/octet-stream', contentBytes: 'AAAA', contentId: 'logo', isInline: true });
  assert.deepEqual(steps, [[3, 3]]);
});

test('S15 a large one goes in pieces, in either spelling of the ranges; its id is in the location', async () => {
  const { result, steps, calls } = await uploaded([expecting('3932160', 'NextExpectedRanges'), at201("https://outlook.office.com/api/v2.0/x/attachments('AAMk%3D')")]);
  assert.deepEqual(result, { id: 'AAMk=' });
  assert.deepEqual(calls.slice(1), [['PUT', 'bytes 0-3932159/7340032', 3_932_160], ['PUT', 'bytes 3932160-7340031/7340032', 3_407_872]]);
  assert.deepEqual(steps, [[3_932_160, 7 * MB], [7 * MB, 7 * MB]]);
});

test('without a listener, and with a location that the browser hides: the newest of that name', async () => {
  const { result } = await uploaded([expecting('3932160-'), at201()], { options: { onProgress: undefined } });
  assert.deepEqual(result, { id: 'last' });
});

test('a piece that had arrived already is not sent again', async () => {
  const { result, calls } = await uploaded([Object.assign(fail('bad_request', 'x'), { status: 416 }), expecting('3932160-7340031'), at201("x/attachments('i')")]);
  assert.deepEqual([result, calls.map(([method]) => method)], [{ id: 'i' }, ['POST', 'PUT', 'GET', 'PUT']]);
});

test('what does not go on, or fails, is given up and the session dropped', async () => {
  for (const [answers, code] of [[[expecting('0-')], 'invalid_response'], [[expecting('soon')], 'invalid_response'], [[fail('network', 'x')], 'network']]) {
    const { result, calls } = await uploaded(answers);
    assert.equal(result.code, code);
    assert.equal(calls.at(-1)[0], 'DELETE');
  }
  for (const [size, options, code] of [[151 * MB, {}, 'too_large'], [1, { onProgress: 5 }, 'invalid_argument']]) assert.equal((await uploaded([], { size, options })).result.code, code);
  await assert.rejects(add(face(), 'u', 'p', [], {}, 'text'), { code: 'invalid_argument' });
});

/** Messages of a mailbox, noted. */
function messages({ broken } = {}) {
  const log = [];
  return {
    log,
    create: async (draft) => { log.push(['create', draft]); return { id: 'd', Id: 'd' }; },
    attachments: () => ({ add: async (file, { onProgress }) => { log.push(['add', file.name]); if (broken) throw broken; onProgress(file.size, file.size); } }),
    delete: async (id) => { log.push(['delete', id]); },
    send: async (id) => { log.push(['send', id]); },
  };
}
const large = new File([new Uint8Array(2 * MB)], 'a');
const other = new File([new Uint8Array(2 * MB)], 'b');
const own = { '@odata.type': '#microsoft.graph.itemAttachment' };

test('more than one request takes goes by a draft, file by file', async () => {
  const steps = [];
  const box = messages();
  await send(face(), undefined, box, { subject: 'x', attachments: [large, own, other] }, { onProgress: (...all) => steps.push(all) });
  assert.deepEqual(box.log, [['create', { subject: 'x', attachments: [own] }], ['add', 'a'], ['add', 'b'], ['send', 'd']]);
  assert.deepEqual(steps, [[2 * MB, 4 * MB], [4 * MB, 4 * MB]]);
  const outlook = messages();
  await send(face('outlook-v2'), undefined, outlook, { Attachments: [large, other] });
  assert.deepEqual(outlook.log[0], ['create', { Attachments: undefined, attachments: [] }]);
});

test('a file that fails leaves no draft; what cannot be makes none', async () => {
  const box = messages({ broken: fail('network', 'x') });
  await assert.rejects(send(face(), undefined, box, { attachments: [large, other] }), { code: 'network' });
  assert.deepEqual(box.log.at(-1), ['delete', 'd']);
  const huge = Object.defineProperty(new Blob(['x']), 'size', { value: 151 * MB });
  const four = Object.defineProperty(new Blob(['x']), 'size', { value: 4 * MB });
  for (const [api, attachments, options, code] of [
    ['graph', [huge], {}, 'too_large'], ['outlook-v2', [four], {}, 'unsupported_by_api'], ['graph', [four], { saveToSentItems: false }, 'invalid_argument'],
    ['graph', [], { saveToSentItems: 'no' }, 'invalid_argument'], ['graph', [], { onProgress: 5 }, 'invalid_argument'],
  ]) {
    const none = messages();
    await assert.rejects(send(face(api), undefined, none, { attachments }, options), { code });
    assert.deepEqual(none.log, []);
  }
});

test('replies: a text, a draft where the flavour has it, and never nothing', async () => {
  for (const [api, said, code] of [['graph', undefined, 'invalid_argument'], ['graph', null, 'invalid_argument'], ['outlook-v1', { Body: 'x' }, 'unsupported_by_api']]) {
    await assert.rejects(reply(face(api), undefined, 'id', said), { code });
  }
  const calls = [];
  await reply(face('graph', async (...all) => { calls.push([all[2], all[5]]); }), undefined, 'id', '', { all: true });
  assert.deepEqual(calls, [['messages/{}/replyAll', { comment: '' }]]);
});

test('pictures that a body shows: images and what says that it is inline, by content id', async () => {
  const files = { a: { contentId: 'logo', contentBytes: 'iVBO' }, b: { contentId: 'hidden', contentBytes: 'iVBO' }, c: { contentBytes: 'iVBO' } };
  const listed = [{ id: 'a', contentType: 'image/png' }, { id: 'b', contentType: 'application/pdf', isInline: false }, { id: 'c', contentType: 'image/gif' }];
  const asked = [];
  const images = await inlineImages(face(), { async* all() { yield* listed; }, get: async (id) => { asked.push(id); return files[id]; } });
  assert.deepEqual([[...images.keys()], asked], [['logo'], ['a', 'c']]);
  const [url] = images.values();
  const blob = await (await fetch(url)).blob();
  assert.deepEqual([blob.type, blob.size], ['image/png', 3]);
  URL.revokeObjectURL(url);
});

test('the tree: only folders that have some are asked', async () => {
  const asked = [];
  const level = (name, folders) => ({ async* all() { asked.push(name); yield* folders; }, children: (id) => level(id, { inbox: [{ id: 'in', childFolderCount: 0 }] }[id]) });
  const nodes = await tree(face(), level('top', [{ id: 'inbox', childFolderCount: 1 }, { id: 'sent', childFolderCount: 0 }]));
  assert.deepEqual(nodes, [{ folder: { id: 'inbox', childFolderCount: 1 }, children: [{ folder: { id: 'in', childFolderCount: 0 }, children: [] }] }, { folder: { id: 'sent', childFolderCount: 0 }, children: [] }]);
  assert.deepEqual(asked, ['top', 'inbox']);
});

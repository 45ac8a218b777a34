// Files: one request, or piece by piece; pictures of a body.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '../calls/path.ts';
import { add } from './attachments.ts';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';

/** @typedef {import('../types.ts').Flavor} Flavor */

const MB = 1024 * 1024;
const URL_ = 'https://outlook.office.com/upload?authtoken=x';
const at201 = (location) => new Response(null, { status: 201, headers: location ? { location } : {} });
const expecting = (range, name = 'nextExpectedRanges') => Response.json({ [name]: [range] });

const LISTED = [
  { id: 'first', name: 'a.bin', size: 7 * MB },
  { id: 'last', name: 'a.bin', size: 7 * MB + 200 },
  { id: 'smaller', name: 'a.bin', size: 3 },
  { id: 'other', name: 'b', size: 7 * MB },
];

/**
 * Uploads `size` bytes; `answers` are those of the pieces, in turn.
 *
 * @param {unknown[]} answers
 * @param {{ size?: number, options?: object, api?: Flavor, listed?: object[] | (() => object[]), get?: (id: string) => Promise<object> }} [given]
 */
async function uploaded(answers, { size = 7 * MB, options = {}, api = 'graph', listed = LISTED, get } = {}) {
  const calls = [];
  const it = fakeApi(api, async (method, path, _ids, given, body) => {
    calls.push([method, given?.headers?.['content-range'] ?? path, body?.size]);
    if (path.endsWith('createUploadSession')) return { uploadUrl: URL_, session: body };
    if (method === 'DELETE') return undefined;
    if (path.endsWith('/attachments'))
      return method === 'POST' ? { made: body } : { value: typeof listed === 'function' ? listed() : listed };
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const steps = [];
  /** @type {any} */
  const own = { get: get ?? (async (id) => ({ id })) };
  const whole = await add(it, path`messages/${'m'}/attachments`, own, new File([new Uint8Array(size)], 'a.bin'), {
    onProgress: (...all) => steps.push(all),
    ...options,
  }).catch((error) => error);
  const { id } = whole;
  return { result: id === undefined ? whole : { id }, whole, steps, calls };
}

test('a small file is one request, inline where it has a content id', async () => {
  const { result, steps } = await uploaded([], { size: 3, options: { contentId: 'logo', name: 'b.bin' } });
  assert.deepEqual(result.made, {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: 'b.bin',
    contentType: 'application/octet-stream',
    contentBytes: 'AAAA',
    contentId: 'logo',
    isInline: true,
  });
  assert.deepEqual(steps, [[3, 3]]);
});

test('S15 a large one goes in pieces, in either spelling of the ranges; its id is in the location', async () => {
  const { result, steps, calls } = await uploaded([
    expecting('3932160', 'NextExpectedRanges'),
    at201("https://outlook.office.com/api/v2.0/x/attachments('AAMk%3D')"),
  ]);
  assert.deepEqual(result, { id: 'AAMk=' });
  assert.deepEqual(calls.slice(1), [
    ['PUT', 'bytes 0-3932159/7340032', 3_932_160],
    ['PUT', 'bytes 3932160-7340031/7340032', 3_407_872],
  ]);
  assert.deepEqual(steps, [
    [3_932_160, 7 * MB],
    [7 * MB, 7 * MB],
  ]);
});

test('without a listener, and with a location that the browser hides: the newest of that name', async () => {
  const { result } = await uploaded([expecting('3932160-'), at201()], { options: { onProgress: undefined } });
  assert.deepEqual(result, { id: 'last' });
});

test('what begins an upload: name, type, size, and inline where there is a content id', async () => {
  const begun = [];
  const it = fakeApi('graph', async (method, path, ids, given, body) => {
    if (method !== 'POST') return at201("x/attachments('i')");
    begun.push([path, ids, given, body]);
    return { uploadUrl: URL_ };
  });
  const { signal } = new AbortController();
  const made = await add(
    it,
    path`events/${'e'}/attachments`,
    /** @type {any} */ ({ get: async (id, query) => ({ id, query }) }),
    new File([new Uint8Array(3_145_729)], 'a.png', { type: 'image/png' }),
    { contentId: 'logo', timeout: 5, signal },
  );
  assert.deepEqual(begun, [
    [
      'events/{}/attachments/createUploadSession',
      ['e'],
      { signal, timeout: 5 },
      {
        AttachmentItem: {
          attachmentType: 'file',
          name: 'a.png',
          contentId: 'logo',
          isInline: true,
          contentType: 'image/png',
          size: 3_145_729,
        },
      },
    ],
  ]);
  assert.deepEqual(made, {
    id: 'i',
    query: { select: ['id', 'name', 'contentType', 'size', 'isInline', 'lastModifiedDateTime'], timeout: 5, signal },
  });
});

test('pieces go bare, with the signal; the last word to the session does not, or an abort would stop it', async () => {
  const calls = [];
  const { signal } = new AbortController();
  const it = fakeApi('graph', async (method, path, ids, options, _body, allowed) => {
    if (method === 'POST') return { uploadUrl: URL_ };
    calls.push([method, path, ids, options.bare, options.signal, allowed]);
    if (method === 'PUT') throw fail('aborted', 'x');
  });
  await assert.rejects(
    add(it, path`messages/${'m'}/attachments`, /** @type {any} */ ({}), new File([new Uint8Array(4 * MB)], 'a'), {
      signal,
    }),
    { code: 'aborted' },
  );
  assert.deepEqual(calls, [
    ['PUT', URL_, undefined, true, signal, 'bare'],
    ['DELETE', URL_, undefined, true, undefined, 'bare'],
  ]);
});

for (const [name, size, pieces] of /** @type {[string, number, number][]} */ ([
  ['2 MiB and a byte less: one request', 2 * MB - 1, 0],
  ['the most that one request takes', 2_359_050, 0],
  ['more than one request takes: one piece', 2_359_209, 1],
  ['3 MiB', 3 * MB, 1],
  ['a byte more', 3 * MB + 1, 1],
  ['a whole piece', 3_932_160, 1],
  ['a piece and a byte', 3_932_161, 2],
  ['two pieces', 7_864_320, 2],
])) {
  test(`${name}; every byte goes once`, async () => {
    const ends = [];
    for (let at = 3_932_160; at < size; at += 3_932_160) ends.push(expecting(`${at}-`));
    const { result, calls, steps } = await uploaded([...ends, at201("x/attachments('i')")], { size });
    assert.equal(calls.filter(([method]) => method === 'PUT').length, pieces);
    assert.equal(
      calls.filter(([method]) => method === 'PUT').reduce((sum, [, , many]) => sum + many, 0),
      pieces ? size : 0,
    );
    assert.deepEqual(steps.at(-1), [size, size]);
    assert.ok(pieces ? result.id === 'i' : result.made);
  });
}

test('the service says where it goes on: in the middle of a piece, and first of several gaps', async () => {
  const { calls } = await uploaded([
    Response.json({ nextExpectedRanges: ['1000-2000', '5000-'] }),
    expecting('3933160'),
    at201("x/attachments('i')"),
  ]);
  assert.deepEqual(
    calls.slice(1).map(([, range]) => range),
    ['bytes 0-3932159/7340032', 'bytes 1000-3933159/7340032', 'bytes 3933160-7340031/7340032'],
  );
});

test('an upload whose session cannot be made is told, and nothing has to be dropped', async () => {
  const calls = [];
  const file = new File([new Uint8Array(4 * MB)], 'a');
  const it = (api, answer) =>
    fakeApi(api, async (method) => {
      calls.push(method);
      return answer();
    });
  const forbidden = () => {
    throw fail('forbidden', 'no');
  };
  for (const [api, answer, code] of /** @type {[Flavor, () => unknown, string][]} */ ([
    ['graph', forbidden, 'forbidden'],
    ['graph', () => ({}), 'invalid_response'],
    ['graph', () => null, 'invalid_response'],
    ['graph', () => ({ uploadUrl: 5 }), 'invalid_response'],
    ['outlook-v2', forbidden, 'unsupported_by_api'],
  ]))
    await assert.rejects(add(it(api, answer), path`messages/${'m'}/attachments`, /** @type {any} */ ({}), file), {
      code,
    });
  assert.deepEqual(calls, ['POST', 'POST', 'POST', 'POST']);
});

const UNKNOWN = ['POST', 'PUT', 'GET', 'PUT', 'GET', 'GET', 'DELETE'];

test('a 416 whose session knows no more than we do, and a session that is gone', async () => {
  const refused = (status) => Object.assign(fail('bad_request', 'x'), { status });
  for (const [answers, methods, code] of /** @type {[unknown[], string[], string][]} */ ([
    [[refused(416), expecting('0-')], ['POST', 'PUT', 'GET', 'DELETE'], 'invalid_response'],
    // Neither it nor we know: the next piece is refused as well.
    [[refused(416), fail('not_found', 'x'), refused(400), fail('not_found', 'x')], UNKNOWN, 'bad_request'],
    [[refused(409)], ['POST', 'PUT', 'DELETE'], 'bad_request'],
    [[Response.json({ nextExpectedRanges: [] })], ['POST', 'PUT', 'DELETE'], 'invalid_response'],
  ])) {
    const { result, calls } = await uploaded(answers, { listed: [] });
    assert.deepEqual([result.code, calls.map(([method]) => method)], [code, methods]);
  }
});

test('C25 what is attached is attached, though the service does not show it yet', async () => {
  const known = { name: 'a.bin', isInline: false, contentType: 'application/octet-stream', size: 7 * MB };
  const get = async () => {
    throw fail('not_found', 'not yet');
  };
  const { whole } = await uploaded([expecting('3932160-'), at201("x/attachments('i')")], { get });
  assert.deepEqual(whole, { ...known, id: 'i' });
  const hidden = await uploaded([expecting('3932160-'), at201()], { options: { name: 'nowhere', contentId: 'c' } });
  assert.deepEqual(hidden.whole, { ...known, name: 'nowhere', contentId: 'c', isInline: true, id: '' });
});

test('C22 a piece whose answer was lost, where the session does not say how far it is: by our own count', async () => {
  const { result, calls, steps } = await uploaded([
    Object.assign(fail('bad_request', 'InvalidStart'), { status: 400 }),
    Object.assign(fail('not_found', 'no such address'), { status: 404 }),
    at201("x/attachments('i')"),
  ]);
  assert.deepEqual(
    [result, calls.map(([method, range]) => [method, /^bytes/.test(range) && range]).slice(1)],
    [
      { id: 'i' },
      [
        ['PUT', 'bytes 0-3932159/7340032'],
        ['GET', false],
        ['PUT', 'bytes 3932160-7340031/7340032'],
      ],
    ],
  );
  assert.deepEqual(steps.at(-1), [7 * MB, 7 * MB]);
});

test('C22 the last piece, whose answer was lost: done where the attachment is there, and told where it is not', async () => {
  const gone = () => Object.assign(fail('not_found', 'no session'), { status: 404 });
  const refused = () => Object.assign(fail('bad_request', 'InvalidStart'), { status: 400 });
  for (const last of [[gone()], [refused(), gone()], [fail('network', 'lost')], [fail('timeout', 'slow')]]) {
    const { result } = await uploaded([expecting('3932160-'), ...last]);
    assert.deepEqual(result, { id: 'last' });
    const none = await uploaded([expecting('3932160-'), ...last], { listed: LISTED.slice(2) });
    assert.equal(none.result.code, last[0].code);
    assert.equal(none.calls.at(-1)[0], 'DELETE');
  }
  const { result } = await uploaded([expecting('3932160-'), fail('aborted', 'x')]);
  assert.equal(result.code, 'aborted');
});

test('C7 the last piece, whose answer was lost, where nobody tells whether it is there: not known', async () => {
  const listed = () => {
    throw fail('network', 'down');
  };
  for (const [last, wanted] of /** @type {[any, string][]} */ ([
    [fail('network', 'lost'), 'outcome_unknown'],
    [fail('timeout', 'slow'), 'outcome_unknown'],
    [Object.assign(fail('too_large', 'no'), { status: 413 }), 'too_large'],
    [fail('aborted', 'x'), 'aborted'],
  ])) {
    const { result } = await uploaded([expecting('3932160-'), last], { listed });
    assert.equal(result.code, wanted);
    assert.ok(wanted === last.code || result.cause === last);
  }
  const early = await uploaded([fail('network', 'lost')], { listed });
  assert.equal(early.result.code, 'network', 'a piece in the middle is no attachment');
});

test('C13 the last piece: the attachment in the answer, nothing, a page of a proxy, a location that cannot be read', async () => {
  const page = () => new Response('<html>Sign in</html>', { headers: { 'content-type': 'text/html' } });
  for (const [last, listed, wanted] of /** @type {[Response, object[], unknown][]} */ ([
    [Response.json({ id: 'made' }), [], { id: 'made' }],
    [Response.json({ Id: 'made' }), [], { id: 'made' }],
    [new Response(''), LISTED, { id: 'last' }],
    [new Response(null, { status: 204 }), LISTED, { id: 'last' }],
    [at201("x/attachments('%E0%A4%A')"), LISTED, { id: 'last' }],
    [page(), LISTED, { id: 'last' }],
    [page(), [], 'invalid_response'],
    [Response.json(null), [], 'invalid_response'],
    [Response.json({ nextExpectedRanges: ['7340032-'] }), [], 'invalid_response'],
  ])) {
    const { result, calls } = await uploaded([expecting('3932160-'), last], { listed });
    assert.deepEqual(result instanceof Error ? /** @type {any} */ (result).code : result, wanted);
    assert.equal(calls.filter(([method]) => method === 'PUT').length, 2, 'no piece without bytes');
  }
  const { result } = await uploaded([page()]);
  assert.equal(result.code, 'invalid_response', 'in the middle');
});

test('onProgress that throws: an error of ours and no session is left; at the end it changes nothing', async () => {
  const broken = (at) => (sent) => {
    if (sent === at) throw new Error('x');
  };
  const pieces = () => [expecting('3932160-'), at201("x/attachments('i')")];
  const { result, calls } = await uploaded(pieces(), { options: { onProgress: broken(3_932_160) } });
  assert.deepEqual([result.code, result.cause.message, calls.at(-1)[0]], ['invalid_argument', 'x', 'DELETE']);
  assert.deepEqual((await uploaded(pieces(), { options: { onProgress: broken(7 * MB) } })).result, { id: 'i' });
});

test('Outlook: a small file in its own spelling', async () => {
  const { result } = await uploaded([], { size: 3, api: 'outlook-v2', options: { contentId: 'logo' } });
  assert.deepEqual(result.made, {
    '@odata.type': '#Microsoft.OutlookServices.FileAttachment',
    Name: 'a.bin',
    ContentType: 'application/octet-stream',
    ContentBytes: 'AAAA',
    ContentId: 'logo',
    IsInline: true,
  });
});

test('a piece that had arrived already is not sent again', async () => {
  const { result, calls } = await uploaded([
    Object.assign(fail('bad_request', 'x'), { status: 416 }),
    expecting('3932160-7340031'),
    at201("x/attachments('i')"),
  ]);
  assert.deepEqual([result, calls.map(([method]) => method)], [{ id: 'i' }, ['POST', 'PUT', 'GET', 'PUT']]);
});

test('what does not go on, or fails, is given up and the session dropped', async () => {
  for (const [answers, code] of /** @type {[unknown[], string][]} */ ([
    [[expecting('0-')], 'invalid_response'],
    [[expecting('soon')], 'invalid_response'],
    [[fail('network', 'x')], 'network'],
  ])) {
    const { result, calls } = await uploaded(answers);
    assert.equal(result.code, code);
    assert.equal(calls.at(-1)[0], 'DELETE');
  }
  for (const [size, options, code] of /** @type {[number, {}, string][]} */ ([
    [151 * MB, {}, 'too_large'],
    [1, { onProgress: 5 }, 'invalid_argument'],
  ]))
    assert.equal((await uploaded([], { size, options })).result.code, code);
  await assert.rejects(add(fakeApi(), path`p`, /** @type {any} */ ({}), /** @type {any} */ ('text')), {
    code: 'invalid_argument',
  });
});

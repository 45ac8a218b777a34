// Messages that go out: sent at once or by a draft, and answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';

/** @typedef {import('../types.ts').Flavor} Flavor */

const MB = 1024 * 1024;
/** @type {Flavor[]} */
const FLAVOURS = ['graph', 'outlook-v2', 'outlook-v1'];
const file = (size, name = 'a.bin') => new File([new Uint8Array(size)], name);

/**
 * A mailbox whose calls are noted as [method, path, ids, body, options]; `answer` answers them.
 *
 * @param {{ api?: Flavor, answer?: (path: string, method: string, at: number) => unknown }} [given]
 */
function box({ api = 'graph', answer = () => undefined } = {}) {
  const calls = [];
  const it = fakeApi(api, async (method, path, ids, options, body) => {
    calls.push([method, path, ids, body, options]);
    const value = answer(path, method, calls.length);
    if (value instanceof Error) throw value;
    return value;
  });
  return Object.assign(mailbox(it), { calls });
}
const short = ({ calls }) => calls.map(([method, path, ids]) => [method, path, ...(ids ?? [])]);

test('send: one call, with what goes out and whether it is kept', async () => {
  for (const [api, kept, wanted] of /** @type {[Flavor, boolean | undefined, {}][]} */ ([
    [
      'graph',
      undefined,
      { message: { subject: 'x', body: { contentType: 'text', content: 'y' } }, saveToSentItems: true },
    ],
    [
      'graph',
      false,
      { message: { subject: 'x', body: { contentType: 'text', content: 'y' } }, saveToSentItems: false },
    ],
    [
      'outlook-v2',
      undefined,
      { Message: { subject: 'x', Body: { ContentType: 'Text', Content: 'y' } }, SaveToSentItems: true },
    ],
    [
      'outlook-v1',
      false,
      { Message: { subject: 'x', Body: { ContentType: 'Text', Content: 'y' } }, SaveToSentItems: false },
    ],
  ])) {
    const it = box({ api });
    await it.mail.send(
      { subject: 'x', body: 'y' },
      { ...(kept !== undefined && { saveToSentItems: kept }), timeout: 5 },
    );
    assert.deepEqual(it.calls, [['POST', 'sendMail', [], wanted, { timeout: 5 }]]);
  }
});

/**
 * Answers what a message by a draft needs; `more` answers first.
 *
 * @type {(more?: (path: string, method: string) => unknown) => (path: string, method: string) => unknown}
 */
const drafts =
  (more = () => undefined) =>
  (path, method) =>
    more(path, method) ??
    (/createUploadSession$/.test(path)
      ? { uploadUrl: 'https://outlook.office.com/u' }
      : path.startsWith('https:')
        ? new Response(null, { status: 201, headers: { location: "x('att')" } })
        : { id: 'd', Id: 'd' });
/** @type {(status: number, code?: import('../types.ts').ErrorCode) => any} */
const status = (status, code = 'bad_request') => Object.assign(fail(code, `status ${status}`), { status });
const UPLOAD = [
  ['POST', 'messages/{}/attachments/createUploadSession', 'd'],
  ['PUT', 'https://outlook.office.com/u'],
];
const POSTED = ['POST', 'messages/{}/attachments', 'd'];

test('send: files that fit go along; the progress is told once, when the message is taken', async () => {
  const it = box();
  const steps = [];
  await it.mail.send(
    { attachments: [file(MB), file(MB, 'b')] },
    { onProgress: (...all) => steps.push([...all, it.calls.length]) },
  );
  assert.deepEqual(
    [short(it), it.calls[0][3].message.attachments.map(({ name }) => name), steps],
    [[['POST', 'sendMail']], ['a.bin', 'b'], [[2 * MB, 2 * MB, 1]]],
  );
  const none = box({ answer: () => fail('forbidden', 'no') });
  await assert.rejects(none.mail.send({}, { onProgress: () => steps.push('never') }), { code: 'forbidden' });
  assert.ok(!steps.includes('never'));
});

test('C5 send: what counts is the whole request, its text and attachments in every form', async () => {
  const own = (size, name = 'own') => ({
    '@odata.type': '#microsoft.graph.fileAttachment',
    name,
    contentType: 'image/png',
    contentId: 'logo',
    isInline: true,
    contentBytes: Buffer.alloc(size).toString('base64'),
  });
  const html = { contentType: 'html', content: 'x'.repeat(1.5 * MB) };
  for (const [message, added] of /** @type {[{}, string[][]][]} */ ([
    [{ body: html, attachments: [file(2.2 * MB)] }, [POSTED]],
    [{ body: html, attachments: [file(1.2 * MB), file(1.3 * MB, 'b')] }, [POSTED, POSTED]],
    [{ attachments: [own(2 * MB), file(2 * MB)] }, [POSTED, POSTED]],
    [{ attachments: [own(2.9 * MB)] }, UPLOAD],
    [{ attachments: [own(MB), own(1.5 * MB)] }, [POSTED, POSTED]],
  ])) {
    const it = box({ answer: drafts() });
    await it.mail.send({ subject: 'x', ...message });
    assert.deepEqual(short(it), [['POST', 'messages'], ...added, ['POST', 'messages/{}/send', 'd']]);
    assert.ok(!('attachments' in it.calls[0][3]));
    for (const [method, path, , body] of it.calls)
      if (method === 'POST' && body) assert.ok(JSON.stringify(body).length <= 3_145_611, path);
  }
  const it = box({ answer: drafts() });
  await it.mail.send({ attachments: [own(2.9 * MB)] });
  assert.deepEqual(it.calls[1][3].AttachmentItem, {
    attachmentType: 'file',
    contentType: 'image/png',
    name: 'own',
    contentId: 'logo',
    isInline: true,
    size: Math.floor(2.9 * MB),
  });
});

test('C6 no size is without a way: around 2 MiB, 3 MiB, and what one request takes', async () => {
  for (const size of [2 * MB - 1, 2 * MB, 2_359_000, 2_359_208, 2_359_209, 2.5 * MB, 3 * MB - 1, 3 * MB, 3 * MB + 1]) {
    const it = box({ answer: drafts() });
    await it.mail.send({ attachments: [file(Math.floor(size))] });
    const made = [];
    for (const [, path, , body] of it.calls) {
      if (/attachments$|sendMail/.test(path)) assert.ok(JSON.stringify(body).length <= 3_145_611, `${size}`);
      if (/createUploadSession/.test(path)) assert.ok(body.AttachmentItem.size >= 2_097_152, `${size}`);
      if (/attachments$|sendMail|createUploadSession/.test(path)) made.push(path);
    }
    assert.equal(made.length, 1);
  }
});

test('send: a large file goes into a draft by an upload, the draft is sent', async () => {
  const it = box({ answer: drafts() });
  const steps = [];
  const item = { '@odata.type': '#microsoft.graph.itemAttachment', name: 'i' };
  await it.mail.send(
    {
      subject: 'x',
      toRecipients: ['ben@contoso.example'],
      attachments: [file(MB, 'small'), file(3 * MB + 1, 'large'), item],
    },
    { onProgress: (...all) => steps.push(all), timeout: 5 },
  );
  assert.deepEqual(short(it), [['POST', 'messages'], POSTED, ...UPLOAD, POSTED, ['POST', 'messages/{}/send', 'd']]);
  assert.deepEqual(it.calls[0][3], {
    subject: 'x',
    toRecipients: [{ emailAddress: { address: 'ben@contoso.example' } }],
  });
  assert.deepEqual(it.calls[4][3], item);
  assert.deepEqual(steps, [
    [MB, 4 * MB + 1],
    [4 * MB + 1, 4 * MB + 1],
  ]);
  assert.ok(it.calls.every(([, , , , options]) => options.timeout === 5));
});

test('send: several files that are small alone go one by one in every flavour', async () => {
  for (const api of FLAVOURS) {
    const it = box({ api, answer: () => ({ id: 'd', Id: 'd' }) });
    await it.mail.send({ [api === 'graph' ? 'attachments' : 'Attachments']: [file(2 * MB), file(2 * MB, 'b')] });
    assert.deepEqual(short(it), [['POST', 'messages'], POSTED, POSTED, ['POST', 'messages/{}/send', 'd']], api);
    assert.deepEqual(it.calls[0][3], {});
  }
});

test('C8 send: where a file or the last step is refused, no draft stays, and the first error is told', async () => {
  for (const [refused, error] of /** @type {[RegExp, any][]} */ ([
    [/attachments$/, fail('too_large', 'no')],
    [/attachments$/, fail('network', 'no')],
    [/send$/, status(403, 'forbidden')],
    [/send$/, status(400)],
    [/send$/, status(429, 'throttled')],
  ])) {
    const it = box({ answer: drafts((path) => (refused.test(path) ? error : undefined)) });
    const { signal } = new AbortController();
    const files = [file(2 * MB), file(2 * MB)];
    await assert.rejects(it.mail.send({ attachments: files }, { signal }), (thrown) => thrown === error);
    assert.deepEqual(short(it).at(-1), ['DELETE', 'messages/{}', 'd']);
    assert.equal(it.calls.at(-1)[4]?.signal, undefined, 'an abort does not stop that');
    assert.equal(error.draftId, undefined);
  }
});

test('C8 send: a draft that may be on its way stays, as does one that cannot be deleted, and the error names it', async () => {
  for (const error of /** @type {any[]} */ ([
    fail('timeout', 'x'),
    fail('network', 'x'),
    fail('aborted', 'x'),
    status(504),
    status(200),
  ])) {
    const it = box({ answer: drafts((path) => (/send$/.test(path) ? error : undefined)) });
    await assert.rejects(it.mail.send({ attachments: [file(2 * MB), file(2 * MB)] }), (thrown) => thrown === error);
    assert.ok(!it.calls.some(([method]) => method === 'DELETE'));
    assert.equal(error.draftId, 'd');
    assert.match(error.message, /draft d /);
    assert.equal(error.toJSON().draftId, 'd');
  }
  const stays = box({
    answer: drafts((path, method) =>
      method === 'DELETE' ? fail('network', 'down') : /attachments$/.test(path) ? fail('too_large', 'no') : undefined,
    ),
  });
  await assert.rejects(stays.mail.send({ attachments: [file(2 * MB), file(2 * MB)] }), {
    code: 'too_large',
    draftId: 'd',
  });
});

test('C8 send: what was aborted before it was sent leaves no draft', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const it = box({
    answer: drafts((path, method) => {
      if (/attachments$/.test(path)) controller.abort();
      return method === 'POST' && /send$/.test(path) ? fail('aborted', 'x') : undefined;
    }),
  });
  const error = await it.mail.send({ attachments: [file(2 * MB), file(1 * MB)] }, { signal }).catch((error) => error);
  assert.deepEqual([error.code, error.draftId], ['aborted', undefined]);
  assert.deepEqual(short(it).at(-1), ['DELETE', 'messages/{}', 'd']);
});

test('send: what cannot be attached makes no draft; a draft that is refused, or has no id', async () => {
  const huge = Object.defineProperty(new Blob(['x']), 'size', { value: 151 * MB });
  const four = Object.defineProperty(new Blob(['x']), 'size', { value: 4 * MB });
  for (const [api, message, options, code] of /** @type {[Flavor, any, {}, string][]} */ ([
    ['graph', { attachments: [huge] }, {}, 'too_large'],
    ['outlook-v2', { attachments: [four] }, {}, 'unsupported_by_api'],
    ['graph', { attachments: [four] }, { saveToSentItems: false }, 'invalid_argument'],
    ['graph', { attachments: [four, 'x'] }, {}, 'invalid_argument'],
    ['graph', { body: 'x'.repeat(4 * MB) }, {}, 'too_large'],
    ['graph', { body: 'x'.repeat(4 * MB), attachments: [four] }, {}, 'too_large'],
    ['graph', { toRecipients: [''], attachments: [four] }, {}, 'invalid_argument'],
  ])) {
    const none = box({ api });
    await assert.rejects(none.mail.send(message, options), { code });
    assert.deepEqual(none.calls, []);
  }
  for (const [answer, code] of [
    [fail('forbidden', 'no'), 'forbidden'],
    [undefined, 'invalid_response'],
    [{ id: 5 }, 'invalid_response'],
  ]) {
    const unmade = box({ answer: () => answer });
    await assert.rejects(unmade.mail.send({ attachments: [file(4 * MB)] }), { code });
    assert.equal(unmade.calls.length, 1);
  }
});

test('drafts and answers with more than one request takes: made without the files, which are added', async () => {
  const attachments = [file(3 * MB)];
  for (const [run, made, sent] of /** @type {[(m: any) => Promise<any>, string, boolean?][]} */ ([
    [(m) => m.create({ subject: 'x', attachments }), 'messages'],
    [(m) => m.createReply('i', { all: true, comment: 'x', message: { attachments } }), 'messages/{}/createReplyAll'],
    [
      (m) => m.createForward('i', { toRecipients: ['b@contoso.example'], message: { attachments } }),
      'messages/{}/createForward',
    ],
    [(m) => m.reply('i', { body: 'x', attachments }), 'messages/{}/createReply', true],
    [(m) => m.reply('i', { attachments }, { all: true }), 'messages/{}/createReplyAll', true],
  ])) {
    const it = box({ answer: drafts() });
    const result = await run(it.mail.messages);
    assert.deepEqual(
      short(it).map((call) => call.slice(0, 2)),
      [['POST', made], ...UPLOAD.map((call) => call.slice(0, 2)), ...(sent ? [['POST', 'messages/{}/send']] : [])],
    );
    assert.deepEqual(sent ? result : result.id, sent ? undefined : 'd');
    const refused = box({ answer: drafts((path) => (/^https/.test(path) ? status(400) : undefined)) });
    await assert.rejects(run(refused.mail.messages), { code: 'bad_request' });
    assert.deepEqual(refused.calls.at(-1)[0], 'DELETE');
    assert.ok(refused.calls.some(([method, path]) => method === 'DELETE' && path === 'messages/{}'));
  }
});

test('C5 an event with more than one request takes is told the way: by one file, by several, in any form', async () => {
  for (const attachments of [
    [file(3 * MB)],
    [file(2 * MB), file(1 * MB)],
    [{ name: 'a', contentBytes: 'x'.repeat(3_200_000) }],
  ]) {
    const it = box();
    await assert.rejects(
      it.calendar.events.create({ attachments }),
      ({ code, message }) => code === 'too_large' && message.includes('attachments(id).add'),
    );
    assert.deepEqual(short(it), []);
  }
});

test('send: what is no message, and options that are none', async () => {
  for (const [message, options] of /** @type {any[][]} */ ([
    [undefined],
    [null],
    ['text'],
    [[]],
    [{}, { saveToSentItems: 1 }],
    [{}, { onProgress: 'x' }],
    [{ toRecipients: [''] }],
  ])) {
    const it = box();
    const promise = it.mail.send(message, options);
    assert.ok(promise instanceof Promise);
    await assert.rejects(promise, { code: 'invalid_argument' });
    assert.deepEqual(it.calls, []);
  }
});

for (const [
  name,
  run,
  path,
  body,
  only,
] of /** @type {[string, (m: any) => Promise<unknown>, string, {}, Flavor[]?][]} */ ([
  ['reply', (m) => m.reply('i', 'Thanks', { timeout: 5 }), 'messages/{}/reply', { comment: 'Thanks' }],
  [
    'reply to all',
    (m) => m.reply('i', 'Thanks', { timeout: 5, all: true }),
    'messages/{}/replyAll',
    { comment: 'Thanks' },
  ],
  [
    'reply with fields',
    (m) => m.reply('i', { ccRecipients: ['b@contoso.example'] }, { timeout: 5 }),
    'messages/{}/reply',
    { message: { ccRecipients: [{ emailAddress: { address: 'b@contoso.example' } }] } },
    ['graph', 'outlook-v2'],
  ],
  ['createReply', (m) => m.createReply('i', { timeout: 5, all: false }), 'messages/{}/createReply', {}],
  [
    'createReply to all, with a comment',
    (m) => m.createReply('i', { timeout: 5, all: true, comment: 'x' }),
    'messages/{}/createReplyAll',
    { comment: 'x' },
  ],
  [
    'createReply with fields',
    (m) => m.createReply('i', { timeout: 5, message: { body: 'x' } }),
    'messages/{}/createReply',
    { message: { body: { contentType: 'text', content: 'x' } } },
    ['graph', 'outlook-v2'],
  ],
  ['createForward', (m) => m.createForward('i', { timeout: 5 }), 'messages/{}/createForward', {}],
  [
    'createForward with all it can have',
    (m) => m.createForward('i', { timeout: 5, comment: 'x', toRecipients: ['b@contoso.example'] }),
    'messages/{}/createForward',
    { comment: 'x', toRecipients: [{ emailAddress: { address: 'b@contoso.example' } }] },
  ],
  [
    'createForward with fields',
    (m) => m.createForward('i', { timeout: 5, message: { subject: 'x' } }),
    'messages/{}/createForward',
    { message: { subject: 'x' } },
    ['graph', 'outlook-v2'],
  ],
])) {
  test(`${name}, in every flavour that has it`, async () => {
    for (const api of FLAVOURS) {
      const it = box({ api, answer: () => 'draft' });
      const promise = run(it.mail.messages);
      if (only && !only.includes(api)) {
        await assert.rejects(
          promise,
          ({ code, message }) => code === 'unsupported_by_api' && message.includes('graph'),
        );
        assert.deepEqual(it.calls, []);
        continue;
      }
      await promise;
      const [[method, ...rest]] = it.calls;
      assert.deepEqual([method, rest[0], rest[1], rest[3]], ['POST', path, ['i'], { timeout: 5 }]);
      // Names of ours are spelled as the flavour does; those of the caller's own fields are the caller's.
      const known = (value) =>
        value && typeof value === 'object' && !Array.isArray(value)
          ? Object.fromEntries(
              Object.entries(value)
                .filter(([, one]) => one !== undefined)
                .map(([key, one]) => [key.toLowerCase(), known(one)]),
            )
          : Array.isArray(value)
            ? value.map(known)
            : typeof value === 'string'
              ? value.toLowerCase()
              : value;
      assert.deepEqual(known(rest[2]), known(body));
      for (const key of Object.keys(rest[2])) assert.equal(/^[a-z]/.test(key), api === 'graph', key);
    }
  });
}

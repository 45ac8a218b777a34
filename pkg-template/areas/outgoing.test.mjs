// Messages that go out: sent at once or by a draft, and answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';

/** @import { Flavor } from '../types.ts' */

const MB = 1024 * 1024;
/** @type {Flavor[]} */
const FLAVOURS = ['graph', 'outlook-v2', 'outlook-v1'];
const file = (size, name = 'a.bin') => new File([new Uint8Array(size)], name);

/**
 * A mailbox whose calls are noted as [method, path, ids, body, options]; `answer(path, method, at)` answers them.
 *
 * @param {{ api?: Flavor, answer?: (path: string, method: string, at: number) => any }} [settings]
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

test('send: files of 3 MB together go along; the progress is told once, when the message is taken', async () => {
  const it = box();
  const steps = [];
  await it.mail.send(
    { attachments: [file(MB), file(2 * MB, 'b')] },
    { onProgress: (...all) => steps.push([...all, it.calls.length]) },
  );
  assert.deepEqual(
    [short(it), it.calls[0][3].message.attachments.map(({ name }) => name), steps],
    [[['POST', 'sendMail']], ['a.bin', 'b'], [[3 * MB, 3 * MB, 1]]],
  );
  const none = box({ answer: () => fail('forbidden', 'no') });
  await assert.rejects(none.mail.send({}, { onProgress: () => steps.push('never') }), { code: 'forbidden' });
  assert.ok(!steps.includes('never'));
});

test('send: a large file goes into a draft by an upload, the draft is sent', async () => {
  const it = box({
    answer: (path) =>
      path === 'messages'
        ? { id: 'd' }
        : /createUploadSession$/.test(path)
          ? { uploadUrl: 'https://outlook.office.com/u' }
          : path.startsWith('https:')
            ? new Response(null, { status: 201, headers: { location: "x('att')" } })
            : {},
  });
  const steps = [];
  const item = { '@odata.type': '#microsoft.graph.itemAttachment' };
  await it.mail.send(
    {
      subject: 'x',
      toRecipients: ['ben@contoso.example'],
      attachments: [file(MB, 'small'), file(3 * MB + 1, 'large'), /** @type {any} */ (item)],
    },
    { onProgress: (...all) => steps.push(all), timeout: 5 },
  );
  assert.deepEqual(short(it), [
    ['POST', 'messages'],
    ['POST', 'messages/{}/attachments', 'd'],
    ['POST', 'messages/{}/attachments/createUploadSession', 'd'],
    ['PUT', 'https://outlook.office.com/u'],
    ['GET', 'messages/{}/attachments/{}', 'd', 'att'],
    ['POST', 'messages/{}/send', 'd'],
  ]);
  assert.deepEqual(it.calls[0][3], {
    subject: 'x',
    toRecipients: [{ emailAddress: { address: 'ben@contoso.example' } }],
    attachments: [{ '@odata.type': '#microsoft.graph.itemAttachment' }],
  });
  assert.deepEqual(steps, [
    [MB, 4 * MB + 1],
    [4 * MB + 1, 4 * MB + 1],
  ]);
  assert.ok(it.calls.every(([, , , , options]) => options.timeout === 5));
});

test('send: several files that are small alone go one by one in every flavour', async () => {
  for (const api of FLAVOURS) {
    const it = box({ api, answer: () => ({ id: 'd', Id: 'd' }) });
    await it.mail.send({ attachments: [file(2 * MB), file(2 * MB, 'b')] });
    assert.deepEqual(
      short(it),
      [
        ['POST', 'messages'],
        ['POST', 'messages/{}/attachments', 'd'],
        ['POST', 'messages/{}/attachments', 'd'],
        ['POST', 'messages/{}/send', 'd'],
      ],
      api,
    );
    const sent = it.calls[0][3];
    assert.deepEqual(sent[api === 'graph' ? 'attachments' : 'Attachments'], [], "under the flavour's name");
    assert.equal(Object.keys(sent).filter((key) => /^attachments$/i.test(key) && sent[key] !== undefined).length, 1);
  }
});

test('send: where a file fails, the draft is deleted, and its error is told even where that fails too', async () => {
  for (const deleting of [undefined, fail('network', 'x')]) {
    const it = box({
      answer: (path, method) =>
        path === 'messages' ? { id: 'd' } : method === 'DELETE' ? deleting : fail('too_large', 'no'),
    });
    const { signal } = new AbortController();
    await assert.rejects(it.mail.send({ attachments: [file(2 * MB), file(2 * MB)] }, { signal }), {
      code: 'too_large',
    });
    assert.deepEqual(short(it).at(-1), ['DELETE', 'messages/{}', 'd']);
    assert.equal(it.calls.at(-1)[4].signal, undefined, 'an abort does not stop that');
  }
});

test('send: a draft that cannot be made is told; a draft whose sending fails is left, for it may be on its way', async () => {
  const unmade = box({ answer: () => fail('forbidden', 'no') });
  await assert.rejects(unmade.mail.send({ attachments: [file(4 * MB)] }), { code: 'forbidden' });
  assert.equal(unmade.calls.length, 1);
  const unsent = box({ answer: (path) => (/send$/.test(path) ? fail('timeout', 'x') : { id: 'd' }) });
  await assert.rejects(unsent.mail.send({ attachments: [file(2 * MB), file(2 * MB)] }), { code: 'timeout' });
  assert.ok(!unsent.calls.some(([method]) => method === 'DELETE'));
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

for (const [name, run, path, body, only] of /** @type {[string, (m: any) => any, string, {}, string[]?][]} */ ([
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

test('a reply says something; all is true or false', async () => {
  /** @type {any} */
  const it = box();
  for (const run of [
    () => it.mail.messages.reply('i'),
    () => it.mail.messages.reply('i', null),
    () => it.mail.messages.reply('i', 'x', { all: 'yes' }),
    () => it.mail.messages.createReply('i', { all: 1 }),
    () => it.mail.messages.createReply('i', { message: 'x' }),
    () => it.mail.messages.reply('i', 5),
  ]) {
    const promise = run();
    assert.ok(promise instanceof Promise);
    await assert.rejects(promise, { code: 'invalid_argument' });
  }
  assert.deepEqual(it.calls, []);
  await it.mail.messages.createReply('i', null);
  await it.mail.messages.reply('i', 'x', null);
});

test('people by address: no quote breaks out; options go along', async () => {
  const it = box({ answer: () => ({ value: [1] }) });
  assert.deepEqual(await it.contacts.findByEmail("x' or 1 eq 1 or '@contoso.example", { timeout: 5 }), [1]);
  const [[, path, , , { filter, timeout }]] = it.calls;
  assert.deepEqual(
    [path, filter, timeout],
    ['contacts', "emailAddresses/any(a:a/address eq 'x'' or 1 eq 1 or ''@contoso.example')", 5],
  );
  await assert.rejects(it.contacts.findByEmail(undefined), { code: 'invalid_argument' });
});

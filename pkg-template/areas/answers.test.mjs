// Answers to messages: replies and drafts of replies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';
import { reply } from './outgoing.ts';

/** @typedef {import('../types.ts').Flavor} Flavor */

test('replies: a text, a draft where the flavour has it, and never nothing', async () => {
  for (const [api, said, code] of /** @type {[Flavor, any, string][]} */ ([
    ['graph', undefined, 'invalid_argument'],
    ['graph', null, 'invalid_argument'],
    ['outlook-v1', { Body: 'x' }, 'unsupported_by_api'],
  ])) {
    await assert.rejects(reply(fakeApi(api), 'id', said), { code });
  }
  const calls = [];
  await reply(
    fakeApi('graph', async (...all) => {
      calls.push([all[1], all[4]]);
    }),
    'id',
    '',
    { all: true },
  );
  assert.deepEqual(calls, [['messages/{}/replyAll', { comment: '' }]]);
});

test('a reply says something; all is true or false', async () => {
  const calls = [];
  /** @type {any} */
  const it = mailbox(fakeApi('graph', async (...all) => void calls.push(all)));
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
  assert.deepEqual(calls, []);
  await it.mail.messages.createReply('i', null);
  await it.mail.messages.reply('i', 'x', null);
});

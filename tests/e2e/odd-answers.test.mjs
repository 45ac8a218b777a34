// Answers that no service gives: a proxy, a mock or a broken peer may. Every promise settles with an error of ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, text, opened, outcome } from './answered.mjs';

const ben = { id: 'a', givenName: 'Ben' };

test('answers of any shape: an error of ours, or the value as it is', async () => {
  for (const body of ['null', '5', '"x"', '[]', '{}', '{"value":5}', '{"value":[null]}', 'false', '']) {
    const client = await opened(() => text(body), { retries: 0 });
    for (const call of [
      () => client.contacts.list(),
      () => client.contacts.create({ givenName: 'a' }),
      () => client.contacts.count(),
      () => client.mail.folders.tree(),
      () => client.mail.folder('inbox').messages.delta(),
      () => client.mail.mailTips(['ben@contoso.example']),
      () => client.settings.languages(),
      () => client.calendar.rooms(),
      () => client.calendar.freeBusy(['ben@contoso.example'], '2026-12-01T08:00', '2026-12-01T18:00'),
      () => client.mail.send({ attachments: [new Blob(['x'.repeat(3_500_000)])] }),
      () => client.mail.messages.attachments('m').add(new Blob(['x'.repeat(3_500_000)])),
      () => client.mail.messages.inlineImages('m'),
      () => client.batch([{ method: 'GET', path: '/me' }]),
    ])
      await outcome(call());
  }
});

test('what stands in place of `fetch` and gives no Response: an error of ours, and the client goes on', async () => {
  const mock = { ok: true, status: 200, json: async () => ({}) };
  for (const odd of [undefined, null, 5, 'ok', {}, mock, { ...mock, headers: {} }, { ...mock, headers: null }]) {
    let first = true;
    const client = await opened(() => (first ? () => odd : json(ben)), { retries: 0 });
    for (const call of [() => client.contacts.get('a'), () => client.contacts.create({ givenName: 'a' })])
      assert.equal((await outcome(call())).code, 'invalid_response');
    first = false;
    assert.deepEqual((await outcome(client.contacts.get('a'))).value, ben);
  }
});

test('a refusal whose body is no text is read without one', async () => {
  const client = await opened(() => () => ({ ok: false, status: 400, headers: new Headers(), text: async () => 5 }));
  assert.equal((await outcome(client.contacts.get('a'))).code, 'bad_request');
});

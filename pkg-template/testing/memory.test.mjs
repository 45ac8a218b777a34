// The client in memory: what its mailbox answers, and what it says that it cannot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error } from '../error.ts';
import { memoryClient } from './memory.ts';

const rejects = async (promise) => {
  const error = await promise.then(
    () => assert.fail('it has to reject'),
    (error) => error,
  );
  assert.ok(error instanceof Exo365Error, String(error));
  return error;
};
const collect = async (items) => {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
};

test('lists have the order, the page, the fields and the count that were asked for', async () => {
  const { client } = memoryClient({ messages: ['b', 'a', 'c'].map((subject) => ({ subject, isRead: false })) });
  const subjects = async (query) => (await client.mail.messages.list(query)).items.map(({ subject }) => subject);
  assert.deepEqual(await subjects(), ['b', 'a', 'c']);
  assert.deepEqual(await subjects({ orderBy: 'subject desc', top: 2 }), ['c', 'b']);
  assert.deepEqual(await subjects({ orderBy: ['subject'], skip: 1 }), ['b', 'c']);
  const { items, count } = await client.mail.messages.list({ select: ['subject'], count: true, top: 1 });
  assert.equal(count, 3);
  assert.deepEqual(Object.keys(items[0]).sort(), ['id', 'subject']);
});

test('all pages are walked, with the fields that were asked for', async () => {
  const messages = Array.from({ length: 25 }, (_, at) => ({ subject: String(at), bodyPreview: 'x' }));
  const { client, requests } = memoryClient({ messages });
  const found = await collect(client.mail.messages.all({ select: ['subject'] }));
  assert.deepEqual(
    found.map(({ subject }) => subject),
    messages.map(({ subject }) => subject),
  );
  assert.ok(found.every((item) => !('bodyPreview' in item)));
  assert.equal(requests.length, 3);
});

test('items are created, read, changed and deleted, in every collection', async () => {
  const { client } = memoryClient();
  /** @type {any[]} */
  const collections = [client.mail.messages, client.contacts, client.calendar.events, client.mail.folders];
  for (const collection of collections) {
    const { id } = await collection.create({ subject: 'One', categories: ['x'] });
    assert.equal((await collection.get(id)).subject, 'One');
    assert.equal((await collection.update(id, { subject: 'Two', categories: null })).subject, 'Two');
    assert.equal((await collection.get(id)).categories, null);
    await collection.delete(id);
    assert.equal((await rejects(collection.get(id))).code, 'not_found');
    assert.equal((await rejects(collection.update(id, {}))).status, 404);
  }
});

test('an answer is a copy: the mailbox does not change with it', async () => {
  const { client } = memoryClient({ messages: [{ subject: 'Kept' }] });
  const { items } = await client.mail.messages.list();
  items[0].subject = 'Changed';
  assert.equal((await client.mail.messages.get(items[0].id)).subject, 'Kept');
});

test('folders have the messages that are in them', async () => {
  const { client } = memoryClient({ messages: [{ subject: 'In' }, { subject: 'Out', parentFolderId: 'archive' }] });
  const subjects = async (folder) =>
    (await client.mail.folder(folder).messages.list()).items.map(({ subject }) => subject);
  assert.deepEqual([await subjects('inbox'), await subjects('archive')], [['In'], ['Out']]);
  const [message] = (await client.mail.folder('inbox').messages.list()).items;
  const moved = await client.mail.messages.move(message.id, 'archive');
  assert.notEqual(moved.id, message.id, 'a moved message has another id');
  assert.deepEqual([await subjects('inbox'), await subjects('archive')], [[], ['In', 'Out']]);
  await client.mail.messages.copy(moved.id, 'inbox');
  assert.deepEqual(await subjects('inbox'), ['In']);
  const { id } = await client.mail.folder('archive').messages.create({ subject: 'New' });
  await client.mail.folder('archive').messages.delete(id);
  assert.deepEqual(await subjects('archive'), ['In', 'Out']);
});

test('what is sent is in the sent items, unless it is not to be kept', async () => {
  const { client, requests } = memoryClient();
  await client.mail.send({ subject: 'Hello', toRecipients: ['ben@contoso.example'], body: 'Text' });
  await client.mail.send({ subject: 'Unkept' }, { saveToSentItems: false });
  const draft = await client.mail.messages.create({ subject: 'Draft' });
  await client.mail.messages.send(draft.id);
  const { items } = await client.mail.folder('sentitems').messages.list();
  assert.deepEqual(items.map(({ subject }) => subject).sort(), ['Draft', 'Hello']);
  /** @type {any} */
  const { body } = requests[0];
  assert.equal(body.message.toRecipients[0].emailAddress.address, 'ben@contoso.example');
});

test('a view has the events that touch it', async () => {
  const event = (subject, start, end) => ({ subject, start: { dateTime: start }, end: { dateTime: end } });
  const { client } = memoryClient({
    events: [
      event('before', '2026-12-01T07:00', '2026-12-01T08:00'),
      event('over', '2026-12-01T07:30', '2026-12-01T08:30'),
      event('in', '2026-12-01T09:00:00Z', '2026-12-01T10:00:00Z'),
      event('after', '2026-12-01T18:00', '2026-12-01T19:00'),
    ],
  });
  const found = await collect(client.calendar.view('2026-12-01T08:00', '2026-12-01T18:00'));
  assert.deepEqual(
    found.map(({ subject }) => subject),
    ['over', 'in'],
  );
});

test('the owner, settings, counts and other mailboxes', async () => {
  const { client } = memoryClient({ user: { jobTitle: 'Engineer' }, messages: [{}, {}] });
  assert.equal((await client.user()).jobTitle, 'Engineer');
  await client.updateUser({ jobTitle: 'Founder' });
  assert.deepEqual(await client.user({ select: ['jobTitle'] }), {
    id: (await client.user()).id,
    jobTitle: 'Founder',
  });
  await client.settings.update({ timeZone: 'UTC' });
  assert.equal((await client.settings.get()).timeZone, 'UTC');
  assert.equal(await client.mail.messages.count(), 2);
  const sales = client.mailbox('sales@contoso.example');
  await sales.mail.messages.create({ subject: 'Theirs' });
  assert.equal((await sales.mail.messages.list()).items.length, 1);
  assert.equal(await client.mail.messages.count(), 2);
});

test('`answer` is asked first; what it rejects with, the call rejects with', async () => {
  const { client } = memoryClient({
    answer({ method, path }) {
      if (path === 'me') return undefined;
      if (method === 'POST' && path.endsWith('/reply')) return null;
      if (path === 'messages') throw Object.assign(new Error('slow down'), { name: 'Exo365Error', code: 'throttled' });
    },
  });
  assert.equal((await rejects(client.mail.messages.list())).code, 'throttled');
  assert.equal(await client.mail.messages.reply('1', 'Thanks'), undefined);
});

test('what the mailbox does not know is refused, with what to do', async () => {
  const { client } = memoryClient({ messages: [{}] });
  assert.match((await rejects(client.mail.messages.list({ filter: 'isRead eq true' }))).message, /`filter`.*`answer`/);
  const [{ id }] = (await client.mail.messages.list()).items;
  const error = await rejects(client.mail.messages.reply(id, 'Thanks'));
  assert.match(error.message, new RegExp(`POST messages/${id}/reply.*answer`));
});

test('an aborted call is not made', async () => {
  const { client } = memoryClient();
  assert.equal((await rejects(client.mail.messages.list({ signal: AbortSignal.abort() }))).code, 'aborted');
});

test('sign-in and sign-out change the account, tell the listeners, and decide whether calls are answered', async () => {
  const { client } = memoryClient({ account: null });
  const seen = [];
  client.on('signedin', ({ username }) => seen.push(username));
  const stop = client.on('signedout', ({ reason }) => seen.push(reason));
  assert.equal((await rejects(client.user())).code, 'signed_out');
  await client.signIn();
  assert.equal(client.account.username, 'adele@contoso.example');
  await client.user();
  await client.signOut();
  stop();
  await client.signOut();
  assert.equal(client.account, null);
  assert.deepEqual(seen, ['adele@contoso.example', 'user']);
});

test('requests by path, and batches of them', async () => {
  const { client } = memoryClient({ messages: [{ subject: 'Hello' }] });
  /** @type {any} */
  const { value } = await client.request('GET', '/me/messages?$top=5');
  assert.equal(value[0].subject, 'Hello');
  const answers = await client.batch([
    { method: 'GET', path: '/me' },
    { id: 'a', method: 'GET', path: `/me/messages/${value[0].id}` },
    { method: 'GET', path: '/me/messages/none' },
  ]);
  assert.deepEqual(
    answers.map(({ id, status }) => [id, status]),
    [
      ['1', 200],
      ['a', 200],
      ['3', 404],
    ],
  );
  assert.equal(answers[2].error.code, 'not_found');
});

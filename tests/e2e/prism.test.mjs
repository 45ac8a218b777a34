// Calls that are validated by Prism against Microsoft's OpenAPI description of Graph.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowed, startClient, skip } from './prism-client.mjs';

const it = startClient();

const CALLS = {
  'messages.list': (client) =>
    client.mail.messages.list({
      select: ['subject', 'from'],
      top: 5,
      skip: 5,
      count: true,
      orderBy: 'receivedDateTime desc',
      filter: 'receivedDateTime ge 2026-01-01T00:00:00Z',
    }),
  'messages.list of a folder': (client) => client.mail.folder('inbox').messages.list({ search: '"from:ben"' }),
  'messages.get': (client) => client.mail.messages.get('AAMk=', { select: ['subject'] }),
  'messages.create': (client) =>
    client.mail.messages.create({ subject: 'Plan', body: 'First line', toRecipients: ['ben@contoso.example'] }),
  'messages.update': (client) => client.mail.messages.update('AAMk=', { isRead: true }, { ifMatch: 'W/"1"' }),
  'messages.delete': (client) => client.mail.messages.delete('AAMk='),
  'mail.send': (client) =>
    client.mail.send({
      subject: 'Hello',
      toRecipients: [{ name: 'Ben', address: 'ben@contoso.example' }],
      body: 'At noon?',
    }),
  'events.list': (client) => client.calendar.events.list({ top: 10, orderBy: ['start/dateTime'] }),
  'events.create': (client) =>
    client.calendar.events.create({
      subject: 'Planning',
      start: '2026-12-01T09:00',
      end: '2026-12-01T09:30',
      attendees: ['ben@contoso.example'],
    }),
  'events.update': (client) => client.calendar.events.update('AAMk=', { subject: 'Later' }),
  'events.delete': (client) => client.calendar.events.delete('AAMk='),
  'calendar.view': (client) => client.calendar.view('2026-12-01T00:00:00Z', '2026-12-08T00:00:00Z').list(),
  'contacts.list': (client) => client.contacts.list({ top: 10 }),
  'contacts.create': (client) =>
    client.contacts.create({
      givenName: 'Grace',
      surname: 'Hopper',
      emailAddresses: [{ address: 'grace@contoso.example', name: 'Grace' }],
    }),
  'contacts.update': (client) => client.contacts.update('AAMk=', { companyName: 'Contoso' }),
  'contacts.delete': (client) => client.contacts.delete('AAMk='),
  'another mailbox': (client) => client.mailbox('sales@contoso.example').mail.messages.list(),
  'messages.move': (client) => client.mail.messages.move('AAMk=', 'archive'),
  'messages.copy': (client) => client.mail.messages.copy('AAMk=', 'archive'),
  'messages.reply': (client) => client.mail.messages.reply('AAMk=', 'Thanks'),
  'messages.reply to all with a draft': (client) =>
    client.mail.messages.reply('AAMk=', { body: 'Thanks', ccRecipients: ['ben@contoso.example'] }, { all: true }),
  'messages.forward': (client) => client.mail.messages.forward('AAMk=', ['ben@contoso.example'], 'For you'),
  'messages.createReply': (client) => client.mail.messages.createReply('AAMk='),
  'folders.create': (client) => client.mail.folders.create({ displayName: 'Plans' }),
  'folders.children': (client) => client.mail.folders.children('AAMk=').list({ top: 5 }),
  'rules.list': (client) => client.mail.folder('inbox').rules.list(),
  'categories.create': (client) => client.mail.categories.create({ displayName: 'Travel', color: 'preset1' }),
  'focusedInbox.create': (client) =>
    client.mail.focusedInbox.create({
      classifyAs: 'focused',
      senderEmailAddress: { name: 'Ben', address: 'ben@contoso.example' },
    }),
  'attachments.list': (client) => client.mail.messages.attachments('AAMk=').list(),
  'events.accept': (client) => client.calendar.events.accept('AAMk=', { comment: 'Gladly' }),
  'events.decline with another time': (client) =>
    client.calendar.events.decline('AAMk=', { proposedStart: '2026-12-01T09:00', proposedEnd: '2026-12-01T09:30' }),
  'events.cancel': (client) => client.calendar.events.cancel('AAMk=', 'Not today'),
  'events.forward': (client) => client.calendar.events.forward('AAMk=', ['ben@contoso.example']),
  'events.snooze': (client) => client.calendar.events.snooze('AAMk=', '2026-12-01T08:50'),
  'events.dismiss': (client) => client.calendar.events.dismiss('AAMk='),
  'calendars.create': (client) => client.calendar.calendars.create({ name: 'Team' }),
  'events of a calendar': (client) => client.calendar.in('AAMk=').events.list({ top: 5 }),
  'settings.update': (client) => client.settings.update({ timeZone: 'UTC' }),
  'settings.part': (client) => client.settings.part('timeZone'),
  'contacts.findByEmail': (client) => client.contacts.findByEmail('ben@contoso.example'),
  'contact folders': (client) => client.contacts.in('AAMk=').create({ givenName: 'Grace' }),
  'people.list': (client) => client.people.list({ top: 5 }),
  user: (client) => client.user({ select: ['displayName', 'mail'] }),
  'users.list': (client) => client.users.list({ top: 5 }),
  request: (client) => client.request('GET', '/me/mailFolders', { query: { $top: '5' } }),
};

for (const [name, run] of Object.entries(CALLS)) {
  test(`${name} is what Microsoft's description allows`, { skip }, () => allowed(it, run));
}

test('the mock does refuse what the description does not allow', { skip }, async () => {
  await assert.rejects(it.client.request('GET', '/me/messages', { query: { $top: 'many' } }));
  assert.ok(it.prism.calls.at(-1).violations.length > 0);
  await assert.rejects(it.client.request('GET', '/me/no-such-thing'));
  assert.equal(it.prism.calls.at(-1).status, 404);
});

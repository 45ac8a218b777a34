// Collections: the result has what was selected; short forms are taken where the service's own forms are.
import { filter, type Client, type Draft, type EventDraft, type Moment, type Page, type Resource } from 'exo365';
import type { Contact, Event, Message } from '@microsoft/microsoft-graph-types';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

export async function mail(client: Client, signal: AbortSignal): Promise<void> {
  const page = await client.mail.messages.list({ select: ['subject', 'from'], top: 50, signal });
  holds<Equal<typeof page, Page<Pick<Resource<Message>, 'id' | 'subject' | 'from'>>>>();
  const subject: string | null | undefined = page.items[0]?.subject;
  // @ts-expect-error: not selected, not there
  page.items[0]?.body;
  // @ts-expect-error: messages have no such field
  await client.mail.messages.list({ select: ['betreff'] });
  // @ts-expect-error: the last page has no next one
  await page.next();
  const more = await page.next?.();
  const whole = await client.mail.messages.list();
  holds<Equal<(typeof whole.items)[number]['body'], Message['body']>>();

  for await (const message of client.mail.messages.all({
    filter: filter`subject eq ${"it's"} and isRead eq ${false}`,
    orderBy: 'receivedDateTime desc',
  })) {
    const id: string | undefined = message.id;
    void id;
  }
  for await (const { sender } of client.mail
    .folder('inbox')
    .messages.all({ select: ['sender'], count: true, search: 'lunch' }))
    void sender;
  // @ts-expect-error: a condition is text
  await client.mail.messages.list({ filter: { subject: 'x' } });
  // @ts-expect-error: an option with a typing error
  await client.mail.messages.list({ orderby: 'subject' });
  // @ts-expect-error: what a value in a condition cannot be
  filter`id eq ${{}}`;

  await client.mail.messages.get('AAMk', {
    select: ['subject'],
    timeout: 5_000,
    timeZone: 'Europe/Berlin',
    headers: { 'x-anchormailbox': 'a@contoso.example' },
  });
  // @ts-expect-error: an item has no pages
  await client.mail.messages.get('AAMk', { tpo: 5 });
  // @ts-expect-error: an id is text
  await client.mail.messages.get(5);
  const count: number = await client.mail.messages.count({ filter: 'isRead eq false', signal });
  await client.mail.messages.delete('AAMk', { permanently: true, ifMatch: 'W/"1"' });
  void [subject, more, count];
}

export async function writing(client: Client): Promise<void> {
  await client.mail.send(
    {
      subject: 'Hello',
      toRecipients: ['ben@contoso.example', { address: 'a@contoso.example', name: 'A' }],
      body: 'From exo365',
    },
    { saveToSentItems: false },
  );
  await client.mail.send({
    toRecipients: [{ emailAddress: { address: 'ben@contoso.example' } }],
    attachments: [new Blob(['x']), new File(['x'], 'x.txt')],
  });
  // @ts-expect-error: a name alone reaches nobody
  await client.mail.send({ toRecipients: [{ nam: 'Ben' }] });
  // @ts-expect-error: one recipient is a list of one
  await client.mail.send({ toRecipients: 'ben@contoso.example' });
  // @ts-expect-error: a subject is text
  await client.mail.send({ subject: 5 });
  const draft: Draft = { subject: null, body: { contentType: 'html', content: '<p>Hi</p>' }, importance: 'high' };
  const made: Message = await client.mail.messages.create(draft);
  const changed: Message = await client.mail.messages.update(made.id ?? '', { isRead: true, categories: ['Red'] });
  // What was read may be written again.
  await client.mail.messages.update(made.id ?? '', {
    toRecipients: changed.toRecipients ?? null,
    body: changed.body ?? null,
  });
}

export async function calendarAndContacts(client: Client): Promise<void> {
  const event: Event = await client.calendar.events.create({
    subject: 'Planning',
    start: '2026-12-01T09:00',
    end: new Date(),
    attendees: [
      'ben@contoso.example',
      { address: 'room@contoso.example', type: 'resource' },
      { emailAddress: { address: 'a@contoso.example' }, type: 'optional' },
    ],
  });
  await client.calendar.events.update(
    event.id ?? '',
    { subject: 'Later', start: '2026-12-01T10:00', location: null },
    { ifMatch: 'W/"1"', timeZone: 'Europe/Berlin' },
  );
  const moments: Moment[] = [
    new Date(),
    '2026-12-01',
    '2026-12-01T09:00:00+01:00',
    { dateTime: '2026-12-01T09:00', timeZone: 'W. Europe Standard Time' },
  ];
  const again: EventDraft = { start: event.start ?? null, end: moments[0] ?? null };
  // @ts-expect-error: seconds since 1970 are no moment
  await client.calendar.events.create({ start: Date.now() });
  // @ts-expect-error: local time with a zone has both
  await client.calendar.events.create({ start: { dateTime: 5 } });

  const view = client.calendar.view('2026-12-01', '2026-12-08', { select: ['subject'], timeZone: 'Europe/Berlin' });
  for await (const occurrence of view) void occurrence.subject;
  const first: Page<Event> = await view.list();
  // @ts-expect-error: a view has an end
  client.calendar.view('2026-12-01');

  const contacts = await client.mailbox('sales@contoso.example').contacts.list({ count: true });
  const count: number | undefined = contacts.count;
  const contact: Contact = await client.contacts.create({
    givenName: 'Pavel',
    emailAddresses: ['pavel@contoso.example', { address: 'p@contoso.example' }],
  });
  // @ts-expect-error: contacts are no messages
  await client.contacts.create({ receivedDateTime: '2026-12-01' });
  // @ts-expect-error: another mailbox has no sign-in
  await client.mailbox('sales@contoso.example').signIn();
  void [again, first, count, contact];
}

export async function request(client: Client): Promise<void> {
  const any = await client.request<{ value: unknown[] }>('GET', '/me/mailFolders', {
    query: { $top: '5' },
    as: 'json',
  });
  holds<Equal<typeof any, { value: unknown[] }>>();
  const unknown = await client.request('POST', '/me/messages/AAMk/move', { body: { destinationId: 'archive' } });
  holds<Equal<typeof unknown, unknown>>();
  // @ts-expect-error: not a form that an answer comes in
  await client.request('GET', '/me', { as: 'xml' });
}

/** Everything that is named: arguments, bodies and answers. */
export async function named(client: Client, outlook: Client<'outlook-v2'>, file: Blob): Promise<void> {
  const { messages, folders } = client.mail;
  await messages.reply('id', 'Thanks');
  await messages.reply('id', { body: 'Thanks', ccRecipients: ['ben@contoso.example'] }, { all: true });
  await messages.reply('id', { from: 'sales@contoso.example', replyTo: [{ address: 'help@contoso.example' }] });
  // @ts-expect-error: a message has recipients without a type
  await client.mail.send({ toRecipients: [{ address: 'ben@contoso.example', type: 'optional' }] });
  for await (const { id } of messages.all({ select: ['id'], stable: true })) await messages.delete(id);
  // @ts-expect-error: a page is not stable
  await messages.list({ stable: true });
  await messages.forward('id', ['ben@contoso.example', { name: 'Ben', address: 'ben@contoso.example' }], 'For you');
  const moved = await messages.move('id', 'archive');
  holds<Equal<typeof moved.subject, string | null | undefined>>();
  const mime: Blob = await messages.mime('id');
  const content: Blob = await messages.attachments('id').content('a');
  // @ts-expect-error: a forward has recipients
  await messages.forward('id');
  // @ts-expect-error: attachments are not changed
  await messages.attachments('id').update('a', {});
  const folder = await folders.create({ displayName: 'Plans' });
  await folders.children(folder.id ?? '').list();
  await client.mail.folder('inbox').messages.reply('id', 'Thanks');
  await client.mail.folder('inbox').rules.create({ displayName: 'Reports', sequence: 1 });
  await client.calendar.events.decline('id', {
    comment: 'Later?',
    proposedStart: '2026-12-01T09:00',
    proposedEnd: new Date(),
  });
  // @ts-expect-error: who accepts proposes no other time
  await client.calendar.events.accept('id', { proposedStart: new Date() });
  for await (const event of client.calendar.events.instances('id', new Date(), new Date())) event.subject?.trim();
  for await (const event of client.calendar.in('calendar').view('2026-12-01', '2026-12-08')) event.subject?.trim();
  const photo: Blob | null = await client.photo.content();
  await client.contacts.photo('id').set(file);
  // @ts-expect-error: pictures of contacts cannot be taken away
  await client.contacts.photo('id').delete('id');
  const [contact] = await outlook.contacts.findByEmail('ben@contoso.example');
  holds<Equal<typeof contact, NonNullable<typeof contact> | undefined>>();
  await outlook.settings.update({ TimeZone: 'UTC' });
  // @ts-expect-error: not one of the settings
  await client.settings.part('colour');
  // @ts-expect-error: people are not made
  await client.people.create({});
  void [mime, content, photo];
}

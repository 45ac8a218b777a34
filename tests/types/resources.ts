// What the service gives has its id, whatever was selected; and a query may stand in a variable.
import type { Client, Page, Query, Resource, View } from 'exo365';
import type { Contact, Event, Message } from '@microsoft/microsoft-graph-types';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;
type IsAny<T> = 0 extends 1 & T ? true : false;

export async function nothingIsAny(client: Client): Promise<void> {
  const { items } = await client.mail.messages.list();
  holds<Equal<IsAny<(typeof items)[number]>, false>>();
  holds<Equal<IsAny<Message>, false>>();
  const event = await client.calendar.events.get('AAMk');
  holds<Equal<IsAny<typeof event.start>, false>>();
}

export async function idsAreThere(client: Client, outlook: Client<'outlook-v2'>, file: Blob): Promise<void> {
  const { messages, folders } = client.mail;
  for (const { id } of (await messages.list()).items) await messages.move(id, 'archive');
  for await (const { id } of messages.all()) await messages.delete(id);
  const ids: string[] = [
    (await messages.create({ subject: 'Hello' })).id,
    (await messages.get('AAMk')).id,
    (await messages.update('AAMk', { isRead: true })).id,
    (await messages.move('AAMk', 'archive')).id,
    (await messages.copy('AAMk', 'archive')).id,
    (await messages.createReply('AAMk')).id,
    (await messages.createForward('AAMk')).id,
    (await messages.attachments('AAMk').add(file)).id,
    (await folders.create({ displayName: 'Plans' })).id,
    (await folders.move('AAMk', 'archive')).id,
    ...(await folders.tree()).map(({ folder }) => folder.id),
    (await client.calendar.get()).id,
    (await client.calendar.events.create({ subject: 'Planning' })).id,
    (await client.calendar.events.calendar('AAMk')).id,
    ...(await client.calendar.view('2026-12-01', '2026-12-02').list()).items.map(({ id }) => id),
    ...(await client.contacts.findByEmail('ben@contoso.example')).map(({ id }) => id),
    (await client.user()).id,
    (await client.manager()).id,
    (await client.photo.info())?.id ?? '',
    (await client.subscriptions.create({ resource: 'me/events' })).id,
    (await outlook.contacts.create({ GivenName: 'Ben' })).Id,
  ];
  for await (const room of client.calendar.rooms()) ids.push(room.id);
  const made: Resource<Contact> = await client.contacts.create({ givenName: 'Ben' });
  // @ts-expect-error: Outlook spells it Id
  (await outlook.contacts.get('AAMk')).id;
  // @ts-expect-error: settings are no item
  (await client.settings.get()).id;
  void made;
}

export async function selectKeepsTheId(client: Client, outlook: Client<'outlook-v2'>): Promise<void> {
  for (const { id, subject } of (await client.mail.messages.list({ select: ['subject'] })).items) {
    await client.mail.messages.update(id, { subject: subject ?? null });
  }
  for await (const { id } of client.contacts.all({ select: ['displayName'] })) await client.contacts.delete(id);
  const id: string = (await client.calendar.events.get('AAMk', { select: ['subject', 'start'] })).id;
  const changed: string[] = (await client.contacts.delta({ select: ['displayName'] })).items.map((one) => one.id);
  const both: string = (await client.mail.messages.get('AAMk', { select: ['id', 'subject'] })).id;
  const { items } = await outlook.mail.messages.list({ select: ['Subject'] });
  const spelled: string[] = items.map(({ Id }) => Id);
  // @ts-expect-error: not selected, not there
  items[0]?.Body;

  // The directory gives exactly what was selected.
  const user = await client.user({ select: ['displayName'] });
  // @ts-expect-error: not selected, not there
  user.id;
  const whole: string[] = (await client.users.list({ select: ['id', 'displayName'] })).items.map((one) => one.id);
  void [id, changed, both, spelled, whole];
}

export async function aQueryInAVariable(client: Client, outlook: Client<'outlook-v2'>): Promise<void> {
  const query = { select: ['subject', 'from'], orderBy: ['receivedDateTime desc'], top: 5 };
  const { items } = await client.mail.messages.list(query);
  const id: string | undefined = items[0]?.id;
  const subject: string | null | undefined = items[0]?.subject;
  for await (const message of client.mail.messages.all(query)) void message.body;
  const one = { select: ['subject'] };
  const message: Message = await client.mail.messages.get('AAMk', one);
  await client.mail.folder('inbox').messages.delta(one);
  await outlook.mail.messages.list({ select: one.select.map((name) => name.toUpperCase()) });
  const view = { select: ['subject'], timeZone: 'Europe/Berlin' };
  for await (const event of client.calendar.view('2026-12-01', '2026-12-02', view)) void event.subject;

  // With the names of the fields, the answer has these fields.
  const fixed = { select: ['subject'], top: 5 } as const;
  const page = await client.mail.messages.list(fixed);
  holds<Equal<keyof (typeof page.items)[number], 'id' | 'subject'>>();
  const declared: Query<Message> = { select: ['subject'] };
  await client.mail.messages.list(declared);
  // @ts-expect-error: messages have no such field
  const wrong: Query<Message> = { select: ['betreff'] };
  // @ts-expect-error: nor among others
  await client.mail.messages.list({ select: ['subject', 'betreff'] });
  void [id, subject, message, wrong];
}

export async function viewsKnowWhatWasSelected(client: Client): Promise<void> {
  const view = client.calendar.view('2026-12-01', '2026-12-02', { select: ['subject'] });
  holds<Equal<typeof view, View<'graph', 'subject'>>>();
  for await (const event of view) {
    void [event.id, event.subject];
    // @ts-expect-error: not selected, not there
    event.body;
  }
  const whole: Page<Resource<Event>> = await client.calendar.view('2026-12-01', '2026-12-02').list();
  void whole;
}

// The three flavours: each spells the fields its own way, and only its own way.
import { createClient, type Client, type Key, type Model, type Resource } from 'exo365';
import type { Event, Message } from '@microsoft/microsoft-graph-types';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

export async function theFlavourIsThatOfTheSettings(): Promise<void> {
  const graph = await createClient({ endpoint: '/auth', api: 'graph' });
  const v2 = await createClient({ endpoint: '/auth', api: 'outlook-v2' });
  const v1 = await createClient({ endpoint: '/auth', api: 'outlook-v1', identity: 'v1' });
  holds<Equal<typeof graph, Client<'graph'>>>();
  holds<Equal<typeof v2, Client<'outlook-v2'>>>();
  holds<Equal<typeof v1, Client<'outlook-v1'>>>();
  holds<Equal<Model<Message, 'graph'>, Message>>();
  holds<Equal<Extract<Key<Event, 'outlook-v2'>, 'Subject' | 'subject'>, 'Subject'>>();
  // @ts-expect-error: no such flavour
  await createClient({ endpoint: '/auth', api: 'ews' });
}

export async function graph(client: Client<'graph'>): Promise<void> {
  const { items } = await client.calendar.events.list({
    select: ['subject', 'start'],
    orderBy: ['start/dateTime', 'subject'],
  });
  holds<Equal<(typeof items)[number], Pick<Resource<Event>, 'id' | 'subject' | 'start'>>>();
  const zone: string | null | undefined = items[0]?.start?.timeZone;
  // @ts-expect-error: not selected, not there
  items[0]?.end;
  // @ts-expect-error: Graph spells it subject
  await client.calendar.events.list({ select: ['Subject'] });
  // @ts-expect-error: nor under that name in a draft
  await client.mail.messages.create({ Subject: 'Hello' });
  void zone;
}

export async function outlook(v2: Client<'outlook-v2'>, v1: Client<'outlook-v1'>): Promise<void> {
  const message = await v2.mail.messages.get('AAMk', { select: ['Subject', 'From'] });
  const from: string | null | undefined = message.From?.EmailAddress?.Address;
  // @ts-expect-error: not selected, not there
  message.Body;
  // @ts-expect-error: the answer is spelled as Outlook spells it, all the way down
  message.From?.emailAddress;
  for await (const contact of v1.contacts.all({ select: ['GivenName'] })) {
    const name: string | null | undefined = contact.GivenName;
    void name;
  }
  // Short forms go under either name.
  await v2.mail.send({ Subject: 'Hello', ToRecipients: ['ben@contoso.example'], Body: 'From exo365' });
  await v2.mail.send({
    Subject: 'Hello',
    toRecipients: ['ben@contoso.example'],
    body: { contentType: 'html', content: '<p>Hi</p>' },
  });
  await v1.calendar.events.create({
    Subject: 'Planning',
    Start: '2026-12-01T09:00',
    End: new Date(),
    Attendees: ['ben@contoso.example'],
  });
  // @ts-expect-error: a body is no number
  await v2.mail.send({ Body: 5 });
  void from;
}

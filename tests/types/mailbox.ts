// Collections: the result has what was selected; short forms are taken where the service's own forms are.
import { filter, type Client } from 'exo365';

export async function mail(client: Client, signal: AbortSignal): Promise<void> {
  const page = await client.mail.messages.list({ select: ['subject', 'from'], top: 50, signal });
  const subject: string | null | undefined = page.items[0]?.subject;
  // @ts-expect-error: not selected, not there
  page.items[0]?.body;
  // @ts-expect-error: messages have no such field
  await client.mail.messages.list({ select: ['betreff'] });
  const more = await page.next?.();

  for await (const message of client.mail.messages.all({ filter: filter`subject eq ${"it's"}`, orderBy: 'receivedDateTime desc' })) {
    const id: string | undefined = message.id;
    void id;
  }
  await client.mail.send({ subject: 'Hello', toRecipients: ['ben@contoso.example', { address: 'a@contoso.example', name: 'A' }], body: 'From exo365' });
  // @ts-expect-error: a recipient is an address, or a name and an address
  await client.mail.send({ toRecipients: [{ name: 'Ben' }] });
  await client.mail.folder('inbox').messages.list();
  void [subject, more];
}

export async function calendarAndContacts(client: Client): Promise<void> {
  const event = await client.calendar.events.create({ subject: 'Planning', start: '2026-12-01T09:00', end: new Date(), attendees: ['ben@contoso.example'] });
  await client.calendar.events.update(event.id ?? '', { subject: 'Later' }, { ifMatch: 'W/"1"' });
  for await (const occurrence of client.calendar.view('2026-12-01', '2026-12-08')) void occurrence.subject;
  const contacts = await client.mailbox('sales@contoso.example').contacts.list({ count: true });
  const count: number | undefined = contacts.count;
  const any = await client.request<{ value: unknown[] }>('GET', '/me/mailFolders', { query: { $top: '5' } });
  void [count, any.value];
}

// Changes, batches, uploads, trees, windows: what compiles, and what must not.
import {
  createClient,
  type Account,
  type BatchRequest,
  type BatchResponse,
  type Client,
  type Delta,
  type DeltaOptions,
  type Diagnostic,
  type ErrorCode,
  type FolderNode,
  type Folders,
  type Progress,
  type Resource,
} from 'exo365';
import type {
  Attachment,
  CalendarRoleType,
  Contact,
  ConvertIdResult,
  Event,
  InferenceClassification,
  LocaleInfo,
  MailFolder,
  MailTips,
  MeetingTimeSuggestionsResult,
  Message,
  Reminder,
  Room,
  RoomList,
  ScheduleInformation,
  TimeZoneInformation,
  User,
} from '@microsoft/microsoft-graph-types';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

export async function settings(): Promise<void> {
  await createClient({ endpoint: '/auth', concurrency: 2, batching: 'off', mode: 'proxy' });
  await createClient({ endpoint: '/auth', batching: 'auto', mode: 'direct' });
  // @ts-expect-error: on or off is written auto or off
  await createClient({ endpoint: '/auth', batching: true });
  // @ts-expect-error: a number of calls
  await createClient({ endpoint: '/auth', concurrency: 'four' });
  // @ts-expect-error: no such mode
  await createClient({ endpoint: '/auth', mode: 'redirect' });
}

export async function changes(client: Client, outlook: Client<'outlook-v2'>, signal: AbortSignal): Promise<void> {
  const inbox = client.mail.folder('inbox').messages;
  const all = await inbox.delta();
  holds<Equal<(typeof all.items)[number]['body'], Message['body']>>();
  const round = await inbox.delta({ token: all.token, pageSize: 50, select: ['subject'], signal, timeout: 5_000 });
  holds<Equal<typeof round, Delta<Pick<Resource<Message>, 'subject' | 'id'>>>>();
  const subject: string | null | undefined = round.items[0]?.subject;
  const id: string | undefined = round.items[0]?.id;
  const [token, resynced]: [string, boolean] = [round.token, round.resynced];
  for (const { id, reason } of round.removed)
    holds<Equal<[typeof id, typeof reason], [string, 'deleted' | 'changed']>>();
  // @ts-expect-error: not selected, not there
  round.items[0]?.body;
  // @ts-expect-error: messages have no such field
  await inbox.delta({ select: ['betreff'] });
  // @ts-expect-error: pages of changes have a size, not a top
  await client.contacts.delta({ top: 5 });
  // @ts-expect-error: a round has no condition
  await client.contacts.delta({ filter: "givenName eq 'x'" });
  // @ts-expect-error: a token is text
  await client.contacts.delta({ token: null });
  const { items } = await outlook.contacts.delta({ select: ['DisplayName'] });
  holds<Equal<(typeof items)[number], Pick<Resource<Contact, 'outlook-v2'>, 'DisplayName' | 'Id'>>>();

  const view = client.calendar.view('2026-01-01', '2026-02-01');
  const occurrences: Delta<Event> = await view.delta({ pageSize: 5 });
  await client.calendar.in('id').view('2026-01-01', new Date()).delta({ token });
  await client.calendar.events.instances('id', '2026-01-01', '2026-02-01').delta();
  // @ts-expect-error: a view has no select
  await view.delta({ select: ['subject'] });
  // @ts-expect-error: attachments do not tell their changes
  await client.mail.messages.attachments('id').delta();
  // @ts-expect-error: nor do people
  await client.people.delta();
  const kept: DeltaOptions = { token };
  await client.users.delta({ ...(kept.token !== undefined && { token: kept.token }) });
  void [subject, id, resynced, occurrences];
}

export async function batches(client: Client, signal: AbortSignal): Promise<void> {
  const requests: readonly BatchRequest[] = [
    { method: 'GET', path: '/me' },
    {
      id: 'b',
      method: 'POST',
      path: '/me/contacts',
      body: {},
      headers: { prefer: 'return=minimal' },
      dependsOn: ['1'] as const,
    },
    { method: 'PUT', path: '/me/photo/$value', body: new Blob(['x']) },
  ];
  const results = await client.batch(requests, { signal, timeout: 5_000, timeZone: 'Europe/Berlin' });
  holds<Equal<typeof results, BatchResponse[]>>();
  const first = results[0];
  const status: number | undefined = first?.status;
  const code: ErrorCode | undefined = first?.error?.code;
  // @ts-expect-error: what came back has to be looked at
  first?.body.value;
  // @ts-expect-error: a request has a path
  await client.batch([{ method: 'GET', url: '/me' }]);
  // @ts-expect-error: and a method
  await client.batch([{ path: '/me' }]);
  // @ts-expect-error: ids are texts
  await client.batch([{ id: 1, method: 'GET', path: '/me' }]);
  // @ts-expect-error: one dependency is a list of one
  await client.batch([{ method: 'GET', path: '/me', dependsOn: '1' }]);
  // @ts-expect-error: headers belong to the requests
  await client.batch(requests, { headers: { a: 'b' } });
  // @ts-expect-error: another mailbox is in the path
  await client.mailbox('sales@contoso.example').batch(requests);
  void [status, code];
}

export async function files(client: Client, file: File): Promise<void> {
  const progress: Progress = (sent, total) => void (sent / total);
  const own = client.mail.messages.attachments('id');
  const made: Attachment = await own.add(file, { contentId: 'logo', name: 'logo.png', onProgress: progress });
  await client.calendar.events.attachments('id').add(new Blob(['x']));
  await client.mail.folder('inbox').messages.attachments('id').add(file);
  // @ts-expect-error: a text is no file
  await own.add('x');
  // @ts-expect-error: attachments are not changed
  await own.update('x', {});
  // @ts-expect-error: they are added, not created
  await own.create({});
  // @ts-expect-error: progress is told to a function
  await own.add(file, { onProgress: true });
  const pictures: Map<string, string> = await client.mail.messages.inlineImages('id');
  await client.mail.send(
    { attachments: [file] },
    {
      saveToSentItems: true,
      onProgress: (sent, total) => holds<Equal<[typeof sent, typeof total], [number, number]>>(),
    },
  );
  // @ts-expect-error: progress belongs to the options
  await client.mail.send({ attachments: [file], onProgress: progress });
  void [made, pictures];
}

export async function answers(client: Client, outlook: Client<'outlook-v2'>): Promise<void> {
  const draft: Message = await client.mail.messages.createReply('id', {
    all: true,
    comment: 'x',
    message: { subject: 'y', ccRecipients: ['ben@contoso.example'] },
  });
  await client.mail.messages.createForward('id', {
    comment: 'x',
    toRecipients: ['ben@contoso.example', { name: 'Ben', address: 'ben@contoso.example' }],
    message: { body: 'x' },
  });
  const own = await outlook.mail.messages.createReply('id', { message: { Subject: 'y' } });
  holds<Equal<typeof own.Subject, string | null | undefined>>();
  // @ts-expect-error: a forward goes to its recipients, not to all
  await client.mail.messages.createForward('id', { all: true });
  // @ts-expect-error: one recipient is a list of one
  await client.mail.messages.createForward('id', { toRecipients: 'ben@contoso.example' });
  void draft;
}

export async function folders(client: Client, outlook: Client<'outlook-v2'>): Promise<void> {
  const nodes = await client.mail.folders.tree();
  holds<Equal<typeof nodes, FolderNode<'graph'>[]>>();
  const walk = (node: FolderNode): string[] => [node.folder.displayName ?? '', ...node.children.flatMap(walk)];
  const inner: Folders = client.mail.folders.children('id').children('id');
  await inner.tree({ timeout: 5_000 });
  await client.mail.folder('inbox').children.tree();
  const deep: MailFolder = await inner.move('id', 'archive');
  const name: string | null | undefined = (await outlook.mail.folders.children('id').tree())[0]?.folder.DisplayName;
  for await (const { subject } of client.mail
    .folder('inbox')
    .child('id')
    .messages.all({ select: ['subject'] }))
    void subject;
  // @ts-expect-error: a folder by its parent has messages, no rules
  client.mail.folder('inbox').child('id').rules;
  // @ts-expect-error: a node has its folder inside
  nodes[0]?.displayName;
  void [nodes.flatMap(walk), deep, name];
}

export async function around(client: Client): Promise<void> {
  const { calendar, mail, settings } = client;
  const busy: ScheduleInformation[] = await calendar.freeBusy(['a@contoso.example'], '2026-01-01', new Date(), {
    interval: 30,
    timeZone: 'Europe/Berlin',
  });
  // @ts-expect-error: one person is a list of one
  await calendar.freeBusy('a@contoso.example', '2026-01-01', '2026-01-02');
  // @ts-expect-error: the interval is a number of minutes
  await calendar.freeBusy(['a@contoso.example'], '2026-01-01', '2026-01-02', { interval: 'PT30M' });
  const times: MeetingTimeSuggestionsResult = await calendar.findTimes({ meetingDuration: 'PT1H' });
  const reminders: Reminder[] = await calendar.reminders('2026-01-01', '2026-01-02');
  const roles: CalendarRoleType[] = await calendar.sharingRoles('a@contoso.example');
  for await (const room of calendar.rooms({ list: 'x', top: 100 })) holds<Equal<typeof room, Resource<Room>>>();
  for await (const list of calendar.roomLists.all()) holds<Equal<typeof list.emailAddress, RoomList['emailAddress']>>();
  // @ts-expect-error: rooms are the organisation's
  await calendar.roomLists.create({});
  await calendar.primary.events.create({ subject: 'x', start: '2026-01-01T09:00', end: '2026-01-01T10:00' });
  for await (const { subject } of calendar.primary.view('2026-01-01', '2026-01-02')) void subject;

  const tips: MailTips[] = await mail.mailTips(['a@contoso.example']);
  const ids: ConvertIdResult[] = await mail.translateIds(['a'], 'restId', 'restImmutableEntryId');
  // @ts-expect-error: no such form of ids
  await mail.translateIds(['a'], 'restId', 'long');
  // @ts-expect-error: two forms: what they are, and what they are to be
  await mail.translateIds(['a'], 'restId');
  const focused: InferenceClassification = await mail.focusedInbox.classification();
  const zones: TimeZoneInformation[] = [...(await settings.timeZones()), ...(await settings.timeZonesBy('Iana'))];
  // @ts-expect-error: no such standard
  await settings.timeZonesBy('POSIX');
  const languages: LocaleInfo[] = await settings.languages();
  // biome-ignore lint/suspicious/noConfusingVoidType: the type that is promised
  const nothing: void = await client.updateUser({ mobilePhone: '+49 30 1' });
  // @ts-expect-error: users have no such field
  await client.updateUser({ phone: '+49 30 1' });
  const owner: User = await client.user();
  void [busy, times, reminders, roles, tips, ids, focused, zones, languages, nothing, owner];
}

export async function windows(client: Client): Promise<void> {
  const account: Account = await client.signIn({ mode: 'popup', extra: { max_age: '0' } });
  const consent: { tenant: string; scopes: string[] } = await client.adminConsent({ mode: 'popup' });
  // @ts-expect-error: a window, or a redirect
  await client.signIn({ mode: 'iframe' });
  // @ts-expect-error: parameters are texts
  await client.signIn({ extra: { max_age: 0 } });
  const stop: () => void = client.on('signedin', (event) => holds<Equal<typeof event, Account>>());
  client.on('diagnostic', (event) => holds<Equal<typeof event, Diagnostic>>());
  // @ts-expect-error: each event has its own form
  client.on('signedin', ({ reason }) => reason);
  // @ts-expect-error: no such event
  client.on('renewed', () => {});
  const newest: Diagnostic | undefined = client.diagnostics.list()[0];
  client.diagnostics.clear();
  const report: Promise<string> = client.diagnostics.text();
  void createClient({ endpoint: '/auth', keepDiagnostics: true });
  // @ts-expect-error: it is kept or not
  void createClient({ endpoint: '/auth', keepDiagnostics: 'indexeddb' });
  // @ts-expect-error: what is kept is the client's
  client.diagnostics = { list: () => [], clear: () => {}, text: async () => '' };
  void [account, consent, stop, report, newest?.attempts.toFixed(), newest?.code];
}

// Changes, batches, uploads, trees, windows: what compiles, and what must not.
import { createClient } from 'exo365';
import type { Message, ScheduleInformation } from '@microsoft/microsoft-graph-types';

const client = await createClient({ endpoint: '/auth', concurrency: 2, batching: 'off', mode: 'proxy' });
const outlook = await createClient({ getToken: async () => 'a', api: 'outlook-v2' });

const round = await client.mail.folder('inbox').messages.delta({ token: 'x', pageSize: 50, select: ['subject'] });
const items: Message[] = round.items;
const [token, resynced, reason]: [string, boolean, 'deleted' | 'changed'] = [round.token, round.resynced, round.removed[0].reason];
const subject: string | null | undefined = (await outlook.contacts.delta()).items[0].DisplayName;
await client.calendar.view('2026-01-01', '2026-02-01').delta({ pageSize: 5 });
// @ts-expect-error a view has no select
await client.calendar.view('2026-01-01', '2026-02-01').delta({ select: ['subject'] });
// @ts-expect-error pages of changes have a size, not a top
await client.contacts.delta({ top: 5 });

const [answer] = await client.batch([{ method: 'GET', path: '/me' }, { id: 'b', method: 'POST', path: '/me/contacts', body: {}, dependsOn: ['a'] }]);
const status: number = answer.status;
const code: string | undefined = answer.error?.code;
// @ts-expect-error a request has a path
await client.batch([{ method: 'GET', url: '/me' }]);

const files = client.mail.messages.attachments('id');
await files.add(new File(['x'], 'a.txt'), { contentId: 'logo', onProgress: (sent: number, total: number) => void (sent / total) });
// @ts-expect-error a text is no file
await files.add('x');
// @ts-expect-error attachments are not changed
await files.update('x', {});
const pictures: Map<string, string> = await client.mail.messages.inlineImages('id');

const [node] = await client.mail.folders.tree();
const name: string | null | undefined = node.children[0].folder.displayName;
const own: string | null | undefined = (await outlook.mail.folders.children('id').tree())[0].folder.DisplayName;

const [busy]: ScheduleInformation[] = await client.calendar.freeBusy(['a@contoso.example'], '2026-01-01', new Date(), { interval: 30 });
for await (const room of client.calendar.rooms({ list: 'x' })) void room.displayName;
await client.mail.translateIds(['a'], 'restId', 'restImmutableEntryId');
// @ts-expect-error no such form of ids
await client.mail.translateIds(['a'], 'restId', 'long');
await client.mail.messages.createReply('id', { all: true, comment: 'x', message: { subject: 'y' } });

const account = await client.signIn({ mode: 'popup', extra: { max_age: '0' } });
const consent: { tenant: string; scopes: string[] } = await client.adminConsent({ mode: 'popup' });
// @ts-expect-error a window, or a redirect
await client.signIn({ mode: 'iframe' });
client.on('signedin', ({ username }) => username.length);
client.on('diagnostic', ({ durationMs, code }) => void [durationMs.toFixed(), code]);
// @ts-expect-error no such event
client.on('renewed', () => {});
const [newest] = client.diagnostics.list();
void [items, token, resynced, reason, subject, status, code, pictures, name, own, busy, account, consent, newest.attempts];

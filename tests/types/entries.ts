// Every entry has types, and they are the same ones.
import { type Client, createClient } from 'exo365';
import * as full from 'exo365/full';
import * as inline from 'exo365/inline';
import { Exo365Provider, useAccount, useCall, useExo365 } from 'exo365/react';
import { start, type StartOptions } from 'exo365/start';
import { memoryClient, startTenant } from 'exo365/testing';

const same: typeof createClient = full.createClient;
const again: typeof same = inline.createClient;

export async function entries(): Promise<Client> {
  const { client, tenant } = await startTenant({ user: 'ben@contoso.example', client: { batching: 'off' } });
  await tenant.fault({ kind: 'status', status: 503, times: 1, match: { path: '/messages' } });
  // @ts-expect-error: the tenant is the cloud.
  await startTenant({ client: { cloud: 'global' } });
  // @ts-expect-error: a message has no such field.
  memoryClient({ messages: [{ title: 'Hello' }] });
  const { id } = (await client.mail.messages.list()).items[0] ?? {};
  return id ? again({ endpoint: '/auth' }) : memoryClient({ account: null }).client;
}

export function hooks(folder: string): string[] {
  const { status, client, retry } = useExo365();
  const account = useAccount();
  const { data, loading } = useCall(
    ({ mail }, { signal }) => mail.folder(folder).messages.list({ select: ['subject'], signal }),
    [folder],
  );
  if (status === 'failed') retry();
  client?.on('signedin', ({ username }) => username === account?.username);
  // @ts-expect-error: the body was not selected.
  data?.items[0]?.body;
  Exo365Provider({ open: () => createClient({ endpoint: '/auth' }), children: null });
  return loading ? [] : (data?.items.map(({ subject }) => subject ?? '') ?? []);
}

export async function begun(options: StartOptions): Promise<string[]> {
  start({
    ...options,
    preload: [['mailFolders/{}/messages', ['inbox'], { select: ['subject'], top: 10 }], ['contacts']],
  });
  // @ts-expect-error: without an endpoint nothing can begin.
  start({ wasm: '/exo365_bg.wasm' });
  const client = await again({
    endpoint: '/auth',
    preload: ({ mail, calendar, request }) => [
      mail.messages.list({ select: ['subject'], top: 10 }),
      calendar.view('2026-12-01', '2026-12-02').list(),
      request('GET', '/me/outlook/masterCategories'),
    ],
  });
  // @ts-expect-error: it preloads nothing.
  again({ endpoint: '/auth', preload: () => {} });
  // @ts-expect-error: a preload asks for the signed-in user's mailbox.
  again({ endpoint: '/auth', preload: ({ mailbox }) => [mailbox('ben@contoso.example')] });
  const outlook = await createClient({
    endpoint: '/auth',
    api: 'outlook-v2',
    preload: ({ mail }) => [mail.messages.list({ select: ['Subject'] })],
  });
  const unused = client.diagnostics.list().filter(({ unused }) => unused);
  return [...unused.map(({ url }) => url), (await outlook.mail.messages.list()).items[0]?.Subject ?? ''];
}

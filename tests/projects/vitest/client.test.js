// A test of an app in a simulated browser: a real client on a local tenant, one in memory, and a mocked network.
import { createClient, Exo365Error } from 'exo365';
import { memoryClient, startTenant } from 'exo365/testing';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, expect, test, vi } from 'vitest';

const ends = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

test('the environment is the simulated browser', () => {
  expect(typeof window).toBe('object');
});

test('a client on the local tenant', async () => {
  const { client, tenant } = await startTenant({ user: 'adele@contoso.example' });
  ends.push(() => tenant.end());
  const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
  expect(items).toHaveLength(5);
  await client.mail.send({ subject: 'Hello', toRecipients: ['ben@contoso.example'], body: 'From a test' });
  await tenant.fault({ kind: 'status', status: 403, times: 1 });
  const error = await client.mail.messages.list().catch((error) => error);
  expect(error).toBeInstanceOf(Exo365Error);
  expect(error.code).toBe('forbidden');
});

test('a client in memory', async () => {
  const { client } = memoryClient({ messages: [{ subject: 'Hello' }] });
  const { items } = await client.mail.messages.list({ select: ['subject'] });
  expect(items[0].subject).toBe('Hello');
});

const getToken = async () => ({ token: 'from-a-test', expiresIn: 3600, scopes: [] });

test('a mock of fetch that begins after the import is asked', async () => {
  const answer = () => Response.json({ value: [{ id: '1', subject: 'Mocked' }] });
  const mock = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer());
  const client = await createClient({ getToken });
  const { items } = await client.mail.messages.list();
  expect(items[0].subject).toBe('Mocked');
  expect(String(mock.mock.calls[0][0])).toMatch(/^https:\/\/graph\.microsoft\.com\//);
  mock.mockRestore();
});

test('MSW that begins after the import is asked', async () => {
  const server = setupServer(
    http.get('https://graph.microsoft.com/v1.0/me/messages', () =>
      HttpResponse.json({ value: [{ id: '1', subject: 'From MSW' }] }),
    ),
  );
  server.listen({ onUnhandledRequest: 'error' });
  ends.push(() => server.close());
  const client = await createClient({ getToken, timeZone: 'UTC' });
  const { items } = await client.mail.messages.list();
  expect(items[0].subject).toBe('From MSW');
});

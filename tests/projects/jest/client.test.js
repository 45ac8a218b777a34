// A test of an app in Jest: a real client on a local tenant, and one in memory.
const { createClient, Exo365Error } = require('exo365');
const { memoryClient, startTenant } = require('exo365/testing');

const ends = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
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

test('a mock of fetch that begins after the import is asked', async () => {
  const mock = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    return Response.json({ value: [{ id: '1', subject: 'Mocked' }] });
  });
  const client = await createClient({
    getToken: async () => ({ token: 'from-a-test', expiresIn: 3600, scopes: [] }),
  });
  const { items } = await client.mail.messages.list();
  expect(items[0].subject).toBe('Mocked');
  mock.mockRestore();
});

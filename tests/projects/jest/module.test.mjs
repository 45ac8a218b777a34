// The same in Jest with ES modules.
import { createClient } from 'exo365';
import { memoryClient, startTenant } from 'exo365/testing';

test('a client on the local tenant', async () => {
  const { client, tenant } = await startTenant();
  const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
  expect(items).toHaveLength(5);
  await tenant.end();
});

test('a client in memory', async () => {
  const { client } = memoryClient({ contacts: [{ displayName: 'Ben' }] });
  expect((await client.contacts.list()).items[0].displayName).toBe('Ben');
  expect(typeof createClient).toBe('function');
});

// A client of its own, by the page's session.
import { createClient } from 'exo365/inline';

async function read() {
  const client = await createClient({ endpoint: '/auth' });
  const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
  await client.mail.messages.update(items[0].id, { isRead: true });
  return items.map(({ subject }) => subject);
}

addEventListener('message', () =>
  read().then(
    (subjects) => postMessage({ subjects }),
    ({ code, message }) => postMessage({ error: { code, message } }),
  ),
);

// Signs in and shows ten subjects, with exo365: the list comes beside the session.
import { createClient } from 'exo365';
import { show } from './show.js';

const query = { select: ['subject'], top: 10 };
const client = await createClient({ endpoint: '/auth', preload: ({ mail }) => [mail.messages.list(query)] });
document.querySelector('button').onclick = () => client.signIn();
if (client.account) {
  const { items } = await client.mail.messages.list(query);
  show(client.account.username, items);
}

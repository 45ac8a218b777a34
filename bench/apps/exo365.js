// Signs in and shows ten subjects, with exo365.
import { createClient } from 'exo365';
import { show } from './show.js';

const client = await createClient({ endpoint: '/auth' });
document.querySelector('button').onclick = () => client.signIn();
if (client.account) {
  const { items } = await client.mail.messages.list({ select: ['subject'], top: 10 });
  show(client.account.username, items);
}

// The page of every project: signs in, reads the inbox, and writes to it.
import { createClient } from 'exo365';

const state = document.querySelector('#state');
const fail = (error) => {
  state.textContent = `${error.code}: ${error.message}`;
};

createClient({ endpoint: '/auth' })
  .then(async (client) => {
    document.querySelector('#signin').addEventListener('click', () => client.signIn().catch(fail));
    state.textContent = client.account ? client.account.username : 'signed out';
    if (!client.account) return;
    const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
    await client.mail.messages.update(items[0].id, { isRead: true });
    for (const { subject } of items) {
      const item = document.createElement('li');
      item.textContent = subject;
      document.querySelector('#inbox').append(item);
    }
  })
  .catch(fail);

// The script tag before this one made the global `Exo365`.
const find = (id) => document.getElementById(id);
const fail = (error) => {
  find('state').textContent = `${error.code ?? error.name}: ${error.message} ${error.remedy ?? ''}`;
};

async function show(client) {
  find('state').textContent = client.account ? client.account.username : 'signed out';
  find('signin').hidden = Boolean(client.account);
  find('signout').hidden = !client.account;
  find('inbox').replaceChildren();
  if (!client.account) return;
  const { items } = await client.mail.folder('inbox').messages.list({ select: ['id', 'subject', 'isRead'], top: 5 });
  find('inbox').append(...items.map((message) => entry(client, message)));
}

/** A line of the list; a click marks the message as read. */
function entry(client, { id, subject, isRead }) {
  const line = document.createElement('li');
  const button = document.createElement('button');
  button.textContent = subject;
  line.className = isRead ? 'read' : 'unread';
  button.addEventListener('click', async () => {
    await client.mail.messages.update(id, { isRead: true }).catch(fail);
    await show(client).catch(fail);
  });
  line.append(button);
  return line;
}

Exo365.createClient({ endpoint: '/auth' })
  .then((client) => {
    find('signin').addEventListener('click', () => client.signIn().catch(fail));
    find('signout').addEventListener('click', () => client.signOut().catch(fail));
    return show(client);
  })
  .catch(fail);

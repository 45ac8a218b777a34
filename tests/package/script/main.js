(async () => {
  const state = document.querySelector('#state');
  const fail = (error) => {
    state.textContent = `${error.code}: ${error.message}`;
  };
  try {
    const client = await Exo365.createClient({ endpoint: '/auth' });
    document.querySelector('#signin').addEventListener('click', () => client.signIn().catch(fail));
    state.textContent = client.account ? client.account.username : 'signed out';
    if (!client.account) return;
    const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
    for (const { subject } of items) {
      document.querySelector('#inbox').append(Object.assign(document.createElement('li'), { textContent: subject }));
    }
  } catch (error) {
    fail(error);
  }
})();

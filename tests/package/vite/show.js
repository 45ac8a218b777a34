/** Shows who is signed in and the newest subjects, or what went wrong. */
export async function show(promise) {
  const state = document.querySelector('#state');
  try {
    const client = await promise;
    document.querySelector('#signin').addEventListener('click', () => client.signIn().catch(fail));
    state.textContent = client.account ? client.account.username : 'signed out';
    if (!client.account) return;
    const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
    for (const { subject } of items) {
      const item = document.createElement('li');
      item.textContent = subject;
      document.querySelector('#inbox').append(item);
    }
  } catch (error) {
    fail(error);
  }
  function fail(error) {
    state.textContent = `${error.code}: ${error.message}`;
  }
}

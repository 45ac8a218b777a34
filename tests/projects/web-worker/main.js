// The page signs in. Its worker has the same session: it reads the inbox and writes to it.
import { createClient } from 'exo365';

const state = document.querySelector('#state');
const fail = (error) => {
  state.textContent = `${error.code}: ${error.message}`;
};

function show(subject) {
  const item = document.createElement('li');
  item.textContent = subject;
  document.querySelector('#inbox').append(item);
}

createClient({ endpoint: '/auth' })
  .then(async (client) => {
    document.querySelector('#signin').addEventListener('click', () => client.signIn().catch(fail));
    state.textContent = client.account ? client.account.username : 'signed out';
    if (!client.account) return;
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }) => {
      if (data.error) fail(data.error);
      else data.subjects.forEach(show);
    });
    worker.addEventListener('error', ({ message }) => fail({ code: 'worker', message }));
    worker.postMessage('read');
  })
  .catch(fail);

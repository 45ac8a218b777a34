// Your page: people sign in here, and the extension gets a token of theirs.
import { createClient } from './vendor/exo365/index.js';

/** The id of the extension: it follows from `key` in its manifest. */
const EXTENSION = 'mfjhoaplmcboeceahbpdabljoleddpnc';
/** Only for the local tenant. */
const API = location.hostname === 'localhost' ? 'http://localhost:8400' : undefined;

const find = (id) => document.getElementById(id);
const fail = (error) => {
  find('state').textContent = `${error.code ?? error.name}: ${error.message}`;
};

createClient({ endpoint: '/auth' })
  .then((client) => {
    find('state').textContent = client.account ? client.account.username : 'signed out';
    find('signin').hidden = Boolean(client.account);
    find('give').hidden = !client.account;
    find('signin').addEventListener('click', () => client.signIn().catch(fail));
    find('give').addEventListener('click', async () => {
      try {
        const { token, expiresIn } = await client.getToken();
        const { unread, error } = await chrome.runtime.sendMessage(EXTENSION, { token, expiresIn, api: API });
        find('state').textContent = error ?? `${unread} unread`;
      } catch (error) {
        fail(error);
      }
    });
  })
  .catch(fail);

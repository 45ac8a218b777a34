// A service worker with a client of its own. The page sends it a token.
import { createClient } from './exo365/full.js';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', ({ data: { token, origin, subject }, ports: [port] }) => {
  const getToken = async () => ({ token, expiresIn: 3600, scopes: [] });
  createClient({ getToken, cloud: { login: origin, api: origin }, allowInsecureLoopback: true })
    .then((client) => client.mail.messages.create({ subject }))
    .then(
      (made) => port.postMessage({ subject: made.subject }),
      ({ code, message }) => port.postMessage({ error: `${code}: ${message}` }),
    );
});

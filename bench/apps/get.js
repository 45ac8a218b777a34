// The measured page: many messages by their ids, by one of two clients.
import { Client } from '@microsoft/microsoft-graph-client';
import { createClient } from 'exo365';

const USER = 'adele@contoso.example';

/**
 * Runs `work` for all, at most `most` at a time: the service allows four calls at a time, and the Graph client has no
 * queue.
 */
async function pool(most, all, work) {
  const waiting = all.entries();
  const results = [];
  const worker = async () => {
    for (const [at, one] of waiting) results[at] = await work(one);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}

const ways = {
  async exo365({ api, token }) {
    const client = await createClient({
      getToken: async () => ({ token, expiresIn: 3600, scopes: [] }),
      cloud: { login: api, api },
    });
    const { messages } = client.mailbox(USER).mail;
    return (ids) => Promise.all(ids.map((id) => messages.get(id)));
  },
  async graph({ api, token }) {
    const graph = Client.initWithMiddleware({
      authProvider: { getAccessToken: async () => token },
      baseUrl: `${api}/`,
      customHosts: new Set([new URL(api).hostname]),
    });
    return (ids) => pool(4, ids, (id) => graph.api(`/users/${USER}/messages/${id}`).get());
  },
};

/** Opens four connections to the API, so that the handshakes are not measured. */
const connectTo = (api) =>
  Promise.all(
    [1, 2, 3, 4].map((number) =>
      fetch(`${api}/v1.0/?${number}`, { credentials: 'omit' }).then((answer) => answer.text()),
    ),
  );

globalThis.prepare = async (name, options) => {
  const get = await ways[name](options);
  await connectTo(options.api);
  /** Milliseconds until all messages are there. Rejects if a call fails or gives another message. */
  globalThis.measure = async (ids) => {
    const begin = performance.now();
    const messages = await get(ids);
    const took = performance.now() - begin;
    const wrong = ids.filter((id, at) => messages[at]?.id !== id || !messages[at].subject);
    if (wrong.length > 0) throw new Error(`${name} gave ${wrong.length} other messages`);
    return took;
  };
};
document.querySelector('#state').textContent = 'ready';

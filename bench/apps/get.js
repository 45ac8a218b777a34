// The page that measures: many messages by their ids, in two ways, one of them in each page.
import { Client } from '@microsoft/microsoft-graph-client';
import { createClient } from 'exo365';

const USER = 'adele@contoso.example';

/** At most `most` at a time, as users of the Graph client write it who know the service's limit. */
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

/** Four connections to the API, open and idle: neither way pays for the handshakes. */
const connectTo = (api) =>
  Promise.all(
    [1, 2, 3, 4].map((number) =>
      fetch(`${api}/v1.0/?${number}`, { credentials: 'omit' }).then((answer) => answer.text()),
    ),
  );

globalThis.prepare = async (name, options) => {
  const get = await ways[name](options);
  await connectTo(options.api);
  /** Milliseconds until all are there. A message that fails, or is another one, fails it. */
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

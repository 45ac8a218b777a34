// The measured page: many calls, by one of two clients.
import { Client, PageIterator } from '@microsoft/microsoft-graph-client';
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

/** The work of each client: `get` for messages by id, `all` for all of them, `mixed` for reads and writes in turn. */
const ways = {
  async exo365({ api, token }) {
    const client = await createClient({
      getToken: async () => ({ token, expiresIn: 3600, scopes: [] }),
      cloud: { login: api, api },
    });
    const { messages } = client.mailbox(USER).mail;
    return {
      get: (ids) => Promise.all(ids.map((id) => messages.get(id))),
      async all() {
        const found = [];
        for await (const one of messages.all()) found.push(one);
        return found;
      },
      mixed: (ids) =>
        Promise.allSettled(ids.map((id, at) => (at % 2 ? messages.get(id) : messages.update(id, { isRead: true })))),
    };
  },
  async graph({ api, token }) {
    const graph = Client.initWithMiddleware({
      authProvider: { getAccessToken: async () => token },
      baseUrl: `${api}/`,
      customHosts: new Set([new URL(api).hostname]),
    });
    const one = (id) => graph.api(`/users/${USER}/messages/${id}`);
    return {
      get: (ids) => pool(4, ids, (id) => one(id).get()),
      async all() {
        const found = [];
        const first = await graph.api(`/users/${USER}/messages`).get();
        await new PageIterator(graph, first, (item) => found.push(item) > 0).iterate();
        return found;
      },
      mixed: (ids) =>
        pool(4, [...ids.entries()], ([at, id]) =>
          Promise.allSettled([at % 2 ? one(id).get() : one(id).patch({ isRead: true })]).then(([told]) => told),
        ),
    };
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
  const way = await ways[name](options);
  await connectTo(options.api);
  const timed = async (work) => {
    const begin = performance.now();
    const value = await work();
    return [performance.now() - begin, value];
  };
  /** Milliseconds until all messages are there. Rejects if a call fails or gives another message. */
  globalThis.measure = async (ids) => {
    const [took, messages] = await timed(() => way.get(ids));
    const wrong = ids.filter((id, at) => messages[at]?.id !== id || !messages[at].subject);
    if (wrong.length > 0) throw new Error(`${name} gave ${wrong.length} other messages`);
    return took;
  };
  /** Milliseconds until all messages of the mailbox are there, and how many they are. */
  globalThis.measureAll = async () => {
    const [took, messages] = await timed(way.all);
    return [took, new Set(messages.map(({ id }) => id)).size];
  };
  /** Milliseconds until reads and writes are over, and how many of them failed. */
  globalThis.measureMixed = async (ids) => {
    const [took, told] = await timed(() => way.mixed(ids));
    return [took, told.filter(({ status }) => status === 'rejected').length];
  };
};
document.querySelector('#state').textContent = 'ready';

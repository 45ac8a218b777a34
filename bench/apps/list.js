// The measured page: one list of messages by three clients, in turns.
import { Client } from '@microsoft/microsoft-graph-client';
import { createClient } from 'exo365';

const USER = 'adele@contoso.example';

/** Milliseconds of each client for each round; the order of the clients changes from round to round. */
globalThis.measure = async ({ api, token, top, warmUps, rounds }) => {
  const client = await createClient({
    getToken: async () => ({ token, expiresIn: 3600, scopes: [] }),
    cloud: { login: api, api },
  });
  const mail = client.mailbox(USER).mail;
  const graph = Client.initWithMiddleware({
    authProvider: { getAccessToken: async () => token },
    baseUrl: `${api}/`,
    customHosts: new Set([new URL(api).hostname]),
  });
  const url = `${api}/v1.0/users/${encodeURIComponent(USER)}/messages?$top=${top}`;

  const ways = {
    exo365: async () => (await mail.messages.list({ top })).items,
    fetch: async () =>
      (await fetch(url, { headers: { authorization: `Bearer ${token}` } }).then((response) => response.json())).value,
    graph: async () => (await graph.api(`/users/${USER}/messages`).top(top).get()).value,
  };
  const names = Object.keys(ways);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (let step = 0; step < names.length; step++) {
      const name = names[(((step + round) % names.length) + names.length) % names.length];
      const begin = performance.now();
      const items = await ways[name]();
      const took = performance.now() - begin;
      if (items.length !== top) throw new Error(`${name} gave ${items.length} messages, not ${top}`);
      if (round >= 0) times[name].push(took);
    }
  }
  return times;
};
document.querySelector('#state').textContent = 'ready';

// A module worker with a client of its own. The page calls it by messages; without an endpoint the worker asks the page
// for tokens by messages.
import * as sdk from './vendor/exo365/index.js';

let client;
let count = 0;
const asked = new Map();

const getToken = (request) =>
  new Promise((resolve) => {
    asked.set(++count, resolve);
    postMessage({ ask: count, request: { ...request, signal: undefined } });
  });

const DO = {
  async open(config) {
    client = await sdk.createClient({ ...config, ...(!config.endpoint && { getToken }) });
    return client.account;
  },
  list: async () =>
    (await client.mail.messages.list({ top: 3, select: ['subject'] })).items.map(({ subject }) => subject),
  draft: async (subject) => (await client.mail.messages.create({ subject })).subject,
  signIn: () => client.signIn(),
  renew: async () => (await client.getToken({ forceRefresh: true })).expiresIn > 0,
  loaded: () => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  evaluates() {
    try {
      return Boolean(new Function('return true')());
    } catch {
      return false;
    }
  },
};

addEventListener('message', async ({ data: { id, name, argument, answer, token } }) => {
  if (answer) return asked.get(answer)(token);
  try {
    postMessage({ id, value: await DO[name](argument) });
  } catch ({ code, message }) {
    postMessage({ id, error: { code, message } });
  }
});

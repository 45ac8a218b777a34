// A face for tests: what mailboxes and collections are built on, with calls under the control of a test.
import { list, walk } from './collection.js';
import { Exo365Error, fail, truth, wrong } from './error.js';
import { filter } from './filter.js';
import { table } from './fake-wasm.mjs';
import { moments } from './moments.js';
import * as more from './more.js';

/** `call` is asked in place of the network. */
export function face(api = 'graph', call = async () => undefined, zone = 'Europe/Berlin', rest = {}) {
  const made = {
    ...moments(api, zone),
    table,
    retries: 3,
    call,
    sent: (method, path, content) => call(method, undefined, path, [], undefined, JSON.parse(content)),
    fail,
    filter,
    list,
    truth,
    walk,
    wrong,
    item: (method, path, { headers } = {}) => ({ method, url: path, headers: { ...headers } }),
    judge: ({ status, headers }) => Object.assign(new Exo365Error(CODES[status] ?? 'bad_request', `status ${status}`), { status }, headers?.['Retry-After'] && { retryAfterSeconds: Number(headers['Retry-After']) }),
    draft: (...args) => more.draft(made, ...args),
    later: async (name, ...args) => more[name](made, ...args),
    ...rest,
  };
  return made;
}

const CODES = { 501: 'service_unavailable', 404: 'not_found', 429: 'throttled', 503: 'service_unavailable', 401: 'interaction_required' };

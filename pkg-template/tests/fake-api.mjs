// What areas and values are built on, for tests: calls are under the control of a test.
import { list, walk } from '../calls/pages.ts';
import { booleanOption, fail, invalidArgument } from '../error.ts';
import * as more from '../more.ts';
import { filter } from '../values/filter.ts';
import { values } from '../values/moments.ts';

/** What is loaded on first use, by name. */
const lazy = { ...more };

/**
 * `call` is asked in place of the network, with [method, template or link, ids, options, body, allowed (with commas)];
 * `rest` are further members, or others in place of those here.
 *
 * @template {object} [R={}]
 * @param {import('../types.ts').Flavor} [flavor]
 * @param {(...asked: any[]) => Promise<any>} [call]
 * @param {string} [zone]
 * @param {R} [rest]
 * @returns {import('../calls/api.ts').Api & R & { retries: number }}
 */
export function fakeApi(flavor = 'graph', call = async () => undefined, zone = 'Europe/Berlin', rest = undefined) {
  /** @type {any} */
  const made = {
    ...values(flavor, zone),
    call: ({ method, path, options, body, allowed }) =>
      call(method, path.template ?? path, path.ids, options, body, allowed?.join()),
    send: (method, path, content) => call(method, path.template, path.ids, undefined, JSON.parse(content)),
    batchItem: ({ method, path, options }) => ({ method, url: path, headers: { ...options.headers } }),
    retries: 3,
    judge: (...args) => judge(made.retries, ...args),
    fail,
    filter,
    list,
    booleanOption,
    walk,
    invalidArgument,
    lazy: async (name, ...args) => lazy[name](made, ...args),
    ...rest,
  };
  return made;
}

const CODES = {
  501: 'service_unavailable',
  404: 'not_found',
  429: 'throttled',
  503: 'service_unavailable',
  401: 'interaction_required',
};

/**
 * As the core judges an item, without its jitter and back-off: a second where the service names no time.
 *
 * @returns {[error: import('../error.ts').Exo365Error, wait: number | undefined]}
 */
function judge(retries, { status, headers }, method, repeats) {
  const error = Object.assign(fail(CODES[status] ?? 'bad_request', `status ${status}`), { status });
  const seconds = headers?.['Retry-After'];
  if (seconds) Object.assign(error, { retryAfterSeconds: Number(seconds) });
  const again = status === 429 || (status === 503 && method !== 'POST');
  return [error, again && repeats < retries && !(seconds > 120) ? Number(seconds ?? 1) * 1000 : undefined];
}

// What areas and values are built on, for tests: calls are under the control of a test.
import { tools } from '../calls/tools.ts';
import { fail } from '../error.ts';
import * as more from '../more.ts';
import { values } from '../values/moments.ts';
import * as writing from '../writing.ts';

/** What is loaded on first use, by name. */
const later = { ...more, ...writing };

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
    ...tools,
    call: ({ method, path, options, body, allowed }) =>
      call(method, path.template ?? path, path.ids, options, body, allowed?.join()),
    send: (method, path, content) => call(method, path.template, path.ids, undefined, JSON.parse(content)),
    batchItem: ({ method, path, options }) => ({ method, url: path, headers: { ...options.headers } }),
    retries: 3,
    judge: (...asked) => judge(made.retries, ...asked),
    lazy: async (name, ...args) => later[name](made, ...args),
    writing: async (name, ...args) => later[name](made, ...args),
    ...rest,
  };
  return made;
}

const CODES = {
  0: 'invalid_response',
  501: 'service_unavailable',
  404: 'not_found',
  429: 'throttled',
  503: 'service_unavailable',
  401: 'interaction_required',
};

/**
 * As the core judges an item, without its jitter and back-off: a second where the service names no time. An item without
 * an answer (status 0) may have been done.
 *
 * @returns {[error?: import('../error.ts').Exo365Error, wait?: number, doubt?: number]}
 */
function judge(retries, status, headers, _body, method, _url, _conditional, _keyed, repeats, doubt = 0) {
  const seconds = headers?.['Retry-After'];
  const lost = status === 0 || status === 504;
  const again = status === 429 || (method !== 'POST' && (status === 503 || lost));
  const wait = again && repeats < retries && !(seconds > 120) ? Number(seconds ?? 1) * 1000 : undefined;
  const worst = lost ? 2 : doubt;
  if (method === 'DELETE' && status === 404 && worst) return [];
  const unknown = worst && method !== 'GET' && wait === undefined;
  const error = fail(unknown ? 'outcome_unknown' : (CODES[status] ?? 'bad_request'), `status ${status}`);
  return [Object.assign(error, { status }, seconds && { retryAfterSeconds: Number(seconds) }), wait, worst];
}

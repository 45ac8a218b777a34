// The measured page: calls of all kinds over a `fetch` that answers at once.
import { createClient } from 'exo365';

const TYPE = { 'content-type': 'application/json' };
const json = (body, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { ...TYPE, ...headers } });
const refusal = (code) => ({ error: { code, message: 'no' } });

/** What the path of a call leads to. */
const ANSWERS = {
  lost: () => json(refusal('ErrorItemNotFound'), 404),
  busy: () => json(refusal('ApplicationThrottled'), 429, { 'retry-after': '0' }),
  down: () => Promise.reject(new TypeError('Failed to fetch')),
  hang: (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
};
const outcomeOf = (url) => Object.keys(ANSWERS).find((name) => url.includes(name));

async function answer(url, { signal, body }) {
  signal.throwIfAborted();
  if (url.endsWith('$batch')) {
    const { requests } = JSON.parse(body);
    return json({
      responses: requests.map(({ id, url: path }) => ({
        id,
        status: outcomeOf(path) === 'lost' ? 404 : 200,
        headers: TYPE,
        body: outcomeOf(path) === 'lost' ? refusal('ErrorItemNotFound') : { id: path, value: [] },
      })),
    });
  }
  return ANSWERS[outcomeOf(url)]?.(signal) ?? json({ value: [], id: '1' });
}

globalThis.prepareMemory = async (timeout) => {
  // The package takes the module's memory for itself.
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...given) => {
    const instance = /** @type {any} */ (await instantiate.apply(WebAssembly, given));
    globalThis.memory = Object.values(instance.exports).find((one) => one instanceof WebAssembly.Memory);
    return instance;
  };
  const settings = { timeout, retries: 1, getToken: async () => ({ token: 'a-token', expiresIn: 3600, scopes: [] }) };
  const together = await createClient(settings);
  const alone = await createClient({ ...settings, batching: 'off' });
  globalThis.answer = answer;
  // Of the page for as long as it lives.
  const page = new AbortController();

  /** What one round asks for: 20 calls. */
  const round = (client, own, done) => {
    const { messages } = client.mail;
    const { signal } = own;
    return [
      messages.list({ top: 10 }),
      messages.list({ top: 5, signal: page.signal }),
      ...Array.from({ length: 8 }, (_, at) => messages.get(`r${at}`, { signal: page.signal })),
      messages.get('lost'),
      // Its repeat waits a quarter of a second.
      messages.get(done % 400 ? 'lost' : 'busy'),
      messages.get('hang', { signal }),
      messages.get('hang', { signal: AbortSignal.any([signal, page.signal]) }),
      messages.get('x', { signal: AbortSignal.abort() }),
      messages.delete('lost'),
      messages.update('a', { isRead: true }, { signal: page.signal }),
      client.request('GET', '/me/down'),
      client.getToken({ signal: page.signal }),
      client.batch([{ method: 'GET', path: '/me/a' }], { signal: page.signal }),
    ];
  };
  /** Makes so many calls; gives how often each outcome came. */
  globalThis.makeCalls = async (count) => {
    const told = {};
    for (let done = 0; done < count; done += 20) {
      const own = new AbortController();
      const all = Promise.allSettled(round(done % 40 ? together : alone, own, done));
      setTimeout(() => own.abort());
      for (const one of await all) {
        const name = one.status === 'rejected' ? one.reason.code : 'done';
        told[name] = (told[name] ?? 0) + 1;
      }
    }
    return told;
  };
};
document.querySelector('#state').textContent = 'ready';

// Stubs of the boundary tests, in place of the network and the window.

// What the glue takes from session/platform.ts where the package is built.
Object.assign(globalThis, {
  readJson: async (response) => {
    const text = await response.text();
    return text ? JSON.parse(text) : undefined;
  },
  within: (promise, milliseconds) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(reject, milliseconds);
      promise.finally(() => clearTimeout(timer)).then(resolve, reject);
    }),
  pause: (milliseconds, signal) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
      signal?.addEventListener('abort', resolve);
    }),
  runTask: async (task) => {
    await undefined;
    let [done, value] = task.step(true);
    while (!done) {
      [done, value] = await value.then(
        (result) => task.step(true, result),
        (cause) => task.step(false, cause),
      );
    }
    return value;
  },
});

/** Replaces `fetch` until `restore()`: keeps each request and gives the prepared responses in turn. */
export class Network {
  seen = [];
  #answers = [];
  #before = globalThis.fetch;

  constructor() {
    globalThis.fetch = (/** @type {Parameters<typeof fetch>} */ ...all) => {
      const request = new Request(...all);
      this.seen.push(request);
      const answer = this.#answers.shift();
      if (!answer) return Promise.reject(new TypeError('no answer was prepared'));
      return answer(request);
    };
  }

  /** The next request is answered with this. */
  answer(status, body, headers) {
    const init = {
      status,
      headers: {
        ...(body && { 'content-type': body.startsWith('<') ? 'text/html' : 'application/json' }),
        ...JSON.parse(headers),
      },
    };
    this.#answers.push(async () => new Response([204, 205].includes(status) ? null : body, init));
  }

  /** The next request rejects with the reason of its signal, as browsers do. */
  obey() {
    this.#answers.push(
      (request) =>
        new Promise((_, reject) => {
          const stop = () => reject(request.signal.reason);
          if (request.signal.aborted) stop();
          else request.signal.addEventListener('abort', stop);
        }),
    );
  }

  /** The next request waits for `release()`. */
  hold(body) {
    this.#answers.push(
      () =>
        new Promise((resolve) => {
          this.release = () => resolve(new Response(body, { headers: { 'content-type': 'application/json' } }));
        }),
    );
  }

  /** The next request rejects with `value`, whatever it is. */
  fail(value) {
    this.#answers.push(() => Promise.reject(value));
  }

  /** The next request is answered with this, and our secret in place of `{secret}`. */
  answerWithSecret(body) {
    this.answer(200, body.replace('{secret}', SECRET.join('')), '{}');
  }
  sentSecret(at) {
    return this.seen[at].headers.get('authorization') === `Bearer ${SECRET.join('')}`;
  }

  count() {
    return this.seen.length;
  }
  url(at) {
    return this.seen[at].url;
  }
  method(at) {
    return this.seen[at].method;
  }
  header(at, name) {
    return this.seen[at].headers.get(name) ?? undefined;
  }
  mode(at) {
    const { credentials, redirect, cache, referrerPolicy } = this.seen[at];
    return `${credentials} ${redirect} ${cache} ${referrerPolicy}`;
  }
  text(at) {
    return this.seen[at].text();
  }
  restore() {
    globalThis.fetch = this.#before;
  }
}

/** A fake of the window object that `pkg-template/page.js` makes. */
export function fakePage(search, record, framed) {
  const records = new Map(record ? [JSON.parse(record)] : []);
  return {
    shown: [],
    records,
    state: () =>
      JSON.stringify({
        origin: 'https://app.contoso.example',
        pathname: '/',
        search,
        hash: '',
        secure: true,
        framed,
      }),
    arrived() {
      return this.state();
    },
    keep: (name, text) => void records.set(name, text),
    take(name) {
      const text = records.get(name);
      records.delete(name);
      return text;
    },
    clean() {
      this.shown.push('cleaned');
    },
    back(place) {
      this.shown.push(place);
    },
    begun: () => undefined,
  };
}

/** Begins the session call, as a page does before the module is there; `page` hands it over. */
export function beginSession(page) {
  const abort = new AbortController();
  const answer = fetch('/auth/session', { method: 'POST', body: '{}', signal: abort.signal });
  answer.catch(() => {});
  page.begun = (signal) => {
    signal.addEventListener('abort', () => abort.abort(signal.reason));
    page.shown.push('begun');
    return answer;
  };
}
export const shown = (page) => page.shown.join(' ');
export const kept = (page) => JSON.stringify([...page.records][0] ?? null);
export const json = (value) => JSON.stringify(value);
export const same = (a, b) => a === b;

/** A random token, so that no constant of the module can contain a piece of it. */
const SECRET = Array.from({ length: 8 }, () => crypto.randomUUID());

/** Whether the module's memory contains a piece of it, in used or freed bytes. */
export function holdsSecret(memory) {
  const text = new TextDecoder('latin1').decode(memory.buffer);
  return SECRET.some((piece) => text.includes(piece));
}

let ahead = 0;
export function advance(seconds) {
  ahead += seconds * 1000;
  performance.now = () => Performance.prototype.now.call(performance) + ahead;
}
/** Moves the wall clock, in seconds. */
export function set(seconds) {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  return () => {
    Date.now = now;
  };
}
export function drawn(byte) {
  crypto.getRandomValues = (/** @type {any} */ array) => array.fill(byte);
}
export function asUsual() {
  delete performance.now;
  delete crypto.getRandomValues;
  ahead = 0;
}

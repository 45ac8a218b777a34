// The few globals of a page that the face touches, for tests in Node. `page()` sets them, its `end()` restores them.

export function page(href = 'https://app.contoso.example/mail') {
  const before = Object.fromEntries(NAMES.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  const target = new EventTarget();
  const it = {
    /** Where the page went. */
    went: [],
    /** What the address bar was made to show, and the history state that it was made to keep. */
    shown: [],
    store: new Map(),
    session: {},
    /** What the page sent by `fetch`: `[url, init]`; `answers` are the next answers, without one it waits for ever. */
    sent: [],
    /** @type {(() => Promise<Response>)[]} */
    answers: [],
    /** The links that were put into the page's head, also where they were removed again. */
    links: [],
    /** Time-outs that wait: call them to let the time pass. */
    timers: [],
    fire: (type, fields) => target.dispatchEvent(Object.assign(new Event(type), fields)),
    listening: 0,
    end() {
      for (const name of NAMES)
        before[name] ? Object.defineProperty(globalThis, name, before[name]) : delete globalThis[name];
    },
  };
  const storage = {
    getItem: (key) => it.store.get(key) ?? null,
    setItem: (key, value) => void it.store.set(key, String(value)),
    removeItem: (key) => void it.store.delete(key),
  };
  const values = {
    window: globalThis,
    document: {
      baseURI: href,
      createElement: () => ({ remove: () => {} }),
      head: { append: (link) => it.links.push({ ...link, remove: undefined }) },
    },
    fetch: (...asked) => {
      it.sent.push(asked);
      return it.answers.shift()?.() ?? new Promise(() => {});
    },
    location: Object.assign(parts(href), {
      assign: (url) => it.went.push(url),
      replace: (url) => it.went.push(`replace ${url}`),
    }),
    history: { state: { own: 'state' }, replaceState: (...all) => it.shown.push(all) },
    top: globalThis,
    isSecureContext: true,
    localStorage: storage,
    sessionStorage: Object.setPrototypeOf(it.session, {
      getItem: (key) => it.session[key] ?? null,
      setItem: (key, value) => {
        it.session[key] = String(value);
      },
      removeItem: (key) => {
        delete it.session[key];
      },
    }),
    setTimeout: (run, after) => {
      const timer = { run, after };
      it.timers.push(timer);
      return timer;
    },
    clearTimeout: (timer) => {
      it.timers = it.timers.filter((one) => one !== timer);
    },
    open: () => null,
    dispatchEvent: (event) => target.dispatchEvent(event),
    addEventListener: (type, listener, options) => {
      it.listening++;
      target.addEventListener(type, listener, options);
    },
    removeEventListener: (type, listener, options) => {
      it.listening--;
      target.removeEventListener(type, listener, options);
    },
  };
  for (const name of NAMES)
    Object.defineProperty(globalThis, name, { value: values[name], configurable: true, writable: true });
  return it;
}

function parts(href) {
  const { origin, pathname, search, hash } = new URL(href);
  return { origin, pathname, search, hash };
}

const NAMES = [
  'window',
  'document',
  'location',
  'history',
  'top',
  'isSecureContext',
  'localStorage',
  'sessionStorage',
  'setTimeout',
  'clearTimeout',
  'open',
  'dispatchEvent',
  'fetch',
  'addEventListener',
  'removeEventListener',
];

// The client of a page: account, sign-in, sign-out, and the mailbox areas.
import { list, walk } from './collection.js';
import { Exo365Error, fail, plainly, truth, wrong } from './error.js';
import { filter } from './filter.js';
import { mailbox } from './mailbox.js';
import { moments } from './moments.js';
import { PREFIX } from './page.js';
import { BroadcastChannel, URL } from './platform.js';
import { queue } from './queue.js';
import { joined } from './signal.js';

const CALL = 'timeout,timeZone,headers,';
/** A page that leaves is gone long before; in milliseconds. */
const LEAVING = 60_000;
/** A call that took as long is worth a look. */
const SLOW = 5_000;
/** Failed and slow calls that are kept. */
const KEPT = 50;

/** The part that most pages never need. */
const more = () => import('./more.js').catch((cause) => {
  throw fail('network', 'a part of exo365 did not load', cause);
});

/** Options cross as JSON: what is undefined is left out. */
const text = (options) => plainly(() => JSON.stringify(options));

/** A call as the core reads it; `allowed` names the options beside those of every call. */
const asked = (method, user, path, ids, { signal, ...options } = {}, allowed) => text([method, user, path, ids, options, CALL + allowed]);

/** Goes to `url`. Resolves where the page comes back from the back/forward cache, or did not leave at all. */
function leave(url) {
  location.assign(url);
  return new Promise((resolve) => {
    addEventListener('pageshow', ({ persisted }) => persisted && resolve());
    setTimeout(resolve, LEAVING);
  });
}

export class Client {
  #core;
  #account;
  #forget;
  #signIn;
  #face;
  #enter;
  /** Whether reads may go together. */
  #reads;
  /** Of calls in flight; undefined when the client has ended. */
  #controllers = new Set();
  #listeners = new Set();
  #noted = [];
  /** Keeps them over reloads, where the page wants that. */
  #journal;
  /** Tells other tabs who is signed in here. */
  #tell = () => {};
  #unlisten = () => {};

  constructor(core, { endpoint, concurrency = 4, batching, retries = 3, keepDiagnostics }, forget) {
    this.#core = core;
    this.#account = core.account();
    this.#forget = forget;
    const { api, timeZone, table } = core.profile();
    this.#reads = batching !== 'off' && api !== 'outlook-v1';
    const face = this.#face = {
      ...moments(api, timeZone),
      table,
      retries,
      fail,
      filter,
      list,
      truth,
      walk,
      wrong,
      call: this.#call.bind(this),
      // Without a turn: batches have theirs already.
      sent: (method, path, content, headers) => this.#run((both) => core.call(asked(method, undefined, path, [], { headers }, ''), both, content)),
      item: (method, path, options) => this.#sync(() => JSON.parse(core.item(asked(method, undefined, path, undefined, options, '')))),
      judge: (answer) => Exo365Error.from(core.judge(answer, text(answer.body) ?? ''), this.#signIn),
      draft: (...args) => face.later('draft', ...args),
      later: async (name, ...args) => (await more())[name](face, ...args),
    };
    this.#enter = queue(Math.max(1, concurrency), (taken) => face.later('gather', taken));
    this.batch = (...args) => face.later('batch', ...args);
    Object.assign(this, mailbox(face));
    // Where no id can be, the core says so at the first call.
    this.mailbox = (user) => mailbox(face, typeof user === 'string' ? user : '');
    if (keepDiagnostics) this.#journal = face.later('kept', this.#noted, KEPT).catch(() => () => {});
    if (!endpoint) return;
    this.#signIn = this.signIn.bind(this);
    if (globalThis.window) this.#listen(endpoint);
  }

  /**
   * What happens in other tabs of this endpoint reaches this one, also where it comes back from the back/forward cache:
   * whoever signs in or out leaves a mark, and a tab that finds another's there is out.
   */
  #listen(endpoint) {
    const name = `exo365:${new URL(endpoint.replace(/\/+$/, ''), document.baseURI)}`;
    const who = () => this.#account && `${this.#account.tenantId} ${this.#account.objectId}`;
    const mark = (value) => {
      try {
        if (value != null) localStorage.setItem(name, value);
        return localStorage.getItem(name) ?? who();
      } catch {
        return who(); // The browser's settings forbid it.
      }
    };
    let seen;
    const check = () => {
      const there = mark();
      // Out of the back/forward cache both events come, for one change.
      if (there === seen) return;
      seen = there;
      if (this.#account) there !== who() && this.#out('other-tab');
      else if (there) this.#core.enter().then(() => this.#in(), () => {});
    };
    const both = ['storage', 'pageshow'];
    both.forEach((type) => addEventListener(type, check));
    this.#unlisten = () => both.forEach((type) => removeEventListener(type, check));
    this.#tell = () => {
      seen = mark(who() ?? '');
    };
    seen = mark(who());
  }

  #emit(kind, event) {
    // Later and one by one: what a listener throws is the page's own trouble, not the caller's.
    for (const [type, listener] of this.#listeners) if (type === kind) queueMicrotask(() => listener(event));
  }

  /** Somebody may be signed in now. */
  #in() {
    this.#account = this.#core.account();
    if (this.#account) this.#emit('signedin', this.#account);
  }

  /** The session is over: tells whoever listens, once. */
  #out(reason) {
    const was = this.#account;
    this.#account = null;
    this.#core.forget();
    if (was) this.#emit('signedout', { reason });
  }

  /** Every promise of the WebAssembly passes here: it ends with the caller's signal or with this client, and its errors get our prototype. */
  async #run(start, signal) {
    const own = new AbortController();
    const both = joined(own.signal, signal);
    if (!this.#controllers) own.abort();
    this.#controllers?.add(own);
    let stop;
    try {
      return await new Promise((resolve, reject) => {
        stop = () => reject(fail('aborted', 'the caller aborted the call', both.reason));
        if (both.aborted) return stop();
        both.addEventListener('abort', stop);
        start(both).then(resolve, reject);
      });
    } catch (error) {
      if (error?.code === 'signed_out' && !this.account) this.#out('expired');
      throw Exo365Error.from(error, this.#signIn);
    } finally {
      both.removeEventListener('abort', stop);
      this.#controllers?.delete(own);
    }
  }

  async #call(method, user, path, ids, options, body, allowed = '') {
    if (typeof method !== 'string' || typeof path !== 'string') throw wrong('method and path are texts');
    if (typeof (options ?? {}) !== 'object') throw wrong('options are an object');
    const [content, headers] = body === undefined ? [body, options?.headers] : await this.#face.later('written', body, options?.headers);
    const { signal, as, bare, timeout } = options ?? {};
    const call = asked(method, user, path, ids, { ...options, headers }, allowed);
    const run = (both) => this.#core.call(call, both, content);
    // Pieces of an upload go to another host.
    if (bare) return this.#run(run, signal);
    const read = this.#reads && method === 'GET' && !as && !timeout && !path.includes('/$') && (() => JSON.parse(this.#core.item(call)));
    const from = performance.now();
    try {
      const value = await this.#run((both) => this.#enter(user ?? '', () => run(both), read), signal);
      this.#note(from, method, path);
      return value;
    } catch (error) {
      this.#note(from, method, path, error);
      throw error;
    }
  }

  /** Keeps what was slow or failed, for whoever has to find out why: templates for the paths of named methods, of `request` and links all but the query. What was refused here has not been a call. */
  #note(from, method, path, error) {
    const durationMs = Math.round(performance.now() - from);
    if (error ? !/^(network|timeout)$/.test(error.code) && !error.status : durationMs < SLOW) return;
    const { status, code, attempts = 1, clientRequestId, requestId, headers = [] } = error ?? {};
    const entry = { at: new Date().toISOString(), method, url: path.split('?')[0], status, code, durationMs, attempts, clientRequestId, requestId, headers: Object.fromEntries(headers) };
    if (this.#noted.unshift(entry) > KEPT) this.#noted.pop();
    this.#keep(entry);
    this.#emit('diagnostic', entry);
  }

  /** Without an entry: keeps none of those before. */
  #keep(entry) {
    this.#journal?.then((keep) => keep(entry)).catch(() => {});
  }

  get diagnostics() {
    return {
      list: () => [...this.#noted],
      clear: () => {
        this.#noted.length = 0;
        this.#keep();
      },
      text: async () => this.#face.later('report', this.#noted, this.#journal),
    };
  }

  /** What the WebAssembly throws, with our prototype. */
  #sync(run) {
    try {
      return run();
    } catch (error) {
      throw Exo365Error.from(error);
    }
  }

  get account() {
    return this.#core.account() && this.#account;
  }

  authorizeUrl(options) {
    return this.#sync(() => this.#core.authorize_url(text(options ?? {})));
  }

  /** By a window of its own: opened in the click that asks for it, and heard by a channel of this sign-in. */
  async #popup(url, both) {
    const state = new URL(url).searchParams.get('state');
    const channel = new BroadcastChannel(PREFIX + state);
    if (!open(url, '_blank', 'popup,width=480,height=640')) {
      channel.close();
      throw fail('popup_blocked', 'no window opened');
    }
    const consented = await this.#core.enter(await this.#face.later('heard', channel, state, both));
    if (consented) return consented;
    this.#in();
    this.#tell();
    return this.#account;
  }

  async #begin({ signal, ...options }) {
    return this.#run(async (both) => {
      const url = this.authorizeUrl(options);
      if (options.mode === 'popup') return this.#popup(url, both);
      await leave(url);
      throw fail('cancelled', 'the page is still here');
    }, signal);
  }

  async signIn(options) {
    return this.#begin({ ...options });
  }

  async adminConsent(options) {
    return this.#begin({ ...options, adminConsent: true });
  }

  async signOut(options) {
    const { scope = 'app', signal, ...odd } = options ?? {};
    if (!['app', 'microsoft'].includes(scope) || Object.keys(odd).length) throw wrong('signOut takes `scope` and `signal`');
    return this.#run(async () => {
      const ending = this.#core.sign_out(scope === 'microsoft');
      this.#out('user');
      this.#tell();
      const url = await ending;
      if (url) await leave(url);
    }, signal);
  }

  async getToken(request) {
    const { signal, ...rest } = request ?? {};
    return this.#run(() => this.#core.token(text(rest)), signal);
  }

  async request(method, path, options) {
    const { body, ...rest } = options ?? {};
    return this.#call(method, undefined, path, undefined, rest, body, 'ifMatch,query,as');
  }

  on(type, listener) {
    if (!['signedin', 'signedout', 'diagnostic'].includes(type) || typeof listener !== 'function') throw wrong('on takes event and function');
    const own = [type, listener];
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    const controllers = this.#controllers;
    if (!controllers) return;
    this.#controllers = undefined;
    for (const own of controllers) own.abort();
    this.#listeners.clear();
    this.#unlisten();
    this.#forget();
    this.#core.forget();
  }
}

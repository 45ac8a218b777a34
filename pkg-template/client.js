// The client of a page: account, sign-in, sign-out, and the mailbox areas.
import { Exo365Error, fail } from './error.js';
import { mailbox } from './mailbox.js';
import { values } from './values.js';

const CALL = 'signal,timeout,timeZone,headers,';

/** Options cross as JSON: what is undefined is left out. */
function text(options) {
  try {
    return JSON.stringify(options) ?? 'null';
  } catch {
    throw fail('invalid_argument', 'options are plain values');
  }
}

function checked(signal) {
  if (signal !== undefined && !(typeof signal?.aborted === 'boolean' && signal.addEventListener)) throw fail('invalid_argument', '`signal` is an AbortSignal');
  return signal;
}

/** Rejects as soon as one of `signals` is aborted, whatever `promise` is waiting for. */
function race(promise, ...signals) {
  return new Promise((resolve, reject) => {
    const stop = ({ target }) => reject(Object.assign(fail('aborted', 'the caller aborted the call'), { cause: target.reason }));
    const watched = signals.filter((signal) => signal?.addEventListener);
    for (const signal of watched) {
      if (signal.aborted) stop({ target: signal });
      signal.addEventListener('abort', stop);
    }
    const done = () => watched.forEach((signal) => signal.removeEventListener('abort', stop));
    promise.finally(done).then(resolve, reject);
  });
}

export class Client {
  #core;
  #ended = new AbortController();
  #forget;
  #listeners = {};
  #channel;

  constructor(core, { endpoint }, forget) {
    this.#core = core;
    this.#forget = forget;
    const { api, timeZone } = core.profile();
    const face = { values: values(api, timeZone), call: this.#call.bind(this), fail };
    Object.assign(this, mailbox(face));
    this.mailbox = (user) => mailbox(face, String(user));
    if (endpoint && globalThis.window && globalThis.BroadcastChannel) this.#listen(endpoint);
  }

  /** Sign-out reaches every tab of this endpoint. */
  #listen(endpoint) {
    this.#channel = new BroadcastChannel(`exo365:${endpoint}`);
    this.#channel.onmessage = () => {
      if (!this.account) return;
      this.#core.forget();
      this.#emit('signedout', { reason: 'other-tab' });
    };
  }

  #emit(type, event) {
    for (const listener of [...(this.#listeners[type] ?? [])]) listener(event);
  }

  /** Every promise of the WebAssembly passes here: aborts, and errors with our prototype. */
  async #settle(promise, signal) {
    const before = this.account;
    try {
      return await race(promise, signal, this.#ended.signal);
    } catch (error) {
      if (before && error?.code === 'signed_out' && !this.account) this.#emit('signedout', { reason: 'expired' });
      throw Exo365Error.from(error, (options) => this.signIn(options));
    }
  }

  /** `allowed` names the options beside those of every call. */
  async #call(method, user, path, ids, options, body, allowed = '') {
    const { signal } = options ?? {};
    return this.#settle(this.#core.call(method, user, path, ids && text(ids), text(options ?? {}), CALL + allowed, checked(signal), body), signal);
  }

  get account() {
    return this.#core.account();
  }

  authorizeUrl(options) {
    try {
      return this.#core.authorize_url(text(options ?? {}));
    } catch (error) {
      throw Exo365Error.from(error);
    }
  }

  async signIn(options = {}) {
    if ((options.mode ?? 'redirect') !== 'redirect') throw fail('invalid_argument', '`mode` is redirect');
    location.assign(this.authorizeUrl(options));
    // The page leaves. Where it stays, or comes back from the back/forward cache, the sign-in was given up.
    const back = new Promise((_, reject) => {
      addEventListener('pageshow', ({ persisted }) => persisted && reject(fail('cancelled', 'the user came back without signing in')));
    });
    return this.#settle(back, options.signal);
  }

  async signOut({ scope = 'app', signal, ...odd } = {}) {
    if (!['app', 'microsoft'].includes(scope) || Object.keys(odd).length) throw fail('invalid_argument', "signOut takes { scope: 'app' or 'microsoft', signal }");
    const wasIn = this.account;
    const ending = this.#core.sign_out(scope === 'microsoft');
    this.#channel?.postMessage('signedout');
    if (wasIn) this.#emit('signedout', { reason: 'user' });
    const url = await this.#settle(ending, signal);
    if (!url) return;
    location.assign(url);
    await new Promise(() => {}); // The page leaves.
  }

  async getToken(request) {
    return this.#settle(this.#core.token(text(request ?? {})), checked(request?.signal));
  }

  request(method, path, { body, ...options } = {}) {
    return this.#call(method, undefined, path, undefined, options, body, 'ifMatch,query,as');
  }

  on(type, listener) {
    if (type !== 'signedout' || typeof listener !== 'function') throw fail('invalid_argument', "on takes 'signedout' and a function");
    (this.#listeners[type] ??= new Set()).add(listener);
    return () => this.#listeners[type].delete(listener);
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    this.#ended.abort();
    this.#channel?.close();
    this.#forget();
    this.#core.forget();
  }
}

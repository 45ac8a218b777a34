// The client of a page: account, sign-in, sign-out, and the areas of the mailbox.
import { mailbox } from './areas/mailbox.ts';
import { organisation } from './areas/directory.ts';
import { type CallEvents, Calls } from './calls/calls.ts';
import type { Core } from './calls/core.ts';
import { Exo365Error, fail, invalidArgument, ours, toJson } from './error.ts';
import type { Preload } from './session/begin.ts';
import type { Loaded } from './session/load.ts';
import { unfinished } from './session/marks.ts';
import { PREFIX } from './session/page.ts';
import { BroadcastChannel, URL } from './session/platform.ts';
import { type Tabs, tabs } from './session/tabs.ts';
import type * as types from './types.ts';

/** A page that leaves is gone long before, in milliseconds. */
const LEAVING = 60_000;
const EVENTS = ['signedin', 'signedout', 'signinfailed', 'diagnostic'];

type Listener = [type: keyof types.ClientEvents, listener: (event: never) => void];
type SignInOptions = types.SignInOptions & { adminConsent?: boolean };
const stateOf = (url: string) => new URL(url).searchParams.get('state') as string;
type SignOutReason = types.ClientEvents['signedout']['reason'];

/** Goes to `url`. Resolves where the page comes back from the back/forward cache, or did not leave at all. */
function leave(url: string): Promise<void> {
  location.assign(url);
  return new Promise((resolve) => {
    addEventListener('pageshow', ({ persisted }) => persisted && resolve());
    setTimeout(resolve, LEAVING);
  });
}

export class Client implements types.Client {
  declare readonly [Symbol.dispose]: () => void;
  declare readonly mail: types.Mail;
  declare readonly calendar: types.Calendar;
  declare readonly contacts: types.Contacts;
  declare readonly people: types.Mailbox['people'];
  declare readonly settings: types.Mailbox['settings'];
  declare readonly photo: types.Mailbox['photo'];
  declare readonly user: types.Mailbox['user'];
  declare readonly updateUser: types.Mailbox['updateUser'];
  declare readonly manager: types.Mailbox['manager'];
  declare readonly directReports: types.Mailbox['directReports'];
  declare readonly users: types.Client['users'];
  declare readonly subscriptions: types.Client['subscriptions'];

  readonly #core: Core;
  readonly #forget: () => void;
  readonly #calls: Calls;
  readonly #listeners = new Set<Listener>();
  readonly #tabs: Tabs | undefined;
  readonly #settings: types.ClientConfig;
  #account: types.Account | null;
  #signInError: Exo365Error | null = null;

  /**
   * `ends` are those who are told when the module stops; `failure` is that of the sign-in that the page came back from,
   * and `preload` what is on its way.
   */
  constructor(
    core: Core,
    settings: types.ClientConfig,
    forget: () => void,
    ends: Loaded['ends'] = new Set(),
    failure?: Error,
    preload?: Preload,
  ) {
    this.#core = core;
    this.#settings = settings;
    this.#account = core.account();
    const end = (error: Exo365Error) => this.#end(error);
    ends.add(end);
    this.#forget = () => {
      ends.delete(end);
      forget();
    };
    const events: CallEvents = {
      signIn: settings.endpoint ? (options) => this.signIn(options) : undefined,
      expired: () => this.#signedOut('expired'),
      diagnostic: (entry) => this.#emit('diagnostic', entry),
    };
    this.#calls = new Calls(core, settings, events, preload);
    Object.assign(this, ours({ ...mailbox(this.#calls.api), ...organisation(this.#calls.api) }));
    if (failure) {
      const error = Exo365Error.from(failure, (options) => this.signIn(options)) as Exo365Error;
      this.#signInError = error;
      // By then the page has the client, and has set its listeners.
      setTimeout(() => this.#emit('signinfailed', error));
    }
    if (!settings.endpoint || !globalThis.window) return;
    this.#tabs = tabs(settings.endpoint, {
      account: () => this.#account,
      signedOutElsewhere: () => this.#signedOut('other-tab'),
      signedInElsewhere: () =>
        void core.enter().then(
          () => this.#signedIn(),
          () => {},
        ),
    });
  }

  #emit<K extends keyof types.ClientEvents>(type: K, event: types.ClientEvents[K]): void {
    // Later and one by one: what a listener throws is the page's own trouble, not the caller's.
    for (const [wanted, listener] of this.#listeners)
      if (wanted === type) queueMicrotask(() => listener(event as never));
  }

  /** Somebody may be signed in now. */
  #signedIn(): void {
    this.#calls.dropPreload();
    this.#account = this.#core.account();
    if (!this.#account) return;
    this.#signInError = null;
    this.#emit('signedin', this.#account);
  }

  /** The session is over: tells whoever listens, once. */
  #signedOut(reason: SignOutReason): void {
    const before = this.#account;
    this.#account = null;
    this.#calls.dropPreload();
    // Whoever comes back after the end of a session is expected to be the same.
    if (reason !== 'expired') this.#core.forget();
    if (before) this.#emit('signedout', { reason });
  }

  get account(): types.Account | null {
    return this.#core.account() ? this.#account : null;
  }

  get signInError(): Exo365Error | null {
    return this.#signInError;
  }

  get diagnostics(): types.Client['diagnostics'] {
    return this.#calls.diagnostics;
  }

  mailbox(user: string): types.Mailbox {
    // Where no id can be, core says so at the first call.
    return ours(mailbox(this.#calls.to(typeof user === 'string' ? user : '')));
  }

  batch(...args: Parameters<types.Client['batch']>): Promise<types.BatchResponse[]> {
    return this.#calls.api.lazy('batch', ...args);
  }

  #url(read: () => types.SignInOptions): string {
    return this.#calls.sync(() => this.#core.authorize_url(toJson(read())));
  }

  authorizeUrl(options?: types.SignInOptions): string {
    // It is the same in whichever window it is opened: the address says nothing of a mode.
    const url = this.#url(() => ({ ...options, mode: undefined }));
    // A link may be opened in another tab, which asks for the record.
    this.#calls.api.lazy('offer', PREFIX + stateOf(url), BroadcastChannel).catch(() => {});
    return url;
  }

  /** Signs in by a window of its own, opened in the click that asks for it. It answers by a channel of this sign-in. */
  async #popup(url: string, signal: AbortSignal): Promise<unknown> {
    const state = stateOf(url);
    let channel: BroadcastChannel | undefined;
    let opened: unknown;
    let cause: unknown;
    try {
      channel = new BroadcastChannel(PREFIX + state);
      opened = open(url, '_blank', 'popup,width=480,height=640');
    } catch (thrown) {
      cause = thrown;
    }
    if (!channel || !opened) {
      channel?.close();
      throw fail('popup_blocked', 'no window opened, or no BroadcastChannel to hear from it', cause);
    }
    const consented = await this.#calls.api.lazy(
      'enter',
      this.#core,
      channel,
      state,
      signal,
      this.#settings.signInMinutes,
    );
    if (consented) return consented;
    this.#signedIn();
    this.#tabs?.tell();
    return this.#account;
  }

  async #begin({ signal, ...options }: SignInOptions): Promise<never> {
    return this.#calls.run(async (both) => {
      const url = this.#url(() => options);
      if (options.mode === 'popup') return this.#popup(url, both) as Promise<never>;
      await leave(url);
      throw fail('cancelled', 'the page is still here');
    }, signal);
  }

  async signIn(options?: types.SignInOptions): Promise<types.Account> {
    return this.#begin({ ...options });
  }

  async adminConsent(options?: types.SignInOptions): Promise<{ tenant: string; scopes: string[] }> {
    return this.#begin({ ...options, adminConsent: true });
  }

  async signOut(options?: Parameters<types.Client['signOut']>[0]): Promise<void> {
    const { scope = 'app', signal, ...unknown } = options ?? {};
    if (!['app', 'microsoft'].includes(scope) || Object.keys(unknown).length)
      throw invalidArgument('signOut takes `scope` and `signal`');
    return this.#calls.run(async () => {
      const url = await this.#endSession(scope === 'microsoft').catch(async (cause) => {
        if (!this.#tabs || !cause?.code) throw cause;
        const mark = (value?: string | null) => unfinished(this.#settings.endpoint as string, value);
        throw await this.#calls.api.lazy('signOutLost', cause, mark, () => this.#endSession(false));
      });
      if (url) await leave(url);
    }, signal);
  }

  /** Forgets the user here at once; tells so when the endpoint has ended the session. */
  async #endSession(microsoft: boolean): Promise<string | undefined> {
    this.#calls.dropPreload();
    const url = await this.#core.sign_out(microsoft);
    this.#signedOut('user');
    this.#tabs?.tell();
    return url;
  }

  async getToken(request?: types.TokenRequest): Promise<types.AccessToken> {
    const { signal, ...rest } = request ?? {};
    return this.#calls.run(() => this.#core.token(toJson(rest)), signal);
  }

  async request<T = unknown>(
    method: string,
    path: string,
    options?: Parameters<types.Client['request']>[2],
  ): Promise<T> {
    const { body, ...rest } = options ?? {};
    if (typeof path !== 'string') throw invalidArgument('method and path are texts');
    return this.#calls.api.call({
      method,
      path,
      options: rest,
      body,
      allowed: ['ifMatch', 'query', 'as'],
    }) as Promise<T>;
  }

  on<K extends keyof types.ClientEvents>(type: K, listener: (event: types.ClientEvents[K]) => void): () => void {
    if (!EVENTS.includes(type) || typeof listener !== 'function') throw invalidArgument('on takes event and function');
    const own: Listener = [type, listener];
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')](): void {
    this.#end();
  }

  /** Ends the client: by itself, or because the WebAssembly has stopped with `error`. */
  #end(error?: Exo365Error): void {
    if (!this.#calls.dispose(error)) return;
    this.#listeners.clear();
    this.#tabs?.close();
    this.#forget();
    this.#core.forget();
  }
}

const { prototype } = Client;
for (const name of ['signIn', 'adminConsent', 'signOut', 'getToken', 'request', 'batch'] as const)
  Object.assign(prototype, { [name]: ours(prototype[name]) });

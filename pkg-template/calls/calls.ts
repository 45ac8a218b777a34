// The calls of one client: each waits for its turn, ends with the caller's signal or with the client, and is noted
// where it fails.
import { Exo365Error, fail, invalidArgument, toJson } from '../error.ts';
import type { Take } from '../preload.ts';
import type { Preload } from '../session/begin.ts';
import type { Account, ClientConfig, Diagnostic, SignInOptions } from '../types.ts';
import { type Values, values } from '../values/moments.ts';
import type { Api, Call, RunLazy, RunWriting } from './api.ts';
import { type Core, describe, readOptions } from './core.ts';
import { Diagnostics } from './diagnostics.ts';
import { type Enter, queue, type Shape } from './queue.ts';
import { joined } from './signal.ts';
import { tools } from './tools.ts';

/** What calls tell the client of. */
export interface CallEvents {
  /** Every error that a sign-in cures gets it as `resolve`. */
  signIn?: ((options?: SignInOptions) => Promise<Account>) | undefined;
  /** The session is over: the endpoint said so. */
  expired(): void;
  diagnostic(entry: Diagnostic): void;
}

/** A part of the package that is loaded by the first call that needs it. */
const part =
  <T>(load: () => Promise<T>) =>
  () =>
    load().catch((cause) => {
      if ('ServiceWorkerGlobalScope' in globalThis)
        throw fail('misconfigured', 'a service worker has to import exo365/full', cause);
      throw fail('network', 'a part of exo365 did not load: reload the page', cause);
    });
export const more = part(() => import('../more.ts'));
const writing = part(() => import('../writing.ts'));

/** The part that takes preloaded answers. */
export const preloadPart = () => import('../preload.ts');

export class Calls {
  readonly #core: Core;
  readonly #events: CallEvents;
  /** Whether reads may go together. */
  readonly #batching: boolean;
  readonly #enter: Enter;
  readonly #values: Values;
  readonly #diagnostics: Diagnostics;
  /** What was preloaded for the user who is signed in. */
  #preload: Preload | undefined;
  /** Takes an answer of it. */
  #taking: Promise<Take> | undefined;
  /** Of calls in flight; undefined when the client has ended. */
  #controllers: Set<AbortController> | undefined = new Set();
  /** With what the WebAssembly has stopped. */
  #stopped: Exo365Error | undefined;
  /** To the mailbox of the signed-in user. */
  readonly api: Api;

  constructor(core: Core, settings: ClientConfig, events: CallEvents, preload?: Preload) {
    const { concurrency = 4, batching } = settings;
    this.#core = core;
    this.#events = events;
    const { api, timeZone } = core.profile();
    this.#batching = batching !== 'off' && api !== 'outlook-v1';
    this.#values = values(api, timeZone);
    this.api = this.to();
    // Only Graph has `dependsOn`.
    const shape: Shape = api === 'graph' ? 'sequences' : 'parallel';
    const limit = Math.max(1, concurrency);
    this.#enter = queue(limit, shape, (lane) => this.api.lazy('sendTogether', lane, limit, shape));
    this.#diagnostics = new Diagnostics(this.api, settings, events.diagnostic);
    this.#preload = preload;
    this.#taking =
      preload && preloadPart().then(({ answersOf }) => answersOf(preload, core.account(), this.api, this.#diagnostics));
    this.#taking?.catch(() => {}); // Every call goes its usual way.
  }

  get diagnostics() {
    return this.#diagnostics.shown;
  }

  /** What the areas of one mailbox are built on: that of `user`, or of the signed-in user. */
  to(user?: string): Api {
    const core = this.#core;
    const api: Api = {
      ...this.#values,
      ...tools,
      call: (call) => this.#call(user, call),
      lazy: (async (name: 'everything', ...args: [never, never]) => (await more())[name](api, ...args)) as RunLazy,
      writing: (async (name: 'draft', ...args: [unknown]) => (await writing())[name](api, ...args)) as RunWriting,
      send: (method, path, content, headers) =>
        this.run((signal) => core.call(describe(user, { method, path, options: { headers } }), signal, content)),
      batchItem: (call) => {
        const described = () => describe(user, { ...call, options: readOptions(call.options) });
        return this.sync(() => JSON.parse(core.item(described())));
      },
      judge: (...asked) => {
        const [error, ...next] = this.sync(() => core.judge(toJson([...asked, user])));
        return [error && (Exo365Error.from(error, this.#events.signIn) as Exo365Error), ...next];
      },
    };
    return api;
  }

  /**
   * Every promise of the WebAssembly passes here: it ends with the caller's signal or with this client, and its errors
   * get our class.
   */
  async run<T>(start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const own = new AbortController();
    const both = joined(own.signal, signal);
    if (!this.#controllers) own.abort();
    this.#controllers?.add(own);
    let stop!: () => void;
    try {
      return await new Promise<T>((resolve, reject) => {
        stop = () => reject(this.#stopped ?? fail('aborted', 'the caller aborted the call', both.reason));
        if (both.aborted) return stop();
        both.addEventListener('abort', stop);
        start(both).then(resolve, reject);
      });
    } catch (error) {
      if ((error as Exo365Error)?.code === 'signed_out' && !this.#core.account()) this.#events.expired();
      throw Exo365Error.from(error, this.#events.signIn);
    } finally {
      both.removeEventListener('abort', stop);
      this.#controllers?.delete(own);
    }
  }

  /** What the WebAssembly throws at once, with our class. */
  sync<T>(run: () => T): T {
    let cause: unknown;
    try {
      const value = run();
      if (!this.#stopped) return value;
    } catch (thrown) {
      cause = thrown;
    }
    const error = this.#stopped ?? Exo365Error.from(cause);
    throw error instanceof Exo365Error ? error : invalidArgument('an argument cannot be read', cause);
  }

  async #call(user: string | undefined, call: Call): Promise<unknown> {
    const { method, path, body } = call;
    if (typeof method !== 'string' || !['string', 'object'].includes(typeof path))
      throw invalidArgument('method and path are texts');
    const options = this.sync(() => readOptions(call.options));
    this.#diagnostics.begun(call);
    const { signal, as, bare, timeout } = options;
    let { headers } = options;
    let content: unknown;
    if (body !== undefined) [content, headers] = await this.api.writing('encodeBody', body, headers);
    const described = describe(user, { ...call, options: { ...options, headers } });
    const template = typeof path === 'string' ? path : path.template;
    const preload = this.#preload;
    if (method === 'GET' && preload?.calls.some((one) => one[2] === template)) {
      const taking = this.#taking?.then((take) => take(described)).catch(() => undefined);
      const answer = await this.run(async () => taking, signal);
      // The user may be gone meanwhile.
      if (answer && this.#preload) return answer.body;
    }
    const run = (both: AbortSignal) => this.#core.call(described, both, content);
    // Pieces of an upload go to another host, and need no turn.
    if (bare) return this.run(run, signal);
    const batchable = this.#batching && method === 'GET' && !as && !timeout && !template.includes('/$');
    const read = batchable ? () => JSON.parse(this.#core.item(described)) : undefined;
    const from = performance.now();
    try {
      const value = await this.run((both) => this.#enter(user ?? '', () => run(both), read, both), signal);
      this.#diagnostics.note(from, call);
      return value;
    } catch (cause) {
      let error = cause as Exo365Error;
      if (error.code === 'outcome_unknown' && !call.unsettled) {
        const known = await this.to(user)
          .lazy('settle', { ...call, options }, error)
          .catch(() => undefined);
        if (known && !known.error) return known.value;
        error = known?.error ?? error;
      }
      this.#diagnostics.note(from, call, error);
      throw error;
    }
  }

  /** Forgets what was preloaded: somebody left, or came. */
  dropPreload(): void {
    this.#preload?.abort.abort();
    this.#preload = undefined;
  }

  /**
   * Ends calls in flight, and later ones: as aborted, or with `error` where the WebAssembly has stopped. Whether this
   * was the first time.
   */
  dispose(error?: Exo365Error): boolean {
    const controllers = this.#controllers;
    this.#controllers = undefined;
    this.#stopped = error;
    this.dropPreload();
    for (const own of controllers ?? []) own.abort();
    return controllers !== undefined;
  }
}

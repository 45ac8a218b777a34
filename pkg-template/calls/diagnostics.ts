// Failed and slow calls, for whoever has to find out why.
import type { Exo365Error } from '../error.ts';
import { isReplaced } from '../session/fetch.ts';
import type { Client, ClientConfig, Diagnostic } from '../types.ts';
import type { Api, Call } from './api.ts';

/** A call that took as long is worth a look, in milliseconds. */
const SLOW = 5_000;
/** Calls that are kept. */
const KEPT = 50;

/** What the journal does with an entry; without one it forgets all. */
export type Keep = (entry?: Diagnostic) => unknown;

export class Diagnostics {
  readonly #entries: Diagnostic[] = [];
  /** Whether nobody has to be told that the page's `fetch` was replaced. */
  #told: boolean;
  readonly #api: Api;
  readonly #emit: (entry: Diagnostic) => void;
  /** Keeps entries over reloads, where the page wants that. */
  readonly #journal: Promise<Keep> | undefined;

  constructor(api: Api, { keepDiagnostics, fetch }: ClientConfig, emit: (entry: Diagnostic) => void) {
    this.#api = api;
    this.#emit = emit;
    this.#told = Boolean(fetch);
    if (keepDiagnostics) this.#journal = api.lazy('kept', this.#entries, KEPT).catch(() => () => {});
  }

  /** Notes the first call after something took the place of the page's `fetch`. */
  begun(call: Call): void {
    if (this.#told || !isReplaced()) return;
    this.#told = true;
    this.#add(performance.now(), call, { fetchReplaced: true }, 0);
  }

  /**
   * Notes a call that began at `from` (of `performance.now()`), if it failed or was slow. What was refused before it
   * was sent is no call.
   */
  note(from: number, call: Call, error?: Exo365Error): void {
    const failed = error && (error.status || error.code === 'network' || error.code === 'timeout');
    if (error ? !failed : performance.now() - from < SLOW) return;
    const { status, code, attempts, clientRequestId, requestId, headers } = error ?? ({} as Partial<Exo365Error>);
    this.#add(from, call, { status, code, clientRequestId, requestId }, attempts, headers);
  }

  /** Notes a preload that began at `from`, and whose answer no call took. */
  unused(from: number, call: Call): void {
    this.#add(from, call, { unused: true });
  }

  #add(from: number, { method, path }: Call, known: object, attempts = 1, headers?: Headers): void {
    const durationMs = Math.round(performance.now() - from);
    const at = new Date().toISOString();
    // Templates for the paths of named methods, without ids; of `request` and links all but the query.
    const url = typeof path === 'string' ? path.split('?')[0] : path.template;
    const entry: Diagnostic = { at, method, url, durationMs, attempts, headers: Object.fromEntries(headers ?? []) };
    Object.assign(entry, known);
    if (this.#entries.unshift(entry) > KEPT) this.#entries.pop();
    this.#keep(entry);
    this.#emit(entry);
  }

  #keep(entry?: Diagnostic): void {
    this.#journal?.then((keep) => keep(entry)).catch(() => {});
  }

  readonly shown: Client['diagnostics'] = {
    list: () => [...this.#entries],
    clear: () => {
      this.#entries.length = 0;
      this.#keep();
    },
    text: async () => this.#api.lazy('report', this.#entries, this.#journal),
  };
}

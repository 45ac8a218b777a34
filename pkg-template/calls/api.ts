// What areas and values are written with: calls to one mailbox, and values as its API flavour spells them.
import type { Exo365Error } from '../error.ts';
import type { CallOptions } from '../types.ts';
import type { BatchItem } from './core.ts';
import type { Path } from './path.ts';
import type { tools } from './tools.ts';
import type { Values } from '../values/moments.ts';

/** One call. */
export interface Call {
  readonly method: string;
  /** The path of an operation; or as a text a link that the service gave, or a path below the API's root. */
  readonly path: Path | string;
  /** The caller's options, as they were given. */
  readonly options?: Options | undefined;
  /** Goes as it is where it is a text, a Blob or bytes, else as JSON. */
  readonly body?: unknown;
  /**
   * Names of the options that the call takes, beside those of every call (`timeout`, `timeZone`, `headers`, `signal`).
   */
  readonly allowed?: readonly string[] | undefined;
  /** Whether an unknown outcome is told as it is, without a look at the item. */
  readonly unsettled?: boolean;
}

/**
 * Options of a call, as core knows them (crates/core/src/options.rs); it checks their values. A call takes those that
 * it names in `allowed`.
 */
export interface Options extends CallOptions {
  as?: 'json' | 'text' | 'blob' | 'response';
  /** To another host, without a token: the pieces of an upload. */
  bare?: boolean;
  /** Asks for what has changed. */
  changes?: boolean;
  count?: boolean;
  expand?: unknown;
  filter?: unknown;
  ifMatch?: string;
  orderBy?: unknown;
  pageSize?: unknown;
  /** Parameters of the query by their own names. */
  query?: Record<string, string> | URLSearchParams | undefined;
  search?: unknown;
  select?: unknown;
  skip?: unknown;
  top?: unknown;
}

type Rest<F> = F extends (api: Api, ...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;
/** Runs a function of a part of the package that is loaded by the first call that needs it. */
type Run<Part> = <K extends keyof Part>(name: K, ...args: Rest<Part[K]>) => Promise<Result<Part[K]>>;
export type RunLazy = Run<Omit<typeof import('../more.ts'), 'noToken' | 'answered'>>;
export type RunWriting = Run<typeof import('../writing.ts')>;

export interface Api extends Values, Readonly<typeof tools> {
  /** Sends a call when it is its turn, renewed and repeated as core decides. Resolves with the parsed answer. */
  // biome-ignore lint/suspicious/noExplicitAny: what the service answers, as it is.
  call(call: Call): Promise<any>;
  /** Runs a function of more.ts; it gets this object first. */
  readonly lazy: RunLazy;
  /** Runs a function of writing.ts; it gets this object first. */
  readonly writing: RunWriting;

  // For batches.
  /** Sends without waiting for a turn: the caller has one. */
  send(method: string, path: Path, content: unknown, headers?: Record<string, string>): Promise<unknown>;
  /** A call as an item of a batch. */
  batchItem(call: Call): Omit<BatchItem, 'id'>;
  /**
   * The error that an answer to an item is, in milliseconds how long to wait before the item is sent again (undefined
   * where it must not be), and what the next judgement of it has to be given as `doubt`. Without an error, the item
   * counts as done. `body` is JSON text.
   */
  judge(
    ...asked: [
      status: number,
      headers: Record<string, string>,
      body: string,
      method: string,
      url: string,
      conditional: boolean,
      keyed: boolean,
      repeats: number,
      doubt: number,
    ]
  ): [error?: Exo365Error, wait?: number, doubt?: number];
}

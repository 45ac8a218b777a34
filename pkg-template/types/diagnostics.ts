// Calls that failed or were slow, preloads that nobody took, and mocks that nobody asks.
import type { ErrorCode } from './codes.ts';

/**
 * The newest 50 calls that failed, or took five seconds and more: what the service's support asks for. Without secrets.
 * Beside them is what was preloaded for nothing, and that `fetch` was replaced.
 */
export interface Diagnostics {
  /**
   * The entries, newest first. With `keepDiagnostics`, those of earlier page loads are there a moment after
   * `createClient`.
   */
  list(): Diagnostic[];
  /** Forgets all entries, also those that are kept. */
  clear(): void;
  /**
   * All entries as text for a support case, with the ids by which the service finds the calls.
   *
   * @example
   * ```ts
   * console.log(await client.diagnostics.text());
   * ```
   */
  text(): Promise<string>;
}

/** A call that failed or was slow, a preload that no call took, or a call that a mock of `fetch` does not see. */
export interface Diagnostic {
  /** When it ended, in ISO 8601. */
  at: string;
  /** HTTP method. */
  method: string;
  /**
   * Path without query: of named methods the template without ids; of `request` and of links as it was sent, which may
   * name people.
   */
  url: string;
  /** HTTP status, where an answer came. */
  status?: number;
  /** Code of the error; not there for a call that was only slow. */
  code?: ErrorCode;
  /** True where an answer was preloaded, and no call took it in ten seconds: the page did not make an equal call. */
  unused?: true;
  /**
   * True for the first call after a script put another function in the place of the page's `fetch`. This package goes
   * on with the one that was there when it loaded, so that a mock is not asked: give it to `createClient` as `fetch`.
   */
  fetchReplaced?: true;
  /** How long it took with its repeats, in milliseconds. */
  durationMs: number;
  /** How often it was sent. */
  attempts: number;
  /** Id that this package gave the call. */
  clientRequestId?: string;
  /** Id that the service gave the call. */
  requestId?: string;
  /** Headers of the answer that the browser lets the page see. */
  headers: Record<string, string>;
}

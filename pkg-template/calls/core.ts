// The boundary: what crosses to the WebAssembly, and its types. Options and descriptions of calls cross as JSON text.
import { invalidArgument, toJson } from '../error.ts';
import type { Call, Options } from './api.ts';

export type { Core } from '../wasm/exo365.js';

/** One item of a batch, as the service takes it. */
export interface BatchItem {
  id: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  dependsOn?: string[];
}

/** What the service answered to one item. */
export interface BatchAnswer {
  id?: string;
  status: number;
  headers: Record<string, string>;
  body?: unknown;
}

/** The options that every call takes. */
const ALWAYS = ['timeout', 'timeZone', 'headers'];

/** Pairs in any form that a browser knows (Headers, URLSearchParams, Map, lists) as an object. */
function plain(pairs: unknown): Record<string, string> | undefined {
  if (!(Symbol.iterator in Object(pairs))) return pairs as Record<string, string> | undefined;
  const list = [...(pairs as Iterable<[string, string]>)];
  if (new Map(list).size < list.length) throw invalidArgument('`headers` or `query` has a name twice');
  return Object.fromEntries(list);
}

/** The caller's options, read once: their getters may throw. */
export function readOptions(options: Options = {}): Options & { headers?: Record<string, string> | undefined } {
  if (typeof options !== 'object') throw invalidArgument('options are an object');
  const { headers, query } = options ?? {};
  return { ...options, headers: plain(headers), query: plain(query) };
}

/** Whether the service makes an event with this body once only. */
export const isKeyed = (body: unknown) =>
  typeof (body as { transactionId?: unknown } | null)?.transactionId === 'string';

/** A call to the mailbox of `user` (the signed-in one's where undefined), as core reads it. */
export function describe(user: string | undefined, { method, path, options, allowed = [], body }: Call): string {
  const { signal: _, ...given } = options ?? {};
  const [template, ids] = typeof path === 'string' ? [path] : [path.template, path.ids];
  const offline = globalThis.navigator?.onLine === false;
  return toJson([method, user, template, ids, given, [...ALWAYS, ...allowed], offline, isKeyed(body)]);
}

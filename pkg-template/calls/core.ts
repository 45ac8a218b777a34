// The boundary: what crosses to the WebAssembly, and its types. Options and descriptions of calls cross as JSON text.
import { toJson } from '../error.ts';
import { Core } from '../wasm/exo365.js';
import type { Call } from './api.ts';

export { Core };

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

/** A call to the mailbox of `user` (the signed-in one's where undefined), as core reads it. */
export function describe(user: string | undefined, { method, path, options, allowed = [] }: Call): string {
  const { signal: _, ...given } = options ?? {};
  const [template, ids] = typeof path === 'string' ? [path] : [path.template, path.ids];
  return toJson([method, user, template, ids, given, [...ALWAYS, ...allowed]]);
}

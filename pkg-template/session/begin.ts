// What begins before the WebAssembly is there: the session call, the preload, and the connection to the API. JavaScript
// only begins them: the WebAssembly takes the session's answer over unread, judges it, and alone holds its token.
// `exo365/start` is this file and little else: what it began is there for the client of the same endpoint.
import type { ClientConfig } from '../types.ts';
import { nameOf, stored, unfinished } from './marks.ts';

/** Where `exo365/start` leaves what it began: by the endpoint's name. */
const STARTED = Symbol.for('exo365.started');
const started = globalThis as { [STARTED]?: Record<string, Begun | undefined> };
/** How long an answer may wait for the client, in milliseconds: its token gets older meanwhile. */
const FRESH = 30_000;

/** A call as it crosses to core (crates/core/src/call_description.rs): `[method, user, path, ids, options, ...]`. */
export type Described = readonly unknown[];
export type Fetch = NonNullable<ClientConfig['fetch']>;

/** A request that is on its way. */
interface Sent {
  /** When it was sent, in milliseconds since 1970. */
  readonly at: number;
  readonly answer: Promise<Response>;
  readonly abort: AbortController;
}

/** A preload that is on its way. */
export interface Preload extends Sent {
  readonly calls: readonly Described[];
  /** What the endpoint was told beside the calls, as JSON. */
  readonly settings: string;
}

/** What has begun at one endpoint. */
export interface Begun extends Sent {
  readonly endpoint: string;
  /** Who was signed in when it began, as the tabs know it. */
  readonly mark: string | undefined;
  preload: Preload | undefined;
}

/** Puts a `link` into the page's head. A preload counts while its link is there. */
export function link(fields: { rel: string; href: string; as?: string; fetchPriority?: string }): HTMLLinkElement {
  const element = Object.assign(document.createElement('link'), { crossOrigin: '' }, fields);
  document.head?.append(element);
  return element;
}

/** Opens the connection to `origin`. The browser begins at once, and frameworks that own the head find it as it was. */
export const connect = (origin: string): void => link({ rel: 'preconnect', href: origin }).remove();

/** As core sends its requests to the endpoint (src/endpoint.rs). */
function post(fetch: Fetch, endpoint: string, route: string, body: object): Sent {
  const abort = new AbortController();
  const answer = fetch(endpoint.replace(/\/+$/, '') + route, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-exo365': '1' },
    body: JSON.stringify(body),
    credentials: endpoint.includes('://') ? 'include' : 'same-origin',
    cache: 'no-store',
    redirect: 'manual',
    referrerPolicy: 'no-referrer',
    signal: abort.signal,
  });
  answer.catch(() => {}); // Whoever takes the answer over gets the error.
  return { at: Date.now(), answer, abort };
}

/** Begins the preload of `calls`, where there are any. */
export function beginPreload(
  fetch: Fetch,
  endpoint: string,
  settings: object,
  calls: readonly Described[],
): Preload | undefined {
  if (!calls.length) return undefined;
  return { ...post(fetch, endpoint, '/preload', { ...settings, calls }), calls, settings: JSON.stringify(settings) };
}

/** Begins the session call; not where a sign-out that did not reach the endpoint comes first. */
export function begin(fetch: Fetch, endpoint: string): Begun | undefined {
  if (!isSecureContext || unfinished(endpoint)) return undefined;
  return { ...post(fetch, endpoint, '/session', {}), endpoint, mark: stored(nameOf(endpoint)), preload: undefined };
}

/** Whether a client may still take this over: it is not too old, and nobody signed in or out meanwhile. */
export const isFresh = ({ at, endpoint, mark }: Begun): boolean =>
  Math.abs(Date.now() - at) < FRESH && stored(nameOf(endpoint)) === mark && !unfinished(endpoint);

/** Leaves what has begun to the first client of the endpoint. */
export function leaveStarted(begun: Begun): void {
  started[STARTED] = { ...started[STARTED], [nameOf(begun.endpoint)]: begun };
}

/** What `exo365/start` began at `endpoint`, once; undefined where it is too old, or somebody signed in or out since. */
export function takeStarted(endpoint: string): Begun | undefined {
  const name = nameOf(endpoint);
  const begun = started[STARTED]?.[name];
  if (!begun) return undefined;
  delete started[STARTED]?.[name];
  return isFresh(begun) ? begun : undefined;
}

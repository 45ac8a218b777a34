// exo365/start: for the head of a page, before its scripts are there. It begins what `createClient` of the same
// endpoint takes over, once: the session call, a preload, the connection to the API and the loading of the WebAssembly.
import { begin, beginPreload, connect, leaveStarted, link } from './session/begin.ts';
import { lastApi, onOwnOrigin, zoneHere } from './session/marks.ts';

/** What `start` begins. The script `dist/exo365.start.js` has the same as `data-` attributes of its own tag. */
export interface StartOptions {
  /** Path or address of the token endpoint, as `createClient` gets it. */
  endpoint: string;
  /**
   * Lists and items that the page shows first, at most four, as `[path, ids, options]`: the path below the mailbox with
   * `{}` in place of each id. They answer the first equal calls of the client; `createClient` then does not call its
   * own `preload`. Beside `data-preload` it is JSON text.
   *
   * @example
   * ```ts
   * import { start } from 'exo365/start';
   *
   * start({ endpoint: '/auth', preload: [['mailFolders/{}/messages', ['inbox'], { select: ['subject'], top: 10 }]] });
   * ```
   */
  preload?: readonly StartCall[] | string;
  /**
   * The time zone of the client.
   * @defaultValue the browser's zone
   */
  timeZone?: string;
  /**
   * Origin of the API, for the first visit; later ones know it.
   * @defaultValue 'https://graph.microsoft.com'
   */
  api?: string;
  /**
   * Address of the WebAssembly module.
   * @defaultValue not loaded early; for the script the file `wasm/exo365_bg.wasm` of the package
   */
  wasm?: string;
}

/** `mail.folder('inbox').messages.list({ top: 10 })` is `['mailFolders/{}/messages', ['inbox'], { top: 10 }]`. */
export type StartCall = readonly [path: string, ids?: readonly string[], options?: Readonly<Record<string, unknown>>];

/** All options of reads (crates/core/src/options/key.rs). */
const ALLOWED = 'count expand filter headers orderBy query search select skip timeZone timeout top'.split(' ');

/**
 * Begins it all. Where the address may hold an answer to a sign-in, no request begins: `createClient` looks at that
 * first. It never throws, and what has begun and is taken by nobody is harmless.
 */
export function start({ preload = [], timeZone, api = 'https://graph.microsoft.com', wasm, ...given }: StartOptions) {
  try {
    const endpoint = onOwnOrigin(given.endpoint);
    const [, origin = api] = lastApi(endpoint);
    if (origin) connect(origin);
    const begun = (location.search + location.hash).includes('state=') ? undefined : begin(fetch, endpoint);
    if (begun) {
      leaveStarted(begun);
      const calls = (typeof preload === 'string' ? JSON.parse(preload) : preload) as readonly StartCall[];
      begun.preload = beginPreload(
        fetch,
        endpoint,
        { timeZone: timeZone ?? zoneHere() },
        calls.map(([path, ids = [], options = {}]) => ['GET', null, path, ids, options, ALLOWED, false, false]),
      );
    }
  } catch {} // `createClient` does it later, and tells what is wrong.
  // Last, and behind the app's script, which has something to do while the module is on its way: that is the largest.
  try {
    if (wasm) link({ rel: 'preload', as: 'fetch', href: wasm, fetchPriority: 'low' });
  } catch {}
}

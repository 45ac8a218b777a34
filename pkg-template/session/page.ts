// The window as the WebAssembly sees it: where the page is, and what the tab keeps of sign-ins that are under way.
// Only effects: what they mean is decided on the other side.
import { type Begun, isFresh } from './begin.ts';
import { nameOf } from './marks.ts';
import { URL } from './platform.ts';

/** Begins our names in `sessionStorage` and of channels. */
export const PREFIX = 'exo365.';
/** Sign-ins that may be under way in one tab: those that nobody comes back from must not fill the storage. */
const MAX_PENDING = 50;

/** An address of this origin, in its parts. */
export type Address = Pick<Location, 'origin' | 'pathname' | 'search' | 'hash'>;

export interface Page {
  /** Where the page is now, as JSON. */
  state(): string;
  /** Where it was when the package was loaded, for the client that completes a sign-in; as JSON. */
  arrived(): string;
  /** Keeps the record of a sign-in under its `state`. */
  keep(name: string, record: string): void;
  /** Reads a record and forgets it, in this order. */
  take(name: string): string | undefined;
  /** Removes what arrived from the address bar; the page's own history state stays, and what came since. */
  clean(): void;
  /** Brings the user back to a path of this origin; where that is another page, when the session is there. */
  back(place: string): void;
  /** The answer to the session call, where that has begun and is still good; `signal` ends it. */
  begun(signal: AbortSignal): Promise<Response> | undefined;
}

/** Names of the records that are kept; none where the browser forbids the storage. */
export function kept(): string[] {
  try {
    return Object.keys(sessionStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

function created(name: string): number {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? '').created ?? 0;
  } catch {
    return 0; // none of ours
  }
}

/** The address of the page. */
export function address(): Address {
  const { origin, pathname, search, hash } = location;
  return { origin, pathname, search, hash };
}

const here = (endpoint: string) => ({
  ...address(),
  secure: isSecureContext,
  framed: window.top !== window,
  endpoint: nameOf(endpoint),
});
/** Puts an address of this origin into the address bar, where the browser or the page's router lets it. */
function show(href: string): void {
  try {
    history.replaceState(history.state, '', href);
  } catch {} // The sign-in goes on. What stays in the address bar can be used no more.
}

/** The page of one client; `arrived` is for the one that completes a sign-in. */
export class BrowserPage implements Page {
  readonly #endpoint: string;
  readonly #arrived: Address | undefined;
  readonly #begun: Begun | undefined;
  /** Where the user was, where that is another page. */
  elsewhere: string | undefined;
  /** Whether what arrived was taken out of the address bar. */
  cleaned = false;

  constructor(endpoint: string, arrived?: Address, begun?: Begun) {
    this.#endpoint = endpoint;
    this.#arrived = arrived;
    this.#begun = begun;
  }

  state() {
    return JSON.stringify(here(this.#endpoint));
  }

  arrived() {
    return JSON.stringify({ ...here(this.#endpoint), search: '', hash: '', ...this.#arrived });
  }

  keep(name: string, record: string) {
    sessionStorage.setItem(PREFIX + name, record);
    const newestFirst = kept().sort((a, b) => created(b) - created(a));
    for (const old of newestFirst.slice(MAX_PENDING)) this.take(old);
  }

  take(name: string) {
    try {
      const record = sessionStorage.getItem(PREFIX + name);
      sessionStorage.removeItem(PREFIX + name);
      return record ?? undefined;
    } catch {
      return undefined; // What cannot be forgotten is not used.
    }
  }

  clean() {
    const { pathname, search, hash } = location;
    this.cleaned = true;
    // A router may have been here before: what it put there stays.
    show(
      location.origin +
        pathname +
        (search === this.#arrived?.search ? '' : search) +
        (hash === this.#arrived?.hash ? '' : hash),
    );
  }

  back(place: string) {
    const { href, pathname } = new URL(location.origin + place);
    if (pathname === location.pathname) show(href);
    else this.elsewhere = href;
  }

  begun(signal: AbortSignal) {
    const begun = this.#begun;
    if (!begun || !isFresh(begun)) return undefined;
    signal.addEventListener('abort', () => begun.abort.abort(signal.reason));
    return begun.answer;
  }
}

/** Undefined in a worker and in Node. */
export const page = (endpoint: string, arrived?: Address): BrowserPage | undefined =>
  isWindow() ? new BrowserPage(endpoint, arrived) : undefined;
export const isWindow = () => typeof window === 'object' && Boolean(globalThis.location);

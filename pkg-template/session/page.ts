// The window as the WebAssembly sees it: where the page is, and what the tab keeps of sign-ins that are under way.
// Only effects: what they mean is decided on the other side.
import { BroadcastChannel } from './platform.ts';

/** Begins our names in `sessionStorage` and of channels. */
export const PREFIX = 'exo365.';
/** Sign-ins that may be under way in one tab: those that nobody comes back from must not fill the storage. */
const MAX_PENDING = 5;

export interface Page {
  /** Where the page is now, as JSON. */
  state(): string;
  /** Keeps the record of a sign-in under its `state`. */
  keep(name: string, record: string): void;
  /** Reads a record and forgets it, in this order. */
  take(name: string): string | undefined;
  /** Shows `place` in the address bar without loading it; the page's own history state stays. */
  show(place: string): void;
  /** Tells the tab that opened this window of the window's address, and closes the window. */
  relay(name: string): void;
  go(place: string): void;
}

/** Names of the records that are kept; none where the browser forbids the storage. */
function kept(): string[] {
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

/** The address of the page, in its parts. */
function address() {
  const { origin, pathname, search, hash } = location;
  return { origin, pathname, search, hash };
}

const browserPage: Page = {
  state: () => JSON.stringify({ ...address(), kept: kept(), secure: isSecureContext, framed: window.top !== window }),
  keep(name, record) {
    sessionStorage.setItem(PREFIX + name, record);
    const newestFirst = kept().sort((a, b) => created(b) - created(a));
    for (const old of newestFirst.slice(MAX_PENDING)) this.take(old);
  },
  take(name) {
    const record = sessionStorage.getItem(PREFIX + name);
    sessionStorage.removeItem(PREFIX + name);
    return record ?? undefined;
  },
  show: (place) => history.replaceState(history.state, '', place),
  relay(name) {
    // By a channel of this origin and this sign-in: Microsoft's pages cut a window off from the one that opened it.
    new BroadcastChannel(PREFIX + name).postMessage(JSON.stringify(address()));
    close();
  },
  go: (place) => location.replace(place),
};

/** Undefined in a worker and in Node. */
export const page = (): Page | undefined =>
  typeof window === 'object' && globalThis.location ? browserPage : undefined;

// The window as the WebAssembly sees it: where the page is, and what the tab keeps of sign-ins that are under way.
// Only effects: what they mean is decided on the other side.

import { BroadcastChannel } from './platform.js';

export const PREFIX = 'exo365.';
/** Sign-ins that may be under way in one tab: whoever never comes back must not fill the storage. */
const MOST = 5;

/** What a browser may refuse to a page is as if it were empty. */
function kept() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

function created(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name)).created ?? 0;
  } catch {
    return 0; // none of ours
  }
}

/** Undefined in a worker and in Node. */
export const page = () => globalThis.window && globalThis.location && {
  /** Where the page is now, as JSON. */
  state() {
    const { origin, pathname, search, hash } = location;
    return JSON.stringify({ origin, pathname, search, hash, kept: kept(), secure: isSecureContext, framed: window.top !== window });
  },
  keep(name, text) {
    sessionStorage.setItem(PREFIX + name, text);
    const newestFirst = kept().sort((a, b) => created(b) - created(a));
    for (const old of newestFirst.slice(MOST)) this.take(old);
  },
  /** Reads a record and forgets it, in this order. */
  take(name) {
    const text = sessionStorage.getItem(PREFIX + name);
    sessionStorage.removeItem(PREFIX + name);
    return text ?? undefined;
  },
  /** Shows `place` in the address bar without loading it; the page's own history state stays. */
  show(place) {
    history.replaceState(history.state, '', place);
  },
  /** By a channel of this origin and this sign-in: Microsoft's pages cut a window off from the one that opened it. */
  relay(name) {
    const { origin, pathname, search, hash } = location;
    new BroadcastChannel(PREFIX + name).postMessage(JSON.stringify({ origin, pathname, search, hash }));
    close();
  },
  go(place) {
    location.replace(place);
  },
};

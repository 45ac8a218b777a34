// The window as the WebAssembly sees it: where the page is, and what the tab keeps of sign-ins that are under way.
// Only effects: what they mean is decided on the other side.

const PREFIX = 'exo365.';

/** What a browser may refuse to a page is as if it were empty. */
function kept() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
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
  go(place) {
    location.replace(place);
  },
};

// What `localStorage` holds of an endpoint, for all tabs of the origin. No secret: who is signed in, whether a sign-out
// did not reach the endpoint, and where its API is.

// Taken when the package loads, as in platform.ts: a later script may replace it. (`exo365/start` has no room for all
// of that file.)
const { URL } = globalThis;

type Clock = { Temporal?: { Now: { timeZoneId(): string } } };

/** The browser's time zone. Chromium takes 10 ms and more for the first `Intl.DateTimeFormat`, none for `Temporal`. */
export const zoneHere = () =>
  (globalThis as Clock).Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The name of an endpoint's mark, which says who is signed in. One that is no address has a name as well. */
export function nameOf(endpoint: string): string {
  const base = endpoint.replace(/\/+$/, '');
  try {
    return `exo365:${new URL(base, document.baseURI)}`;
  } catch {
    return `exo365:${base}`;
  }
}

/** Where an endpoint is called: one without an origin is on the page's own, wherever the page's `<base>` leads. */
export function onOwnOrigin<E extends string | undefined>(endpoint: E): E | string {
  try {
    const given = endpoint as string;
    const { origin, pathname } = new URL(given, document.baseURI);
    const own = new URL(pathname, location.href);
    if (!given.includes('://') && own.origin !== origin) return own.href;
  } catch {} // No page, or no address: that core refuses.
  return endpoint;
}

/** Writes an entry of `localStorage`, or removes it for null; gives what is there. */
export function stored(name: string, value?: string | null): string | undefined {
  try {
    if (value === null) localStorage.removeItem(name);
    else if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined; // The browser's settings forbid it.
  }
}

/** Whether a sign-out did not reach the endpoint; with `value`, notes that it did not (a text) or did (null). */
export const unfinished = (endpoint: string, value?: string | null) => stored(`${nameOf(endpoint)}#signout`, value);

/** The API of the last session: its flavour and, where a page calls it, its origin. With `value`, notes it. */
export const lastApi = (endpoint: string, value?: string) =>
  (stored(`${nameOf(endpoint)}#api`, value) ?? '').split(' ') as [flavor?: string, origin?: string];

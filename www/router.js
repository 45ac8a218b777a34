// The place where the user is, in the fragment of the address: `#/mail/inbox/{id}?unread=1`.
// A fragment survives reload, back, and the round trip of a sign-in: exo365 brings the user back to it.

/** The place: name of the view, decoded segments after it, and options. */
export function read() {
  const [path, search = ''] = location.hash.slice(1).split('?');
  const [view = '', ...parts] = path.split('/').slice(1).map(decoded);
  return { view, parts, query: new URLSearchParams(search) };
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a half-typed % in the address bar is no reason to fail
  }
}

/**
 * The address of a place. Ids are encoded: they may hold any character.
 *
 * @param {string} view
 * @param {string[]} [parts] Segments after the view; empty ones are left out.
 * @param {URLSearchParams | Record<string, string> | string} [query]
 */
export function href(view, parts = [], query = '') {
  const path = [view, ...parts.filter(Boolean)].map(encodeURIComponent).join('/');
  const search = String(query instanceof URLSearchParams ? query : new URLSearchParams(query));
  return `#/${path}${search && `?${search}`}`;
}

/** Goes there. With `replace`, back does not return to where we are now. */
export function go(to, { replace = false } = {}) {
  if (to === location.hash) return;
  if (!replace) location.hash = to;
  else {
    history.replaceState(null, '', to);
    dispatchEvent(new HashChangeEvent('hashchange')); // replaceState tells nobody
  }
}

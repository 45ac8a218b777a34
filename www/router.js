// The place in the app is the fragment of the URL: `#/mail/inbox/{id}?unread=1`. It survives a reload, the back button
// and a sign-in: exo365 returns to it.

/** The current place: the name of the view, the decoded segments after it, and the options. */
export function read() {
  const [path, search = ''] = location.hash.slice(1).split('?');
  const [view = '', ...parts] = path.split('/').slice(1).map(decoded);
  return { view, parts, query: new URLSearchParams(search) };
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // an incomplete % sequence in the address bar must not fail
  }
}

/**
 * The fragment of a place. Ids are encoded, as they may contain any character.
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

/** Goes to a place. With `replace`, the back button skips the current one. */
export function go(to, { replace = false } = {}) {
  if (to === location.hash) return;
  if (!replace) location.hash = to;
  else {
    history.replaceState(null, '', to);
    dispatchEvent(new HashChangeEvent('hashchange')); // replaceState sends no event
  }
}

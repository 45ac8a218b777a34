// Texts that are being written, kept in this browser: a reload, a closed tab or the end of the session loses none.
//
// One entry of `localStorage` for each form, under the account and an id of its own. It holds what was typed and the id
// of the item that is changed or answered; no token, and no file. The entry is removed when the text was sent, saved or
// discarded. While a form is open its tab holds a lock, so that no other tab offers the same text.

const PREFIX = 'exo365-demo.kept';
const prefixOf = ({ tenantId, objectId }) => `${PREFIX}.${tenantId}.${objectId}.`;
/** Tells `onKept` that the list may be another one. */
const changes = new EventTarget();
const changed = () => changes.dispatchEvent(new Event('change'));

/**
 * @typedef {object} Kept A text that was not finished.
 * @property {string} id
 * @property {'message' | 'meeting' | 'contact' | 'answer' | 'replies'} kind The form that it was typed into.
 * @property {string} title What the user knows it by; may be empty.
 * @property {number} at When it was typed: milliseconds since 1970.
 * @property {Record<string, any>} values The fields of the form.
 * @property {Record<string, any>} about What the form was opened for, such as the id of the message that is answered.
 */

/** @returns {Kept | undefined} */
function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return typeof kept?.values === 'object' && kept.values && { about: {}, title: '', ...kept };
  } catch {
    return undefined; // storage is blocked, or somebody else wrote this entry
  }
}

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

/** All unfinished texts of the account, the newest first. */
export function allKept(account) {
  const prefix = prefixOf(account);
  return keys()
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => read(key) || [])
    .sort((a, b) => b.at - a.at);
}

/** Those that no form shows at present, here or in another tab. */
export async function unfinished(account) {
  const held = new Set((await navigator.locks?.query())?.held.map(({ name }) => name));
  return allKept(account).filter(({ id }) => !held.has(prefixOf(account) + id));
}

/** The text with this id, where there is one. */
export const take = (account, id) => (id ? read(prefixOf(account) + id) : undefined);

/** Removes a text for good. */
export function discard(account, id) {
  try {
    localStorage.removeItem(prefixOf(account) + id);
  } catch {
    // Where storage is blocked, nothing was kept.
  }
  changed();
}

/**
 * Keeps the text of one form until `drop` or `release`.
 *
 * @param {{ tenantId: string, objectId: string }} account
 * @param {Kept['kind']} kind
 * @param {string} [id] Of a text that is continued.
 */
export function keeper(account, kind, id = crypto.randomUUID()) {
  const key = prefixOf(account) + id;
  let open = true;
  /** @type {(value?: unknown) => void} */
  let unlock = () => {};
  navigator.locks?.request(key, () => {
    changed();
    return open && new Promise((resolve) => (unlock = resolve));
  });
  const release = () => {
    open = false;
    unlock();
    // The browser gives the lock back in a later task; a request for it is answered after that.
    if (navigator.locks) navigator.locks.request(key, () => {}).then(changed);
    else changed();
  };
  return {
    /**
     * To be called at each change; without an argument where the form is as it was opened.
     *
     * @param {Pick<Kept, 'title' | 'values' | 'about'>} [text]
     */
    write(text) {
      if (!open) return;
      try {
        if (text) localStorage.setItem(key, JSON.stringify({ ...text, id, kind, at: Date.now() }));
        else localStorage.removeItem(key);
      } catch {
        // Storage is full or blocked: the text is in the form only, as it would be without this module.
      }
    },
    /** The form is gone, its text stays. */
    release,
    /** The text was sent, saved or discarded. */
    drop() {
      discard(account, id);
      release();
    },
  };
}

/** Calls `listener` when the list of unfinished texts may have changed, here or in another tab. */
export function onKept(listener, { signal }) {
  changes.addEventListener('change', listener, { signal });
  addEventListener('storage', ({ key }) => (key === null || key.startsWith(PREFIX)) && listener(), { signal });
}

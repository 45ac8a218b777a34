// Failed and slow calls, for the people who have to find out why: as text, and kept over reloads.

const STORE = 'diagnostics';

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/**
 * Keeps `noted` (newest first, at most `most`) in IndexedDB, a row for each entry: several tabs may write. Resolves with the function
 * that is told of each entry, and without one that all are to go. What the browser's settings forbid is not kept.
 */
export async function kept(face, noted, most) {
  const opening = indexedDB.open('exo365', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { autoIncrement: true });
  const database = await done(opening);
  const rows = () => database.transaction(STORE, 'readwrite').objectStore(STORE);
  const before = await done(rows().getAll());
  noted.push(...before.reverse().slice(0, Math.max(0, most - noted.length)));
  return async (entry) => {
    const store = rows();
    if (!entry) return done(store.clear());
    store.add(entry);
    const keys = await done(store.getAllKeys());
    if (keys.length > most) store.delete(IDBKeyRange.upperBound(keys[keys.length - most - 1]));
  };
}

/** The entries as a person pastes them into a support case: what, when, and the ids by which the service finds it. */
export async function report({ api }, noted, journal) {
  // What earlier page loads left may still be coming in.
  await journal;
  const lines = noted.map(({ at, method, url, status, code, durationMs, attempts, clientRequestId, requestId, headers }) => {
    const ids = { 'client-request-id': clientRequestId, 'request-id': requestId, ...headers };
    const told = Object.entries(ids).filter(([, value]) => value).map(([name, value]) => `\n  ${name}: ${value}`);
    return `${at} ${method} ${url}: ${status ?? 'no status'} ${code ?? 'slow'}, ${durationMs} ms, ${attempts} attempt${attempts === 1 ? '' : 's'}${told.join('')}\n`;
  });
  return `exo365, ${api}, ${globalThis.navigator?.userAgent ?? ''}\n${lines.join('') || 'no failed or slow calls\n'}`;
}

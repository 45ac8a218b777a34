// Failed and slow calls, for the people who have to find out why: as text, and kept over reloads.
import type { Api } from './calls/api.ts';
import type { Keep } from './calls/diagnostics.ts';
import type { Diagnostic } from './types.ts';

const STORE = 'diagnostics';

const done = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * Keeps `entries` (newest first, at most `most`) in IndexedDB, a row for each entry: several tabs may write. Resolves
 * with the function that keeps an entry, and without one forgets all. Rejects where the browser's settings forbid the
 * database.
 */
export async function kept(_: Api, entries: Diagnostic[], most: number): Promise<Keep> {
  const opening = indexedDB.open('exo365', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { autoIncrement: true });
  const database = await done(opening);
  const rows = () => database.transaction(STORE, 'readwrite').objectStore(STORE);
  const before = await done(rows().getAll());
  entries.push(...before.reverse().slice(0, Math.max(0, most - entries.length)));
  return async (entry) => {
    const store = rows();
    if (!entry) return done(store.clear());
    store.add(entry);
    const keys = await done(store.getAllKeys());
    if (keys.length > most) store.delete(IDBKeyRange.upperBound(keys[keys.length - most - 1]));
  };
}

/** The entries as text for a support case: what, when, and the ids by which the service finds the call. */
export async function report(
  { flavor }: Api,
  entries: readonly Diagnostic[],
  journal?: Promise<Keep>,
): Promise<string> {
  // What earlier page loads left may still be coming in.
  await journal;
  const lines = entries.map(
    ({
      at,
      method,
      url,
      status,
      code,
      unused,
      fetchReplaced,
      durationMs,
      attempts,
      clientRequestId,
      requestId,
      headers,
    }) => {
      const ids = { 'client-request-id': clientRequestId, 'request-id': requestId, ...headers };
      const known = Object.entries(ids)
        .filter(([, value]) => value)
        .map(([name, value]) => `\n  ${name}: ${value}`);
      const tries = `${attempts} attempt${attempts === 1 ? '' : 's'}`;
      const failed = `${status ?? 'no status'} ${code ?? 'slow'}`;
      const mock = fetchReplaced && "not asked: what replaced the page's fetch (createClient takes it as `fetch`)";
      const came = mock || (unused ? 'preloaded, taken by no call' : failed);
      return `${at} ${method} ${url}: ${came}, ${durationMs} ms, ${tries}${known.join('')}\n`;
    },
  );
  const browser = globalThis.navigator?.userAgent ?? '';
  return `exo365, ${flavor}, ${browser}\n${lines.join('') || 'no failed or slow calls\n'}`;
}

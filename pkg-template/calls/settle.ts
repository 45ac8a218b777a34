// A write whose outcome is not known: a look at the item may tell it.
import type { Exo365Error } from '../error.ts';
import type { Api, Call, Options } from './api.ts';
import { type Path, path } from './path.ts';

/** What Node says where no connection came about. */
const UNSENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** What became of a call: it is done, with this value, or it failed. */
type Outcome = { value: unknown; error?: never } | { error: Exo365Error };
type Fields = Record<string, unknown>;

/** What `call` came to, where that can be found out. */
export async function settle(api: Api, call: Call, error: Exo365Error): Promise<Outcome | undefined> {
  const { cause } = (error.cause ?? {}) as { cause?: { code?: string } };
  if (error.attempts === 1 && UNSENT.includes(cause?.code ?? '')) {
    const { clientRequestId } = error;
    const unsent = api.fail('network', 'no connection came about: nothing was sent', error.cause);
    return { error: Object.assign(unsent, { clientRequestId, attempts: 1 }) };
  }
  if (call.method === 'DELETE') return deleted(api, call);
  if (call.method === 'PATCH' && error.status === 412) return changed(api, call);
  return undefined;
}

/** Reads what is at `path`, or null where there is nothing. */
async function read(api: Api, { options }: Call, path: Path | string, more?: Options): Promise<Fields | null> {
  const { signal, timeout, timeZone, headers } = options ?? {};
  const { 'if-match': _, ...sent } = lowered(headers);
  const asked = { signal, timeout, timeZone, headers: sent, ...more };
  return api.call({ method: 'GET', path, options: asked, allowed: ['select'] }).catch((error) => {
    if (error.code === 'not_found') return null;
    throw error;
  });
}

const lowered = (headers: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries((headers ?? {}) as object).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * A deletion that may have moved the item to the deleted items, where another one would take it for good: done where
 * the item is gone, not known where it is among the deleted items, else sent again for the version that is there.
 */
async function deleted(api: Api, call: Call): Promise<Outcome | undefined> {
  const [parent, id] = ['parentFolderId', 'id'].map(api.spell);
  const [item, bin] = await Promise.all([
    read(api, call, call.path, { select: [parent] }),
    read(api, call, path`mailFolders/deleteditems`, { select: [id] }),
  ]);
  if (!item) return { value: undefined };
  if (!item[parent] || item[parent] === bin?.[id]) return undefined;
  const options = { ifMatch: item['@odata.etag'] as string, ...call.options };
  const allowed = [...(call.allowed ?? []), 'ifMatch'];
  try {
    return { value: await api.call({ ...call, options, allowed, unsettled: true }) };
  } catch (cause) {
    const error = cause as Exo365Error;
    if (error.code === 'not_found') return { value: undefined };
    return error.code === 'precondition_failed' ? undefined : { error };
  }
}

/** A conditional change that was refused after a lost answer: done where the item has all that was written. */
async function changed(api: Api, call: Call): Promise<Outcome | undefined> {
  const { body } = call;
  if (Object.getPrototypeOf(Object(body)) !== Object.prototype) return undefined;
  const item = await read(api, call, call.path);
  return holds(item, body) ? { value: item } : undefined;
}

/** Whether `has` has all that is in `wanted`. Services add zeros to the seconds of a time. */
function holds(has: unknown, wanted: unknown): boolean {
  const plain = (value: unknown) => (typeof value === 'string' ? value.replace(/\.0+(?=Z?$)/, '') : (value ?? null));
  if (plain(has) === plain(wanted)) return true;
  if (typeof has !== 'object' || typeof wanted !== 'object' || !has || !wanted) return false;
  if (Array.isArray(wanted) && (has as unknown[]).length !== wanted.length) return false;
  return Object.entries(wanted).every(([name, value]) => /@odata\./.test(name) || holds((has as Fields)[name], value));
}

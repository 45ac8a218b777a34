// One shape for everything that can be listed; one implementation.
import { fail, truth } from './error.js';
import { joined } from './signal.js';

const LIST = 'select,filter,orderBy,expand,search,top,skip,count,query';

/** The options that every page of a list needs again: a link does not carry headers. */
const again = ({ signal, timeout, timeZone, headers }) => ({ signal, timeout, timeZone, headers });

/** A page from the service's envelope. `seen` holds the links that led here. */
function page(face, user, body, query, seen = []) {
  const items = body?.value;
  if (!Array.isArray(items)) throw fail('invalid_response', 'the answer is no list');
  const link = body['@odata.nextLink'];
  const next = async () => {
    if (seen.includes(link)) throw fail('invalid_response', 'the service repeats a page');
    return page(face, user, await face.call('GET', user, link, undefined, again(query)), query, [...seen, link]);
  };
  const count = body['@odata.count'];
  return { items, ...(count !== undefined && { count }), next: link ? next : null };
}

/** Items of all pages; the next page is fetched while this one is read, and dropped where nobody wants it any more. */
export async function* walk(list, query) {
  const own = new AbortController();
  try {
    for (let coming = list({ ...query, signal: joined(own.signal, query?.signal) }); coming; ) {
      const { items, next } = await coming;
      coming = next?.();
      coming?.catch(() => {}); // It is told where it is awaited, if it is.
      yield* items;
    }
  } finally {
    own.abort();
  }
}

/** One page under `path`, a template whose `{}` are `ids`. `params` are the path's own parameters. */
export async function list(face, user, path, ids, query, params) {
  return page(face, user, await face.call('GET', user, path, ids, params ? { ...query, ...params } : query, undefined, LIST), { ...query });
}

/** A collection: what is written to it may have short forms. */
export function collection(face, user, path, ids = []) {
  const item = `${path}/{}`;
  const write = async (method, where, wheres, given, options, allowed) => face.call(method, user, where, wheres, options, await face.draft(given, options?.timeZone), allowed);
  const pages = (query) => list(face, user, path, ids, query);
  return {
    list: pages,
    all: (query) => walk(pages, query),
    get: (id, query) => face.call('GET', user, item, [...ids, id], query, undefined, 'select,expand'),
    create: (given, options) => write('POST', path, ids, given, options),
    update: (id, changes, options) => write('PATCH', item, [...ids, id], changes, options, 'ifMatch'),
    async delete(id, options) {
      const { permanently: given, ...rest } = options ?? {};
      const permanently = truth(given, 'permanently');
      return face.call(permanently ? 'POST' : 'DELETE', user, permanently ? `${item}/permanentDelete` : item, [...ids, id], rest, undefined, 'ifMatch');
    },
    count: (query) => face.later('count', user, path, ids, query),
    delta: (options) => face.later('delta', user, path, ids, options),
  };
}

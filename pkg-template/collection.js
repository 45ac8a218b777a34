// One shape for everything that can be listed; one implementation.

const LIST = 'select,filter,orderBy,expand,search,top,skip,count,query,';
const CALL_KEYS = ['signal', 'timeout', 'timeZone', 'headers'];

/** The options that every page of a list needs again: a link does not carry headers. */
const again = (query = {}) => Object.fromEntries(CALL_KEYS.filter((key) => key in query).map((key) => [key, query[key]]));

/** A page from the service's envelope. `seen` holds the links that led here. */
function page(face, body, query, seen = []) {
  const items = body?.value;
  if (!Array.isArray(items)) throw face.fail('invalid_response', 'the answer is no list');
  const link = body['@odata.nextLink'];
  const next = async () => {
    if (seen.includes(link)) throw face.fail('invalid_response', 'the service repeats a page');
    return page(face, await face.call('GET', undefined, link, undefined, again(query)), query, [...seen, link]);
  };
  const count = body['@odata.count'];
  return { items, ...(count !== undefined && { count }), next: link ? next : null };
}

/** Items of all pages; the next page is fetched while this one is read. */
export async function* walk(first) {
  for (let coming = first(); coming; ) {
    const { items, next } = await coming;
    coming = next?.();
    coming?.catch(() => {}); // It is told where it is awaited, if it is.
    yield* items;
  }
}

/** Lists under `path`, a template whose `{}` are `ids`. */
export function lister(face, user, path, ids = [], extra = {}) {
  const list = async (query) => {
    const options = { ...query, ...extra };
    return page(face, await face.call('GET', user, path, ids, options, undefined, LIST), query);
  };
  return { list, all: (query) => walk(() => list(query)) };
}

/** A collection. `draft` expands the short forms of what is written to it. */
export function collection(face, user, path, ids = [], draft = (given) => given) {
  const item = `${path}/{}`;
  const write = async (method, where, wheres, given, options, allowed) => face.call(method, user, where, wheres, options, await draft(given), allowed);
  return {
    ...lister(face, user, path, ids),
    get: (id, query) => face.call('GET', user, item, [...ids, id], query, undefined, 'select,expand'),
    create: (given, options) => write('POST', path, ids, given, options),
    update: (id, changes, options) => write('PATCH', item, [...ids, id], changes, options, 'ifMatch'),
    delete: (id, { permanently, ...options } = {}) => (permanently
      ? face.call('POST', user, `${item}/permanentDelete`, [...ids, id], options, undefined, 'ifMatch')
      : face.call('DELETE', user, item, [...ids, id], options, undefined, 'ifMatch')),
    count: async (query) => Number(await face.call('GET', user, `${path}/$count`, ids, { ...query, as: 'text' }, undefined, 'filter,as')),
  };
}

// One shape for everything that can be listed; one implementation.
import type { Api, Options } from '../calls/api.ts';
import { below, type Path } from '../calls/path.ts';
import { joined } from '../calls/signal.ts';
import { booleanOption, fail } from '../error.ts';
import type { Collection, Page } from '../types.ts';

const QUERY = ['select', 'filter', 'orderBy', 'expand', 'search', 'top', 'skip', 'count', 'query'];

interface Envelope<T> {
  value?: T[];
  '@odata.nextLink'?: string;
  '@odata.count'?: number;
}

/** A page from the service's answer. `seen` holds the links that led here. */
function page<T>(api: Api, body: Envelope<T> | null, query: Options, seen: string[] = []): Page<T> {
  const { value: items, '@odata.nextLink': link, '@odata.count': count } = body ?? {};
  if (!Array.isArray(items)) throw fail('invalid_response', 'the answer is no list');
  // A link does not carry headers: every page needs these options again.
  const { signal, timeout, timeZone, headers } = query;
  const next = async (link: string) => {
    if (seen.includes(link)) throw fail('invalid_response', 'the service repeats a page');
    const answer = await api.call({ method: 'GET', path: link, options: { signal, timeout, timeZone, headers } });
    return page<T>(api, answer, query, [...seen, link]);
  };
  return { items, ...(count !== undefined && { count }), next: link ? () => next(link) : null };
}

/** Items of all pages; the next page is fetched while this one is read, and dropped where nobody wants it any more. */
export async function* walk<T>(
  list: (query: Options) => Promise<Page<T>>,
  query?: Options,
): AsyncGenerator<T, void, undefined> {
  const own = new AbortController();
  try {
    let coming: Promise<Page<T>> | undefined = list({ ...query, signal: joined(own.signal, query?.signal) });
    while (coming) {
      const { items, next }: Page<T> = await coming;
      coming = next?.();
      coming?.catch(() => {}); // It is told where it is awaited, if it is.
      yield* items;
    }
  } finally {
    own.abort();
  }
}

/** One page of what is at `path`; `query` in `params` are the path's own parameters. */
export async function list<T>(api: Api, path: Path, query?: Options, params?: Options): Promise<Page<T>> {
  const options = params ? { ...query, ...params } : query;
  return page<T>(api, await api.call({ method: 'GET', path, options, allowed: QUERY }), { ...query });
}

/** A collection: what is written to it may have short forms. */
export function collection<T, D = Partial<T>>(api: Api, path: Path): Collection<T, 'graph', D> {
  const item = (id: string) => below(path, '{}', id);
  const pages = (query?: Options) => list<T>(api, path, query);
  const write = async (method: string, path: Path, given: unknown, options?: Options, allowed?: string[]) =>
    api.call({ method, path, options, body: await api.lazy('draft', given, options?.timeZone), allowed });
  const all = {
    list: pages,
    all: (query?: Options) => walk(pages, query),
    get: (id: string, options?: Options) =>
      api.call({ method: 'GET', path: item(id), options, allowed: ['select', 'expand'] }),
    create: (given: D, options?: Options) => write('POST', path, given, options),
    update: (id: string, changes: D, options?: Options) => write('PATCH', item(id), changes, options, ['ifMatch']),
    async delete(id: string, options?: Options & { permanently?: boolean }) {
      const { permanently, ...rest } = options ?? {};
      const call = booleanOption(permanently, 'permanently')
        ? { method: 'POST', path: below(item(id), 'permanentDelete') }
        : { method: 'DELETE', path: item(id) };
      return api.call({ ...call, options: rest, allowed: ['ifMatch'] });
    },
    count: (query?: Options) => api.lazy('count', path, query),
    delta: (options?: Options) => api.lazy('delta', path, options),
  };
  return all as unknown as Collection<T, 'graph', D>;
}

// Pages of a list, and the way from one to the next.
import { fail, ours } from '../error.ts';
import type { Page } from '../types.ts';
import type { Api, Options } from './api.ts';
import type { Path } from './path.ts';
import { joined } from './signal.ts';

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
  const first = async () => list({ ...query, signal: joined(own.signal, query?.signal) });
  try {
    let coming: Promise<Page<T>> | undefined = ours(first)();
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

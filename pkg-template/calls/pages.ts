// Pages of a list, and the way from one to the next.
import { fail, ours } from '../error.ts';
import type { Page } from '../types.ts';
import type { Api, Options } from './api.ts';
import type { Path } from './path.ts';
import { joined } from './signal.ts';

const QUERY = ['select', 'filter', 'orderBy', 'expand', 'search', 'top', 'skip', 'count', 'query'];

/** Marks the query of a list whose pages may grow. */
const GROWS = Symbol();
/** What a page that grew shall have at most: characters, and milliseconds. */
const LARGEST_PAGE = 2_000_000;
const LONGEST_PAGE = 2000;
/** The size of pages of what is searched for: it cannot grow, since the service goes on by tokens. */
const FOUND = 100;

/** A query by which all pages are read: where it names no size, their size is ours. */
export const growing = (query: Options = {}): Options =>
  query.top === undefined && !query.query ? Object.assign({ ...query }, { [GROWS]: true }) : query;

interface Envelope<T> {
  value?: T[];
  '@odata.nextLink'?: string;
  '@odata.count'?: number;
}
/** A request of our own in place of the link to the next page, where there is one. */
type Further<T> = (items: readonly T[], link: string) => (() => Promise<Page<T>>) | undefined;

/** A page from the service's answer. `seen` holds the links that led here. */
function page<T>(
  api: Api,
  body: Envelope<T> | null,
  query: Options,
  further?: Further<T>,
  seen: string[] = [],
): Page<T> {
  const { value: items, '@odata.nextLink': link, '@odata.count': count } = body ?? {};
  if (!Array.isArray(items)) throw fail('invalid_response', 'the answer is no list');
  // A link does not carry headers: every page needs these options again.
  const { signal, timeout, timeZone, headers } = query;
  const next = async (link: string) => {
    if (seen.includes(link)) throw fail('invalid_response', 'the service repeats a page');
    const answer = await api.call({ method: 'GET', path: link, options: { signal, timeout, timeZone, headers } });
    return page<T>(api, answer, query, undefined, [...seen, link]);
  };
  return {
    items,
    ...(count !== undefined && { count }),
    next: link ? (further?.(items, link) ?? (() => next(link))) : null,
  };
}

/** How many items a page may have, after one with these that took so many milliseconds. */
function allowed(items: readonly unknown[], took: number): number {
  const share = Math.min(LARGEST_PAGE / JSON.stringify(items).length, LONGEST_PAGE / took);
  return Math.floor(items.length * share);
}

/** Items of all pages; the next page is fetched while this one is read, and dropped where nobody wants it any more. */
export async function* walk<T>(
  list: (query: Options) => Promise<Page<T>>,
  query?: Options,
): AsyncGenerator<T, void, undefined> {
  const own = new AbortController();
  const signal = query?.signal;
  const first = async () => list({ ...growing(query), signal: joined(own.signal, signal) });
  // What arrives meanwhile moves items to a later page, where they are again.
  const known = new Set<unknown>();
  let repeated = 0;
  try {
    let coming: Promise<Page<T>> | undefined = ours(first)();
    while (coming) {
      const { items, next }: Page<T> = await coming;
      coming = next?.();
      coming?.catch(() => {}); // It is told where it is awaited, if it is.
      const fresh = items.filter((item) => {
        const { id = item, Id = id } = Object(item);
        return known.size < known.add(Id).size;
      });
      repeated = fresh.length || !items.length ? 0 : repeated + 1;
      if (repeated > 1) throw fail('invalid_response', 'the service repeats a page');
      for (const item of fresh) {
        if (signal?.aborted) throw fail('aborted', 'the caller aborted the call', signal.reason);
        yield item;
      }
    }
  } finally {
    own.abort();
  }
}

/** One page of what is at `path`; `query` in `params` are the path's own parameters. */
export async function list<T>(api: Api, path: Path, query?: Options, params?: Options): Promise<Page<T>> {
  const { [GROWS]: grows, ...given } = (query ?? {}) as Options & { [GROWS]?: true };
  const largest = api.graph ? 1000 : 50;
  if (grows && given.search !== undefined) given.top = Math.min(FOUND, largest);
  const ask = async (own: { skip?: number; top?: number }, seen: string[]): Promise<Page<T>> => {
    const begun = performance.now();
    const body = await api.call({ method: 'GET', path, options: { ...given, ...params, ...own }, allowed: QUERY });
    // A link is never rewritten. Where it says that the service goes by position, the next request may be ours.
    const further: Further<T> = (items, link) => {
      const skip = Number(own.skip ?? given.skip ?? 0) + items.length;
      const position = /[?&](?:\$|%24)skip=(\d+)/i.exec(link)?.[1];
      if (Number(position) !== skip || seen.includes(link) || 2 * items.length > largest) return undefined;
      const top = Math.min(largest, allowed(items, performance.now() - begun));
      return top >= 2 * items.length ? () => ask({ skip, top }, [...seen, link]) : undefined;
    };
    return page<T>(api, body, given, grows && given.top === undefined ? further : undefined, seen);
  };
  return ask({}, []);
}

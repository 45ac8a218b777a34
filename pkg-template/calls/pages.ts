// Pages of a list, and the way from one to the next.
import { fail, invalidArgument, ours } from '../error.ts';
import type { Page } from '../types.ts';
import type { Api, Call, Options } from './api.ts';
import type { Path } from './path.ts';
import { joined } from './signal.ts';

const QUERY = ['select', 'filter', 'orderBy', 'expand', 'search', 'top', 'skip', 'count', 'query'];

/** Marks the query of a list that is read to its end: where it names no size, the size of pages is ours. */
const GROWS = Symbol();
type Growing = Options & { [GROWS]?: true };
/** What a page of our size has at most: characters, and milliseconds. */
const LARGEST_PAGE = 2_000_000;
const LONGEST_PAGE = 2000;
/** Pages with nothing new that are taken in a row. One that repeats what was there counts as half of them. */
const STALE_PAGES = 1000;
/** The size of pages of what is searched for. They cannot grow: the service goes on by tokens. */
const FOUND = 100;

export const growing = (query?: Options): Growing => ({ ...query, [GROWS]: true });

interface Envelope<T> {
  value?: T[];
  '@odata.nextLink'?: string;
  '@odata.count'?: number;
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
  let stale = 0;
  try {
    let coming: Promise<Page<T>> | undefined = ours(first)();
    while (coming) {
      const { items, next }: Page<T> = await coming;
      coming = next?.();
      coming?.catch(() => {}); // Whoever awaits the page gets the error.
      const fresh = items.filter((item) => {
        const { id = item, Id = id } = Object(item);
        return known.size < known.add(Id).size;
      });
      stale = fresh.length ? 0 : stale + (items.length ? STALE_PAGES / 2 : 1);
      if (stale >= STALE_PAGES) throw fail('invalid_response', 'the service repeats a page');
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
  if (typeof (query ?? {}) !== 'object') throw invalidArgument('options are an object');
  const { [GROWS]: grows, ...given } = (query ?? {}) as Growing;
  const { signal, timeout, timeZone, headers, skip, top, search } = given;
  const sized = !grows || top !== undefined || given.query;
  const largest = api.graph ? 1000 : 50;
  const asking = (own?: Options) => ({ path, options: { ...given, ...params, ...own }, allowed: QUERY });

  /** The answer to `call` as a page. `at` is its position, where its size is ours; `seen` are the links before it. */
  const read = async (call: Omit<Call, 'method'>, at: number, seen: readonly string[]): Promise<Page<T>> => {
    const begun = performance.now();
    const body: Envelope<T> | null = await api.call({ method: 'GET', ...call });
    const took = performance.now() - begun;
    const { value: items, '@odata.nextLink': link, '@odata.count': count } = body ?? {};
    if (!Array.isArray(items)) throw fail('invalid_response', 'the answer is no list');
    const next = async (link: string) => {
      if (seen.includes(link)) throw fail('invalid_response', 'the service repeats a page');
      const links = [...seen, link];
      const from = at + items.length;
      // A link is never rewritten. Where it says that the service goes by position, the next request may be ours.
      if (Number(/[?&](?:\$|%24)skip=(\d+)/i.exec(link)?.[1]) === from && 2 * items.length <= largest) {
        const share = Math.min(LARGEST_PAGE / JSON.stringify(items).length, LONGEST_PAGE / took);
        const larger = Math.min(largest, Math.floor(items.length * share));
        if (larger >= 2 * items.length) return read(asking({ skip: from, top: larger }), from, links);
      }
      // A link does not carry headers: every page needs these options again.
      return read({ path: link, options: { signal, timeout, timeZone, headers } }, Number.NaN, links);
    };
    return { items, ...(count !== undefined && { count }), next: link ? () => next(link) : null };
  };
  if (sized) return read(asking(), Number.NaN, []);
  return read(asking(search === undefined ? {} : { top: Math.min(FOUND, largest) }), Number(skip ?? 0), []);
}

// What happens in a span of time. The service counts an event of whole days from midnight to midnight in UTC, whatever
// zone is asked for: what belongs to the days of the span is found here, by date.
import type { Event as EventResource } from '@microsoft/microsoft-graph-types';
import type { Api, Options } from '../calls/api.ts';
import { list } from '../calls/pages.ts';
import type { Path } from '../calls/path.ts';
import { invalidArgument } from '../error.ts';
import type { Delta, Moment, Page, Resource, Selected, View } from '../types.ts';
import { all } from './collection.ts';

const DAY = 86_400_000;
/** What tells whether an event belongs to a span. */
const NEEDED = ['start', 'end'];

type Item = Record<string, unknown>;
interface Span {
  /** What the service is asked for. */
  query: Record<string, string>;
  /** Whether an event belongs to the span. */
  has(item: Item): boolean;
}

function spanOf(api: Api, start: Moment, end: Moment, timeZone?: string): Span {
  const { instant, spell, zoneOffset } = api;
  const [from, to] = [instant(start, timeZone, 'start'), instant(end, timeZone, 'end')].map(Date.parse) as [
    number,
    number,
  ];
  if (from >= to) throw invalidArgument('the end of a view comes after its start');
  let [askFrom, askTo, firstDay, lastDay] = [from, to, -Infinity, Infinity];
  try {
    const offset = zoneOffset(api.withZone('', timeZone)[1]);
    // Midnights of the local days, as if they were in UTC.
    firstDay = Math.floor((from + offset(from)) / DAY) * DAY;
    lastDay = Math.ceil((to + offset(to)) / DAY) * DAY;
    // Part of a day may lie outside of that day in UTC.
    askFrom = Math.min(from, firstDay + DAY - 1);
    askTo = Math.max(to, lastDay - DAY + 1);
  } catch {} // The browser does not know the zone: the service's answer counts.
  const iso = (time: number) => new Date(time).toISOString();
  const has = (item: Item) => {
    const { [spell('start')]: start, [spell('end')]: end } = item;
    const text = (given: unknown) => `${api.withZone(given)[0]}`;
    // Where nobody asked: what begins and ends at midnight has the same days.
    const { [spell('isAllDay')]: isAllDay = [start, end].every((given) => /T00:00:00/.test(text(given))) } = item;
    if (!start || !end || (!isAllDay && askFrom === from && askTo === to)) return true;
    const time = (given: unknown) => Date.parse(isAllDay ? text(given).slice(0, 10) : instant(given, timeZone));
    const [begins, ends] = [time(start), time(end)];
    const [first, last] = isAllDay ? [firstDay, lastDay] : [from, to];
    return !(begins >= last || ends < first || (ends === first && begins < ends));
  };
  return { query: { startDateTime: iso(askFrom), endDateTime: iso(askTo) }, has };
}

/** Occurrences between two moments, with the fields `S`. */
export function view<S extends string>(
  api: Api,
  path: Path,
  start: Moment,
  end: Moment,
  given?: Options & { stable?: boolean },
): View<'graph', S> {
  const { stable: _, ...query } = given ?? {};
  type One = Selected<EventResource, 'graph', S>;
  const pages = async (options?: Options) => {
    const merged: Options = { ...query, ...options };
    const { query: params, has } = spanOf(api, start, end, merged.timeZone);
    const select = merged.select as string[] | undefined;
    const added = select?.length ? NEEDED.map(api.spell).filter((name) => !select.includes(name)) : [];
    if (added.length) merged.select = [...(select ?? []), ...added];
    const sorted = ({ items, next, ...rest }: Page<One>): Page<One> => ({
      ...rest,
      items: items.filter((one) => {
        const item = (one ?? {}) as object as Item;
        const belongs = has(item);
        for (const name of added) delete item[name];
        return belongs;
      }),
      next: next && (async () => sorted(await next())),
    });
    return sorted(await list<One>(api, path, merged, { query: params }));
  };
  return {
    list: pages,
    delta: async (options) => {
      const { query, has } = spanOf(api, start, end, options?.timeZone);
      return (await api.lazy('delta', path, options, query, has)) as Delta<Resource<EventResource>>;
    },
    [Symbol.asyncIterator]: () => all(api, pages, given),
  };
}

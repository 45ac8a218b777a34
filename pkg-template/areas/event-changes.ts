// Changes of an event's times. What they mean depends on what is not among them: whether the event is a series, whether
// it is of whole days, and which zone it keeps.
import type { Api, Options } from '../calls/api.ts';
import type { Path } from '../calls/path.ts';
import { draft, nameIn } from '../values/drafts.ts';
import { plainNames } from '../values/recipients.ts';
import { type Clock, dayOf, eventTime, isWindows, rangeDay, zoneName } from '../values/times.ts';

const DAY = 86_400_000;

type Fields = Record<string, unknown>;
interface Known {
  isAllDay: boolean;
  recurrence: Fields;
  /** Of the recurrence. */
  range: Fields;
  /** With an offset. */
  start: string;
  end: string;
  /** The zone that the event keeps, where it has a name. */
  zone: string | undefined;
}

/** The body of a change: where it has times, with what is known of the event at `path`. */
export async function eventChanges(api: Api, path: Path, given: unknown, options?: Options): Promise<Fields> {
  const { timeZone } = options ?? {};
  const changes = (given ?? {}) as Fields;
  const change = (name: string) => changes[nameIn(api, changes, name) ?? ''];
  // What is none is refused before anything is asked.
  const plain = await draft(api, given, timeZone);
  if (!['start', 'end', 'isAllDay'].some((name) => (change(name) ?? null) !== null)) return plain;
  const known = await readEvent(api, path, options);
  const { isAllDay, recurrence: series, zone } = known;
  const recurrence = change('recurrence');
  const keeps = !!(recurrence === undefined ? series : recurrence);
  const allDay = (change('isAllDay') ?? isAllDay) as boolean;
  const clock: Clock = { timeZone, allDay, keeps, own: zone };
  const whole = change('isAllDay') ? { ...changes, ...wholeDays(api, change, known, timeZone) } : changes;
  const body = await draft(api, whole, timeZone, clock);
  const start = change('start');
  if (series && start && recurrence === undefined)
    Object.assign(body, movedSeries(api, eventTime(api, start, 'start', clock), known, timeZone));
  return body;
}

/** What the times of an event depend on. */
async function readEvent(api: Api, path: Path, options?: Options): Promise<Known> {
  const zoneField = api.flavor === 'outlook-v1' ? 'startTimeZone' : 'originalStartTimeZone';
  const { signal, timeout, headers } = options ?? {};
  const select = ['isAllDay', 'recurrence', 'start', 'end', zoneField].map(api.spell);
  const asked = { select, timeZone: 'UTC', signal, timeout, headers };
  const answer = plainNames(await api.call({ method: 'GET', path, options: asked, allowed: ['select'] }));
  const known = { ...answer, range: plainNames(plainNames(answer.recurrence).range) } as object as Known;
  for (const name of ['start', 'end'] as const)
    known[name] = `${plainNames(known[name]).dateTime ?? known[name]}`.replace(/(T[\d:.]+)$/, '$1Z');
  const { isAllDay, recurrence, range, start, end } = known;
  const times = [start, end, recurrence ? range.startDate : start];
  if (typeof isAllDay !== 'boolean' || times.some((one) => Number.isNaN(Date.parse(one as string))))
    throw api.fail('invalid_response', 'the answer is no event');
  // Whole days are read in UTC, which says nothing of their zone.
  const zone = (recurrence && range.recurrenceTimeZone) || (!isAllDay && answer[zoneField]);
  try {
    if (zone) known.zone = zoneName(api, zone, '');
  } catch {} // A name of its maker: the zone of the call does.
  return known;
}

/** The day of an event's time on the clock of `zone`, in milliseconds. */
const dayIn = (api: Api, { isAllDay }: Known, time: string | Date, zone: string | undefined) =>
  Date.parse(isAllDay ? (time as string).slice(0, 10) : dayOf(api, time, 'start', zone));
const asDay = (time: number) => new Date(time).toISOString().slice(0, 10);

/**
 * Start and end of an event that is to be of whole days, where the change leaves them out: the days that it touches.
 * The service wants the start with `isAllDay`.
 */
function wholeDays(api: Api, change: (name: string) => unknown, known: Known, timeZone?: string): Fields {
  const { isAllDay, start, end } = known;
  const from = dayIn(api, known, start, timeZone);
  const to = isAllDay
    ? dayIn(api, known, end, timeZone)
    : dayIn(api, known, new Date(Date.parse(end) - 1), timeZone) + DAY;
  const given = change('start');
  const first = given ? Date.parse(dayOf(api, given, 'start', timeZone)) : from;
  return {
    ...(!given && { [api.spell('start')]: asDay(first) }),
    ...(!change('end') && !(given && isAllDay) && { [api.spell('end')]: asDay(first + Math.max(to - from, DAY)) }),
  };
}

/**
 * The recurrence of a series whose start goes to another day or zone: the service takes neither without it. `start` is
 * what is written.
 */
function movedSeries(api: Api, [dateTime, zone]: [string, string], known: Known, timeZone?: string): Fields {
  const { range, recurrence, start } = known;
  const { spelled } = api;
  // Where the browser does not know the clock of the series, that of the call tells by how many days it goes.
  const shown = [zone, api.withZone('', timeZone)[1]].find((one) => !isWindows(one)) ?? 'UTC';
  const after = dateTime.endsWith('Z') ? dayOf(api, dateTime, 'start', shown) : dateTime.slice(0, 10);
  const moved = Date.parse(after) - dayIn(api, known, start, shown);
  if (!moved && zone === known.zone) return {};
  const startDate = rangeDay(api, asDay(Date.parse(`${range.startDate}`.slice(0, 10)) + moved));
  const zoned = range.recurrenceTimeZone !== undefined && { recurrenceTimeZone: zone };
  return spelled({
    recurrence: spelled({ ...plainNames(recurrence), range: spelled({ ...range, startDate, ...zoned }) }),
  });
}

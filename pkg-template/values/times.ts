// Moments as events have them: a local time and its zone.
import type { Api } from '../calls/api.ts';

/** How the clock of an event reads what is written to it. */
export interface Clock {
  /** Zone of the call. */
  timeZone?: string | undefined;
  /** Zone that the event keeps: that of its series. */
  own?: string | undefined;
  /** Whether the event is of whole days, which are the same in every zone. */
  allDay?: boolean | undefined;
  /** Whether the zone has a meaning of its own: in a series. */
  keeps?: boolean | undefined;
}

/** What Windows calls zones: the service reads these names, and browsers do not. */
export const isWindows = (zone: string) => /Standard Time$|^UTC[+-]\d\d$|^tzone:/.test(zone);

/** `zone`, where it is the name of one. */
export function zoneName({ zoneOffset, invalidArgument }: Api, zone: unknown, field: string): string {
  if (typeof zone === 'string' && isWindows(zone)) return zone;
  try {
    // The service takes no such abbreviation, though browsers do.
    if (typeof zone === 'string' && zone && !/^[EMH]ST$/i.test(zone)) return zoneOffset(zone) && zone;
  } catch {}
  throw invalidArgument(`\`${field}\` takes an IANA or Windows name, such as Europe/Berlin`);
}

/** The instant `time` on the clock of `zone`: [dateTime, timeZone]. */
function onClock(api: Api, time: number, zone: string, keeps: boolean | undefined): [string, string] {
  const utc = new Date(time).toISOString();
  if (!isWindows(zone)) {
    const local = new Date(time + api.zoneOffset(zone)(time)).toISOString().slice(0, -1);
    // The second of an hour that happens twice has no local time of its own.
    if (api.instant(local, zone) === utc) return [local, zone];
  }
  // With an offset, a time is read by it and shown in the zone.
  return keeps ? [utc, zone] : [utc.slice(0, -1), 'UTC'];
}

/** A moment as [dateTime, timeZone]. `field` names it in errors. */
export function eventTime(api: Api, given: unknown, field: string, clock: Clock): [string, string] {
  const [when, zone] = api.withZone(given, clock.timeZone);
  zoneName(api, zone, `${field}.timeZone`);
  const [local, offset] = api.parseMoment(when, field);
  const { timeZone: named, TimeZone = named } = given as { timeZone?: string; TimeZone?: string };
  const kept = TimeZone ? zone : (clock.own ?? zone);
  const keeps = clock.keeps || clock.allDay;
  if (offset) {
    const time = Date.parse(local + offset);
    if (!clock.allDay) return onClock(api, time, kept, keeps);
    const [day, shown] = onClock(api, time, zone, keeps);
    if (day.endsWith('Z')) return [day, shown];
    const [before] = onClock(api, time - 1, zone, keeps);
    // Where the clock leaves midnight out, the day begins later.
    return [before.slice(0, 10) < day.slice(0, 10) ? `${day.slice(0, 10)}T00:00:00.000` : day, kept];
  }
  // A series has to stay in its zone. Without the rules of its own zone, a local time goes as it is.
  if (clock.allDay || kept === zone || !clock.keeps || isWindows(zone)) return [local, clock.allDay ? kept : zone];
  return onClock(api, Date.parse(api.instant(local, zone)), kept, keeps);
}

/** A day in the range of a series, which in v1.0 has a time and an offset. */
export const rangeDay = ({ flavor }: Api, day: string) => (flavor === 'outlook-v1' ? `${day}T00:00:00Z` : day);

/** The day of a Date on the clock of `timeZone`, or a day as a text: `2026-12-01`. */
export function dayOf(api: Api, given: unknown, field: string, timeZone?: string): string {
  const [local] = eventTime(api, given, field, { timeZone, allDay: true });
  if (local.endsWith('Z')) throw api.invalidArgument(`\`${field}\` is a day, such as 2026-12-01`);
  return local.slice(0, 10);
}

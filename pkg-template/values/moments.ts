// Values of one API flavour in one time zone: the spelling of names, and moments (texts, Dates and local times in a
// zone).
import { invalidArgument } from '../error.ts';
import type { Flavor } from '../types.ts';

const MOMENT = /^(\d{4}-\d\d-\d\d)(T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;
const DAY = 86_400_000;

export interface Values {
  readonly flavor: Flavor;
  readonly graph: boolean;
  /** A name as the flavour spells it: `subject` in Graph, `Subject` in Outlook. */
  spell(name: string): string;
  /** An object with its names as the flavour spells them. */
  spelled(fields: object): Record<string, unknown>;
  /** A moment, and the name of the zone that it is to be read in. */
  withZone(given: unknown, timeZone?: string): [moment: unknown, timeZone: string];
  readonly parseMoment: typeof parseMoment;
  readonly zoneOffset: typeof zoneOffset;
  /** A moment in UTC, `...Z`. `field` names it in the error. */
  instant(given: unknown, timeZone?: string, field?: string): string;
}

/** [local time, offset]; a date is its midnight. Anything that writes itself as ISO 8601 will do: a Date does. */
function parseMoment(given: unknown, field = 'a time'): [local: string, offset: string | undefined] {
  const text = (given as Date | undefined)?.toJSON?.() ?? (given as string);
  const [, day, time = 'T00:00', offset] = MOMENT.exec(text) ?? [];
  // `Date` takes February 30 for March 2.
  if (!day || new Date(day).toJSON()?.slice(0, 10) !== day) {
    throw invalidArgument(`${field} is a Date, a text such as 2026-12-01T09:00, or { dateTime, timeZone }`);
  }
  return [day + time, offset];
}

/**
 * A function that tells how far the clock of a zone is ahead of UTC at an instant, in milliseconds. The rules are the
 * browser's.
 */
function zoneOffset(timeZone: string): (time: number) => number {
  try {
    const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    return (time) => Date.parse(`${format.format(time).replace(' ', 'T')}Z`) - Math.floor(time / 1000) * 1000;
  } catch (cause) {
    throw invalidArgument(`${timeZone} is no IANA time zone: here a time needs one, or an offset`, cause);
  }
}

/** The instant of a zone's local time, in milliseconds. */
function instantOf(local: string, timeZone: string): number {
  const offset = zoneOffset(timeZone);
  const time = Date.parse(`${local}Z`);
  const [before, after] = [offset(time - DAY), offset(time + DAY)];
  // Of an hour that happens twice the first counts; one that is left out goes by the clock before the change (RFC 5545
  // §3.3.5).
  return offset(time - before) !== before && offset(time - after) === after ? time - after : time - before;
}

export function values(flavor: Flavor, clientZone: string): Values {
  const graph = flavor === 'graph';
  const spell = (name: string) => (graph ? name : name[0].toUpperCase() + name.slice(1));
  const spelled = (fields: object) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [spell(name), value]));

  const withZone = (given: unknown, timeZone = clientZone): [unknown, string] => {
    const own = given as Record<string, unknown> | undefined;
    return [own?.dateTime ?? own?.DateTime ?? given, (own?.timeZone ?? own?.TimeZone ?? timeZone) as string];
  };

  const instant = (given: unknown, timeZone?: string, field?: string) => {
    const [moment, zone] = withZone(given, timeZone);
    const [local, offset] = parseMoment(moment, field);
    return new Date(offset ? local + offset : instantOf(local, zone)).toISOString();
  };

  return { flavor, graph, spell, spelled, withZone, parseMoment, zoneOffset, instant };
}

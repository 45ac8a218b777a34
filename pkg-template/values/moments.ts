// Moments: texts, Dates and local times in a zone; and names as a flavour spells them.
import { wrong } from './error.js';

const MOMENT = /^(\d{4}-\d\d-\d\d)(T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;
const DAY = 86_400_000;

/** [time without offset, offset]; a date is its midnight. Anything that writes itself as ISO 8601 will do: a Date does. */
function read(given, field = 'a time') {
  const [, day, time = 'T00:00', offset] = MOMENT.exec(given?.toJSON?.() ?? given) ?? [];
  // `Date` takes February 30 for March 2.
  if (!day || new Date(day).toJSON()?.slice(0, 10) !== day) throw wrong(`${field} is a Date, a text such as 2026-12-01T09:00, or { dateTime, timeZone }`);
  return [day + time, offset];
}

/** A function that tells how far the clock of a zone is ahead of UTC at an instant, in milliseconds. The rules are the browser's. */
function clock(timeZone) {
  try {
    const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    return (time) => Date.parse(`${format.format(time).replace(' ', 'T')}Z`) - Math.floor(time / 1000) * 1000;
  } catch (cause) {
    throw wrong(`${timeZone} is no IANA time zone: here a time needs one, or an offset`, cause);
  }
}

/** The instant of a zone's local time. */
function instantOf(local, timeZone) {
  const ahead = clock(timeZone);
  const time = Date.parse(`${local}Z`);
  const [before, after] = [ahead(time - DAY), ahead(time + DAY)];
  // Of an hour that happens twice the first counts; one that is left out goes by the clock before the change (RFC 5545 §3.3.5).
  return ahead(time - before) !== before && ahead(time - after) === after ? time - after : time - before;
}

const iso = (time) => new Date(time).toISOString();

/** Names and times of one flavour (`graph`, `outlook-v2`, `outlook-v1`) in one time zone. */
export function moments(api, zone) {
  const graph = api === 'graph';
  /** A name as the flavour spells it. */
  const spell = (name) => (graph ? name : name[0].toUpperCase() + name.slice(1));
  const spelled = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [spell(name), value]));

  /** A moment and the zone that it is to be read in. */
  const parts = (given, timeZone = zone) => [given?.dateTime ?? given?.DateTime ?? given, given?.timeZone ?? given?.TimeZone ?? timeZone];

  /** A moment in UTC, `...Z`. */
  const instant = (given, timeZone, field) => {
    const [moment, name] = parts(given, timeZone);
    const [time, offset] = read(moment, field);
    return iso(offset ? time + offset : instantOf(time, name));
  };

  return { api, graph, spell, spelled, parts, read, clock, iso, instant };
}

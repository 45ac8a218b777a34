// Dates and times in the user's language and time zone, by Intl. Weeks begin on Monday.

export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const DAY = 86_400_000;

const format = (options) => new Intl.DateTimeFormat(undefined, options);
const CLOCK = format({ hour: '2-digit', minute: '2-digit' });
const WEEKDAY = format({ weekday: 'short' });
const DATE = format({ day: 'numeric', month: 'short' });
const OLD = format({ day: 'numeric', month: 'short', year: 'numeric' });
const FULL = format({ dateStyle: 'full', timeStyle: 'short' });
const LONG_DAY = format({ weekday: 'long', day: 'numeric', month: 'long' });
const SPAN = format({ day: 'numeric', month: 'long', year: 'numeric' });

export const clock = (date) => CLOCK.format(date);
export const full = (date) => FULL.format(date);
export const weekday = (date) => WEEKDAY.format(date);
export const longDay = (date) => LONG_DAY.format(date);
export const span = (from, to) => SPAN.formatRange(from, to);

/** A short form: the time for today, the weekday for the last week, else the date: 14:05, Tue, 12 Oct, 3 Nov 2025. */
export function brief(date, now = new Date()) {
  const days = Math.round((+midnight(now) - +midnight(date)) / DAY);
  if (days === 0) return CLOCK.format(date);
  if (days > 0 && days < 7) return WEEKDAY.format(date);
  return (date.getFullYear() === now.getFullYear() ? DATE : OLD).format(date);
}

export const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
/** Adds calendar days, not 24 hours: two days a year have 23 or 25 hours. */
export const addDays = (date, days) =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, date.getHours(), date.getMinutes());
export const monday = (date) => addDays(midnight(date), -((date.getDay() + 6) % 7));

const two = (number) => String(number).padStart(2, '0');
/** 2026-12-01, the form of `<input type="date">` and of the URL. */
export const isoDay = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
/**
 * 2026-12-01T09:00, the form of `<input type="datetime-local">` and of times in exo365: local time in the user's time
 * zone.
 */
export const isoWall = (date) => `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
export const fromIso = (text) => (text ? new Date(text.includes('T') ? text : `${text}T00:00`) : new Date(NaN));

/**
 * The `Date` of an event's `{ dateTime, timeZone }`. exo365 requests times in the browser's time zone, so a time
 * without an offset is local time; services that ignore the request answer in UTC. All-day events are dates, whatever
 * the time zone.
 *
 * @param {{ dateTime?: string, timeZone?: string }} [moment] Without one the date is invalid.
 */
export function fromWall(moment, allDay = false) {
  const wall = String(moment?.dateTime).slice(0, 19);
  return new Date(!allDay && moment?.timeZone === 'UTC' ? `${wall}Z` : wall);
}

/** The day and 09:00 to 09:30; the first and the last day where it lasts longer than one. */
export function period({ start, end, allDay }) {
  const last = allDay ? addDays(end, -1) : end;
  const days = isoDay(start) === isoDay(last) ? longDay(start) : LONG_DAY.formatRange(start, last);
  return allDay ? `${days}, all day` : `${days}, ${CLOCK.formatRange(start, end)}`;
}

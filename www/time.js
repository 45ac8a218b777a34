// Times for people, in their language and their zone: Intl knows both. Weeks begin on Monday.

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

/** As short as can be understood: 14:05, Tue, 12 Oct, 3 Nov 2025. */
export function brief(date, now = new Date()) {
  const days = Math.round((+midnight(now) - +midnight(date)) / DAY);
  if (days === 0) return CLOCK.format(date);
  if (days > 0 && days < 7) return WEEKDAY.format(date);
  return (date.getFullYear() === now.getFullYear() ? DATE : OLD).format(date);
}

export const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
/** By the calendar, not by 24 hours: two days a year have 23 or 25. */
export const addDays = (date, days) =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, date.getHours(), date.getMinutes());
export const monday = (date) => addDays(midnight(date), -((date.getDay() + 6) % 7));

const two = (number) => String(number).padStart(2, '0');
/** 2026-12-01, as `<input type="date">` and the address bar have it. */
export const isoDay = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
/** 2026-12-01T09:00, as `<input type="datetime-local">` and exo365's moments have it: wall-clock time of the user's zone. */
export const isoWall = (date) => `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
export const fromIso = (text) => (text ? new Date(text.includes('T') ? text : `${text}T00:00`) : new Date(NaN));

/**
 * `{dateTime, timeZone}` of an event. exo365 asks for times in the browser's zone, so without an offset it is wall-clock time here;
 * UTC comes where the service ignores that. All-day events are dates, whatever the zone.
 *
 * @param {{ dateTime?: string, timeZone?: string }} [moment] Without one the date is invalid.
 */
export function fromWall(moment, allDay = false) {
  const wall = String(moment?.dateTime).slice(0, 19);
  return new Date(!allDay && moment?.timeZone === 'UTC' ? `${wall}Z` : wall);
}

/** 09:00 to 09:30, or the days where it is longer than one. */
export function period({ start, end, allDay }) {
  const last = allDay ? addDays(end, -1) : end;
  const days = isoDay(start) === isoDay(last) ? longDay(start) : LONG_DAY.formatRange(start, last);
  return allDay ? `${days}, all day` : `${days}, ${CLOCK.formatRange(start, end)}`;
}

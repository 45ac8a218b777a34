// Where the events of one day are drawn: from which minute to which, and beside which others.

const DAY = 24 * 60;
/** What is shorter is drawn as if it took so many minutes: its text needs the room. */
const LEAST = 30;
const minuteOf = (date) => date.getHours() * 60 + date.getMinutes();

/**
 * The places of the events of `day`, which ends at `next`: `from` and `length` in minutes of the clock, and the `lane`
 * of so many `lanes`. Events that overlap, directly or over others, share the width of the day in lanes.
 *
 * @template {{ start: Date, end: Date }} E
 * @param {E[]} events In the order of their starts.
 * @param {Date} day
 * @param {Date} next
 */
export function placesOf(events, day, next) {
  const places = [];
  let group = [];
  let ends = [];
  const settle = () => {
    for (const place of group) place.lanes = ends.length;
    group = [];
    ends = [];
  };
  for (const event of events) {
    const from = Math.min(event.start < day ? 0 : minuteOf(event.start), DAY - LEAST);
    const until = event.end >= next ? DAY : minuteOf(event.end);
    const length = Math.max(until - from, LEAST);
    if (ends.every((end) => end <= from)) settle();
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = from + length;
    const place = { event, from, length, lane, lanes: 1 };
    group.push(place);
    places.push(place);
  }
  settle();
  return places;
}

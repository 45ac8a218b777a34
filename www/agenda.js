// The agenda: one week, day by day, in the user's time zone.
import { attempt, renewer } from './calls.js';
import { h, icon, iconButton, loading } from './dom.js';
import { errorCard } from './errors.js';
import { EVENT, eventOf } from './fields.js';
import { placesOf } from './hours.js';
import { showMeeting } from './meeting.js';
import { meetingForm } from './meeting-form.js';
import { go, href } from './router.js';
import { ZONE, addDays, clock, fromIso, isoDay, longDay, midnight, monday, period, span, weekday } from './time.js';

/** The hour at the top of a week that is opened. */
const START = 7;

/** The hours beside the days. Screen readers have the times of the events. */
const scale = () =>
  h(
    'li.scale',
    { 'aria-hidden': 'true' },
    h('div.corner'),
    h(
      'div.labels',
      Array.from({ length: 24 }, (_, hour) => h('span', clock(new Date(2000, 0, 1, hour)))),
    ),
  );

export function agendaView({ client, signal }) {
  const heading = h('h1', 'Agenda');
  const days = h('ol.week', { tabindex: 0, 'aria-label': 'Days of the week' });
  const trouble = h('div');
  const forWeek = renewer(signal);
  let first = monday(new Date());
  /** The week on the page. Where it is read again, the page stays at its hours. */
  let shown;

  const turn = (weeks) => go(href('agenda', [isoDay(addDays(first, 7 * weeks))]));
  const today = () => go(href('agenda', [isoDay(monday(new Date()))]));
  const add = (day) => meetingForm(client, { day, signal }).then((made) => made && load());
  const now = midnight(new Date());
  const inWeek = () => (now >= first && now < addDays(first, 7) ? now : first);

  const node = h(
    'div.agenda',
    h(
      'header.view-head',
      heading,
      h(
        'div.turn',
        iconButton('back', 'Previous week', () => turn(-1)),
        h('button', { type: 'button', onclick: today }, 'Today'),
        iconButton('next', 'Next week', () => turn(1)),
      ),
      h('small.zone', { title: 'Your time zone' }, icon('clock'), ZONE.replaceAll('_', ' ')),
      h('span.gap'),
      h('button.primary', { type: 'button', onclick: () => add(inWeek()) }, icon('plus'), 'New meeting'),
    ),
    trouble,
    days,
  );

  /** A day with its events; `events` is undefined while they are loading. */
  function column(day, events) {
    const isToday = +day === +now;
    const next = addDays(day, 1);
    const whole = (event) => event.allDay || (event.start <= day && event.end >= next);
    return h(
      isToday ? 'li.day.today' : 'li.day',
      h(
        'header',
        h(
          'h2',
          { 'aria-label': longDay(day), ...(isToday && { 'aria-current': 'date' }) },
          h('span', weekday(day)),
          ' ',
          h('b', day.getDate()),
        ),
        iconButton('plus', `New meeting on ${longDay(day)}`, () => add(day)),
        events?.some(whole) &&
          h(
            'ul.whole',
            events.filter(whole).map((event) => h('li', card(event, day))),
          ),
      ),
      !events && loading(''),
      events?.length === 0 && h('p.free', 'Nothing planned'),
      events &&
        h(
          'ul.hours',
          placesOf(
            events.filter((event) => !whole(event)),
            day,
            next,
          ).map((place) => placed(place, day)),
        ),
    );
  }

  /** An event at its hours. The style sheet takes the place from the properties, where there is room for hours. */
  function placed({ event, from, length, lane, lanes }, day) {
    const item = h(length < 45 ? 'li.short' : 'li', card(event, day));
    for (const [name, value] of Object.entries({ from, length, lane, lanes }))
      item.style.setProperty(`--${name}`, String(value));
    return item;
  }

  function card(event, day) {
    const began = event.start < day; // it continues from the day before
    const when = event.allDay ? 'All day' : began ? `until ${clock(event.end)}` : clock(event.start);
    const kind = event.cancelled ? 'cancelled' : event.allDay ? 'all-day' : event.showAs;
    const open = () => showMeeting(client, event, { signal }).then((changed) => changed && load());
    return h(
      `button.event.${kind}`,
      { type: 'button', onclick: open, title: [event.subject, period(event), event.place].filter(Boolean).join('\n') },
      h('span.event-time', when, event.recurring && icon('repeat')),
      h('span.event-subject', event.cancelled && h('span.sr', 'Cancelled: '), event.subject),
      event.place && h('span.event-place', event.place),
    );
  }

  /** To the morning where there are hours, else to today. */
  function scrollToStart() {
    const labels = days.querySelector('.labels');
    if (labels.checkVisibility())
      days.scrollTop = (labels.clientHeight * START) / 24 - 12; // 12: half a label
    else days.scrollTop = (days.querySelector('.today') ?? days).offsetTop - days.offsetTop;
  }

  async function load() {
    const started = first;
    const fresh = forWeek();
    const week = [0, 1, 2, 3, 4, 5, 6].map((day) => addDays(started, day));
    trouble.replaceChildren();
    days.replaceChildren(scale(), ...week.map((day) => column(day)));
    await attempt(
      async () => {
        const events = [];
        // Times without an offset are in the client's time zone. The loop reads every page; while one page is read, the
        // next one is fetched.
        const view = client.calendar.view(isoDay(started), isoDay(addDays(started, 7)), {
          select: EVENT,
          orderBy: 'start/dateTime',
          top: 50,
          signal: fresh,
        });
        for await (const raw of view) events.push(eventOf(raw));
        events.sort((a, b) => b.allDay - a.allDay || a.start - b.start);
        // An event is shown on every day that it touches; an event without duration on the day that it is on.
        const on = (day) =>
          events.filter(({ start, end }) => start < addDays(day, 1) && (end > day || +start === +day));
        const top = days.scrollTop;
        days.replaceChildren(scale(), ...week.map((day) => column(day, on(day))));
        if (shown === +started) days.scrollTop = top;
        else scrollToStart();
        shown = +started;
      },
      (error) => {
        days.replaceChildren();
        trouble.replaceChildren(errorCard(error, { retry: load }));
      },
    );
  }

  return {
    node,
    heading,
    title: () => 'Agenda',
    refresh: load,
    show({ parts: [day] }) {
      const asked = fromIso(day);
      first = monday(Number.isNaN(+asked) ? new Date() : asked);
      heading.textContent = span(first, addDays(first, 6));
      load();
    },
  };
}

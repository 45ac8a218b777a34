// The agenda: one week, day by day, in the user's time zone.
import { attempt, renewer } from './calls.js';
import { h, icon, iconButton, loading } from './dom.js';
import { errorCard } from './errors.js';
import { EVENT, eventOf } from './fields.js';
import { showMeeting } from './meeting.js';
import { meetingForm } from './meeting-form.js';
import { go, href } from './router.js';
import { ZONE, addDays, clock, fromIso, isoDay, longDay, midnight, monday, span, weekday } from './time.js';

export function agendaView({ client, signal }) {
  const heading = h('h1', 'Agenda');
  const days = h('ol.week');
  const trouble = h('div');
  const forWeek = renewer(signal);
  let first = monday(new Date());

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
      ),
      !events
        ? loading('')
        : events.length === 0
          ? h('p.free', 'Nothing planned')
          : h(
              'ul',
              events.map((event) => h('li', card(event, day))),
            ),
    );
  }

  function card(event, day) {
    const began = event.start < day; // it continues from the day before
    const when = event.allDay ? 'All day' : began ? `until ${clock(event.end)}` : clock(event.start);
    const kind = event.cancelled ? 'cancelled' : event.allDay ? 'all-day' : event.showAs;
    const open = () => showMeeting(client, event, { signal }).then((changed) => changed && load());
    return h(
      `button.event.${kind}`,
      { type: 'button', onclick: open },
      h('span.event-time', when, event.recurring && icon('repeat')),
      h('span.event-subject', event.cancelled && h('span.sr', 'Cancelled: '), event.subject),
      event.place && h('span.event-place', event.place),
    );
  }

  async function load() {
    const started = first;
    const fresh = forWeek();
    const week = [0, 1, 2, 3, 4, 5, 6].map((day) => addDays(started, day));
    trouble.replaceChildren();
    days.replaceChildren(...week.map((day) => column(day)));
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
        days.replaceChildren(...week.map((day) => column(day, on(day))));
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
    show({ parts: [day] }) {
      const asked = fromIso(day);
      first = monday(Number.isNaN(+asked) ? new Date() : asked);
      heading.textContent = span(first, addDays(first, 6));
      load();
    },
  };
}

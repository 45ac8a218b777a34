// The form for a new meeting, and for changes to one.
import { attempt, busy } from './calls.js';
import { textOf } from './clean.js';
import { ask, openDialog } from './dialog.js';
import { field, h, say } from './dom.js';
import { doubtOf, inDoubt } from './doubt.js';
import { errorCard } from './errors.js';
import { keeper } from './kept.js';
import { checkRecipients, recipients, written } from './recipients.js';
import { addDays, fromIso, isoDay, isoWall } from './time.js';

const HOUR = 3_600_000;

/** The values of a new meeting on `day`: today the next full hour, else nine o'clock. */
function onDay(day) {
  const now = new Date();
  const hour = isoDay(day) === isoDay(now) ? Math.min(now.getHours() + 1, 23) : 9;
  const begin = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour);
  const end = isoWall(new Date(+begin + HOUR / 2));
  return { subject: '', start: isoWall(begin), end, allDay: false, attendees: '', place: '', notes: '' };
}

/** The values of an event. The last day of an all-day event is shown, not the day after it. */
const ofEvent = (event) => ({
  subject: event.subject,
  start: (event.allDay ? isoDay : isoWall)(event.start),
  end: event.allDay ? isoDay(addDays(event.end, -1)) : isoWall(event.end),
  allDay: event.allDay,
  attendees: written(event.attendees),
  place: event.place,
  notes: event.html ? textOf(event.body) : event.body.trim(),
});

/** What changed, for the API. Fields that are as they were are left out: formatted notes and answers stay. */
function changesOf(values, begin, event) {
  const changed = (...names) => !event || names.some((name) => values[name] !== begin[name]);
  // Local times: exo365 adds the client's time zone, so that the meeting stays at nine when summer time ends.
  const end = values.allDay ? isoDay(addDays(fromIso(values.end), 1)) : values.end;
  return {
    ...(changed('subject') && { subject: values.subject }),
    ...(changed('start', 'end', 'allDay') && { start: values.start, end, isAllDay: values.allDay }),
    ...(changed('attendees') && { attendees: recipients(values.attendees) }),
    ...(changed('place') && { location: { displayName: values.place } }),
    ...(changed('notes') && { body: values.notes }),
  };
}

/** The fields; the end follows the start, and both are days where the meeting lasts all day. */
function fields(values) {
  const kind = values.allDay ? 'date' : 'datetime-local';
  const time = (name) => h('input', { type: kind, name, required: true, value: values[name] });
  const [start, end] = [time('start'), time('end')];
  const allDay = h('input', { type: 'checkbox', name: 'allDay', checked: values.allDay });
  const attendees = h('input', {
    type: 'text',
    name: 'attendees',
    autocomplete: 'off',
    placeholder: 'name@example.com; …',
    value: values.attendees,
  });
  attendees.addEventListener('input', () => checkRecipients(attendees));
  let length = Math.max(0, +fromIso(values.end) - +fromIso(values.start)) || (values.allDay ? 0 : HOUR / 2);

  const check = () => {
    const [from, to] = [fromIso(start.value), fromIso(end.value)];
    const wrong = allDay.checked ? to < from : to <= from;
    end.setCustomValidity(wrong ? 'The end must be after the start.' : '');
    if (!wrong) length = +to - +from;
  };
  start.addEventListener('change', () => {
    // The meeting keeps its duration.
    const from = fromIso(start.value);
    if (!Number.isNaN(+from)) end.value = (allDay.checked ? isoDay : isoWall)(new Date(+from + length));
    check();
  });
  end.addEventListener('change', check);
  allDay.addEventListener('change', () => {
    for (const input of [start, end]) {
      const at = fromIso(input.value);
      input.type = allDay.checked ? 'date' : 'datetime-local';
      if (!Number.isNaN(+at))
        input.value = allDay.checked ? isoDay(at) : isoWall(new Date(+at + (input === end ? 10 : 9) * HOUR));
    }
    check();
  });
  const text = (name, more) => h('input', { type: 'text', name, value: values[name], autocomplete: 'off', ...more });
  return [
    field('Subject', text('subject', { required: true, autofocus: true })),
    h('div.pair', field('Start', start), field('End', end)),
    h('label.toggle', allDay, 'All day'),
    field('Attendees', attendees),
    field('Place', text('place')),
    field('Notes', h('textarea', { name: 'notes', rows: 3, value: values.notes })),
  ];
}

/**
 * Opens the form: for a new meeting on `day`, or for `event`. Resolves with the saved event, or undefined. `kept` is a
 * text for the same meeting that was not finished.
 *
 * @param {any} client
 * @param {{ day?: Date, event?: any, signal: AbortSignal, kept?: import('./kept.js').Kept }} options
 */
export async function meetingForm(client, { day = new Date(), event, signal, kept }) {
  const begin = event ? ofEvent(event) : onDay(day);
  const keep = keeper(client.account, 'meeting', kept?.id);
  const trouble = h('div');
  const save = h('button.primary', { type: 'submit' }, event ? 'Save changes' : 'Save meeting');
  const form = h(
    'form.form',
    event?.recurring && h('p.hint', 'Only this date of the series changes.'),
    fields({ ...begin, ...kept?.values }),
    trouble,
    h('p.actions', save),
  );
  const values = () =>
    Object.fromEntries(
      Object.keys(begin).map((name) => {
        const { type, checked, value } = form.elements[name];
        return [name, type === 'checkbox' ? checked : value];
      }),
    );
  // The times of a new meeting are proposals: alone they are worth no question.
  const typed = () =>
    Object.entries(values()).some(
      ([name, value]) => value !== begin[name] && (event || !['start', 'end', 'allDay'].includes(name)),
    );
  const note = () =>
    keep.write(typed() ? { title: values().subject, values: values(), about: { event: event?.id } } : undefined);
  form.addEventListener('input', note);
  form.addEventListener('change', note);
  let saving = false;
  let uncertain = false;

  const submit = (close) =>
    attempt(
      async () => {
        const draft = changesOf(values(), begin, event);
        const { events } = client.calendar;
        trouble.replaceChildren();
        saving = true;
        const made = await busy(save, () =>
          event ? events.update(event.id, draft, { signal }) : events.create(draft, { signal }),
        ).finally(() => {
          saving = false;
        });
        const invited = recipients(values().attendees).length > 0;
        say(
          event
            ? `Meeting changed${invited ? ', attendees are told' : ''}`
            : `Meeting created${invited ? ', invitations sent' : ''}`,
        );
        keep.drop();
        close(made);
      },
      (error) => {
        uncertain ||= inDoubt(error);
        trouble.replaceChildren(errorCard(error, { ...doubtOf(error, 'meeting'), retry: () => submit(close) }));
      },
    );

  async function mayLeave() {
    if (saving) {
      say('The meeting is being saved');
      return false;
    }
    if (!typed()) return true;
    const answers = [
      ['Keep writing', false, 'primary'],
      ['Discard', true],
    ];
    const unsaved = event ? 'They have not been saved.' : 'It has not been saved.';
    const text = uncertain ? 'It may have been saved: look at your calendar.' : unsaved;
    const leave = await ask(event ? 'Discard the changes?' : 'Discard this meeting?', text, answers, { signal });
    if (leave) keep.drop();
    return Boolean(leave);
  }

  const made = await openDialog(
    event ? 'Edit meeting' : 'New meeting',
    (close) => {
      form.addEventListener('submit', (submitted) => {
        submitted.preventDefault();
        submit(close);
      });
      return form;
    },
    { signal, mayLeave },
  );
  keep.release();
  return made;
}

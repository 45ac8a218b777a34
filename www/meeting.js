// One meeting: the dialog that shows it, and the form for a new one.
import { attempt, busy } from './calls.js';
import { checkRecipients, recipients } from './compose.js';
import { ask, openDialog } from './dialog.js';
import { avatar, field, h, icon, say } from './dom.js';
import { errorCard } from './errors.js';
import { ZONE, addDays, fromIso, isoDay, isoWall, period } from './time.js';

const ANSWERS = { organizer: 'organizer', accepted: 'accepted', declined: 'declined', tentativelyAccepted: 'maybe' };
const HOUR = 3_600_000;

/** Shows an event in a dialog. Resolves with true if the user deleted it. */
export function showMeeting(client, event, { signal }) {
  const trouble = h('div');
  const row = (name, ...content) => h('p.fact', icon(name), h('span', ...content));
  return openDialog(
    event.subject,
    (close) => {
      const remove = async ({ currentTarget: button }) => {
        const consequence =
          event.mine && event.attendees.length > 0
            ? 'The attendees receive a cancellation.'
            : 'It is removed from your calendar.';
        if (
          !(await ask(
            'Delete this meeting?',
            consequence,
            [
              ['Delete', true, 'danger'],
              ['Keep', false],
            ],
            { signal },
          ))
        )
          return;
        await attempt(
          () =>
            busy(button, () => client.calendar.events.delete(event.id, { signal })).then(() => {
              say('Meeting deleted');
              close(true);
            }),
          (error) => trouble.replaceChildren(errorCard(error)),
        );
      };
      return h(
        'div.meeting',
        row('clock', period(event), h('small', ` ${ZONE.replaceAll('_', ' ')}`)),
        event.recurring && row('repeat', 'Part of a series'),
        event.place && row('pin', event.place),
        row('person', event.mine ? 'You are the organizer' : `Organized by ${event.organizer.name}`),
        event.preview && row('note', event.preview),
        event.attendees.length > 0 &&
          h(
            'ul.attendees',
            { 'aria-label': 'Attendees' },
            event.attendees.map((one) =>
              h(
                'li',
                avatar(one.name, one.address),
                h('span', one.name, h('small', ` ${ANSWERS[one.response] ?? 'no answer yet'}`)),
              ),
            ),
          ),
        trouble,
        h('p.actions', h('button.danger', { type: 'button', onclick: remove }, icon('trash'), 'Delete')),
      );
    },
    { signal },
  );
}

/** Opens the form for a new meeting. Resolves with the created event, or undefined. */
export function newMeeting(client, { day, signal }) {
  const now = new Date();
  const hour = isoDay(day) === isoDay(now) ? Math.min(now.getHours() + 1, 23) : 9;
  const begin = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour);
  const start = h('input', { type: 'datetime-local', name: 'start', required: true, value: isoWall(begin) });
  const end = h('input', {
    type: 'datetime-local',
    name: 'end',
    required: true,
    value: isoWall(new Date(+begin + HOUR / 2)),
  });
  const allDay = h('input', { type: 'checkbox', name: 'allDay' });
  const attendees = h('input', {
    type: 'text',
    name: 'attendees',
    autocomplete: 'off',
    placeholder: 'name@example.com; …',
  });
  attendees.addEventListener('input', () => checkRecipients(attendees));
  const trouble = h('div');
  let length = HOUR / 2;

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

  return openDialog(
    'New meeting',
    (close) => {
      const submit = (event) => {
        event.preventDefault();
        const form = Object.fromEntries(new FormData(event.target));
        const draft = {
          subject: form.subject,
          // Local times: exo365 adds the client's time zone, so that the meeting stays at nine when summer time ends.
          start: form.start,
          end: allDay.checked ? isoDay(addDays(fromIso(form.end), 1)) : form.end,
          isAllDay: allDay.checked,
          attendees: recipients(form.attendees),
          location: { displayName: form.place },
          body: form.body,
        };
        attempt(
          () =>
            busy(event.submitter, () => client.calendar.events.create(draft, { signal })).then((made) => {
              say(draft.attendees.length ? 'Meeting created, invitations sent' : 'Meeting created');
              close(made);
            }),
          (error) => trouble.replaceChildren(errorCard(error)),
        );
      };
      return h(
        'form.form',
        { onsubmit: submit },
        field('Subject', h('input', { type: 'text', name: 'subject', required: true, autofocus: true })),
        h('div.pair', field('Start', start), field('End', end)),
        h('label.toggle', allDay, 'All day'),
        field('Attendees', attendees),
        field('Place', h('input', { type: 'text', name: 'place' })),
        field('Notes', h('textarea', { name: 'body', rows: 3 })),
        trouble,
        h('p.actions', h('button.primary', { type: 'submit' }, 'Save meeting')),
      );
    },
    { signal },
  );
}

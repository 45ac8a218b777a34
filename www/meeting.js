// One meeting: the dialog that shows it, with the answers to an invitation.
import { attempt, busy } from './calls.js';
import { ask, openDialog } from './dialog.js';
import { avatar, field, h, icon, say } from './dom.js';
import { errorCard } from './errors.js';
import { EVENT_FORM, eventOf } from './fields.js';
import { keeper } from './kept.js';
import { meetingForm } from './meeting-form.js';
import { ZONE, period } from './time.js';

const ANSWERS = { organizer: 'organizer', accepted: 'accepted', declined: 'declined', tentativelyAccepted: 'maybe' };
/** The answers that can be given: the operation, the button, the answer that it leads to, what is said afterwards. */
const CHOICES = [
  ['accept', 'Accept', 'accepted', 'Accepted', 'check'],
  ['tentativelyAccept', 'Maybe', 'tentativelyAccepted', 'Answered: maybe', 'question'],
  ['decline', 'Decline', 'declined', 'Declined', 'close'],
];

/**
 * Shows an event in a dialog. Resolves with true if it is another one afterwards: changed, answered or deleted. `kept`
 * is a note to the organizer that was not sent.
 *
 * @param {any} client
 * @param {ReturnType<typeof eventOf>} event
 * @param {{ signal: AbortSignal, kept?: import('./kept.js').Kept }} options
 */
export async function showMeeting(client, event, { signal, kept }) {
  const trouble = h('div');
  const failed = (error) => trouble.replaceChildren(errorCard(error));
  const note = noteTo(client, event, { signal, kept });
  const row = (name, ...content) => h('p.fact', icon(name), h('span', ...content));
  const done = await openDialog(
    event.subject,
    (close) =>
      h(
        'div.meeting',
        event.cancelled && row('alert', 'The organizer has cancelled this meeting.'),
        row('clock', period(event), h('small', ` ${ZONE.replaceAll('_', ' ')}`)),
        event.recurring && row('repeat', 'Part of a series'),
        event.place && row('pin', event.place),
        row('person', event.mine ? 'You are the organizer' : `Organized by ${event.organizer.name}`),
        event.preview && row('note', event.preview),
        event.attendees.length > 0 && attendeeList(event.attendees),
        !event.mine && !event.cancelled && answers(client, event, note, { signal, close, failed }),
        trouble,
        h(
          'p.actions',
          event.mine &&
            !event.cancelled &&
            h(
              'button',
              {
                type: 'button',
                onclick: ({ currentTarget }) => edit(client, event, currentTarget, { signal, close, failed }),
              },
              icon('pen'),
              'Edit',
            ),
          h(
            'button.danger',
            {
              type: 'button',
              onclick: ({ currentTarget }) => remove(client, event, currentTarget, { signal, close, failed, note }),
            },
            icon('trash'),
            'Delete',
          ),
        ),
      ),
    { signal, mayLeave: note.mayLeave },
  );
  note.release();
  if (done?.edit) return Boolean(await meetingForm(client, { event: done.edit, signal }));
  return done === true;
}

const attendeeList = (attendees) =>
  h(
    'ul.attendees',
    { 'aria-label': 'Attendees' },
    attendees.map((one) =>
      h(
        'li',
        avatar(one.name, one.address),
        h('span', one.name, h('small', ` ${ANSWERS[one.response] ?? 'no answer yet'}`)),
      ),
    ),
  );

/** The note to the organizer, which is kept until it was sent or discarded. */
function noteTo(client, event, { signal, kept }) {
  const input = h('input', {
    type: 'text',
    name: 'note',
    autocomplete: 'off',
    maxlength: 500,
    value: kept?.values.note ?? '',
  });
  const text = () => input.value.trim();
  let keep = kept && keeper(client.account, 'answer', kept.id);
  input.addEventListener('input', () => {
    keep ??= keeper(client.account, 'answer');
    const values = { note: input.value };
    keep.write(text() ? { title: event.subject, values, about: { event: event.id } } : undefined);
  });
  return {
    input,
    text,
    drop: () => keep?.drop(),
    release: () => keep?.release(),
    /** Whether the dialog may close; asks where the note would be lost. */
    async mayLeave() {
      if (!text()) return true;
      const choices = [
        ['Keep writing', false, 'primary'],
        ['Discard', true],
      ];
      const leave = await ask('Discard your note?', 'It goes with an answer only.', choices, { signal });
      if (leave) keep?.drop();
      return Boolean(leave);
    },
  };
}

/** The buttons of an invitation; the one of the present answer is marked. */
function answers(client, event, note, { signal, close, failed }) {
  const give = (operation, words) => (pressed) =>
    attempt(async () => {
      const options = { ...(note.text() && { comment: note.text() }), signal };
      await busy(pressed.currentTarget, () => client.calendar.events[operation](event.id, options));
      say(words);
      note.drop();
      close(true);
    }, failed);
  return h(
    'section.answers',
    { 'aria-label': 'Your answer' },
    field(`Note to ${event.organizer.name}`, note.input, 'It goes with your answer. You can leave it empty.'),
    h(
      'p.actions',
      CHOICES.map(([operation, label, answer, words, drawing]) =>
        h(
          'button',
          { type: 'button', 'aria-pressed': String(event.answer === answer), onclick: give(operation, words) },
          icon(drawing),
          label,
        ),
      ),
    ),
  );
}

async function remove(client, event, button, { signal, close, failed, note }) {
  const consequence =
    event.mine && event.attendees.length > 0
      ? 'The attendees receive a cancellation.'
      : 'It is removed from your calendar.';
  const choices = [
    ['Delete', true, 'danger'],
    ['Keep', false],
  ];
  if (!(await ask('Delete this meeting?', consequence, choices, { signal }))) return;
  await attempt(async () => {
    await busy(button, () => client.calendar.events.delete(event.id, { signal }));
    say('Meeting deleted');
    note.drop();
    close(true);
  }, failed);
}

/** Reads the whole event, with its notes, and closes this dialog for the form. */
const edit = (client, event, button, { signal, close, failed }) =>
  attempt(async () => {
    const raw = await busy(button, () => client.calendar.events.get(event.id, { select: EVENT_FORM, signal }));
    close({ edit: eventOf(raw) });
  }, failed);

// The form that adds or changes a contact.
import { attempt, busy } from './calls.js';
import { bar } from './contact.js';
import { ask } from './dialog.js';
import { field, h, say } from './dom.js';
import { doubtOf, inDoubt } from './doubt.js';
import { errorCard } from './errors.js';
import { contactChanges, contactOf } from './fields.js';
import { keeper } from './kept.js';

/** The values of the form, for `contact` or for a new one. */
const ofContact = (contact) => ({
  given: contact?.given ?? '',
  surname: contact?.surname ?? '',
  company: contact?.company ?? '',
  job: contact?.job ?? '',
  email: contact?.emails[0] ?? '',
  mobile: contact?.mobile ?? '',
  phone: contact?.phones[0] ?? '',
  notes: contact?.notes ?? '',
});

/**
 * Shows the form in `pane`. `kept` is a text for the same contact that was not finished. Where the user goes elsewhere
 * without saving, the text stays and is offered again.
 */
export function openForm(client, pane, contact, { signal, on, kept }) {
  const trouble = h('div');
  const begin = ofContact(contact);
  const first = { ...begin, ...kept?.values };
  const keep = keeper(client.account, 'contact', kept?.id);
  signal.addEventListener('abort', keep.release);
  const text = (label, name, more = {}) =>
    field(label, h('input', { type: 'text', name, value: first[name], autocomplete: 'off', ...more }));
  const save = h('button.primary', { type: 'submit' }, 'Save');
  const form = h(
    'form.form.card',
    {
      oninput: () =>
        keep.write(
          changed()
            ? { title: nameOf(values()), values: values(), about: { contact: contact?.id, name: contact?.name } }
            : undefined,
        ),
      onsubmit: (event) => {
        event.preventDefault();
        submit();
      },
    },
    h('h2', contact ? 'Edit contact' : 'New contact'),
    h('div.pair', text('First name', 'given', { required: true }), text('Last name', 'surname')),
    h('div.pair', text('Company', 'company'), text('Job title', 'job')),
    text('E-mail', 'email', { type: 'email' }),
    h('div.pair', text('Mobile', 'mobile', { type: 'tel' }), text('Work phone', 'phone', { type: 'tel' })),
    field('Notes', h('textarea', { name: 'notes', rows: 4, value: first.notes })),
    trouble,
    h('p.actions', save, h('button', { type: 'button', onclick: () => cancel() }, 'Cancel')),
  );
  const values = () => Object.fromEntries(Object.keys(begin).map((name) => [name, form.elements[name].value]));
  const nameOf = (/** @type {any} */ { given, surname, company }) =>
    [given, surname].filter(Boolean).join(' ') || company;
  let uncertain = false;
  const changed = () => Object.entries(values()).some(([name, value]) => value !== begin[name]);

  function submit() {
    const trimmed = Object.fromEntries(Object.entries(values()).map(([name, value]) => [name, value.trim()]));
    const changes = contactChanges(trimmed, contact);
    trouble.replaceChildren();
    return attempt(
      async () => {
        const { contacts } = client;
        const raw = await busy(save, () =>
          contact ? contacts.update(contact.id, changes, { signal }) : contacts.create(changes, { signal }),
        );
        say(contact ? 'Contact changed' : 'Contact added');
        keep.drop();
        on.saved(contactOf(raw).id);
      },
      (error) => {
        uncertain ||= inDoubt(error);
        trouble.replaceChildren(errorCard(error, { ...doubtOf(error, 'contact'), retry: submit }));
      },
    );
  }

  async function cancel() {
    if (changed()) {
      const answers = [
        ['Keep writing', false, 'primary'],
        ['Discard', true],
      ];
      const title = contact ? 'Discard the changes?' : 'Discard this contact?';
      const text = uncertain ? 'It may have been saved: look at your contacts.' : 'Nothing has been saved.';
      if (!(await ask(title, text, answers, { signal }))) return;
      keep.drop();
    }
    if (contact) on.saved(contact.id);
    else on.back();
  }

  pane.replaceChildren(bar(on), form);
  form.elements.given.focus();
}

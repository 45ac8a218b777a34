// One contact: its details.
import { attempt, busy } from './calls.js';
import { compose } from './compose.js';
import { ask } from './dialog.js';
import { avatar, focusOn, h, icon, iconButton, say } from './dom.js';
import { errorCard } from './errors.js';

/** The bar above a contact. Its back button is for narrow screens, where the list is hidden. */
export const bar = (on, ...children) =>
  h(
    'div.reader-bar',
    iconButton('back', 'Back to the list', on.back, { class: 'icon-button narrow-only' }),
    ...children,
  );

/** Shows `contact` in `pane`. */
export function openContact(client, pane, contact, { signal, on, moveFocus }) {
  const trouble = h('div');
  const failed = (error) => trouble.replaceChildren(errorCard(error));
  const heading = h('h2', contact.name);
  const write = (address) => compose(client, { message: { name: contact.name, address }, signal });
  const fact = (name, label, content) => content && h('div.fact', icon(name), h('div', h('small', label), content));
  const remove = async ({ currentTarget: button }) => {
    const answers = [
      ['Delete', true, 'danger'],
      ['Keep', false],
    ];
    if (!(await ask('Delete this contact?', `${contact.name} is removed from your contacts.`, answers, { signal })))
      return;
    await attempt(async () => {
      await busy(button, () => client.contacts.delete(contact.id, { signal }));
      say('Contact deleted');
      on.gone();
    }, failed);
  };
  pane.replaceChildren(
    bar(
      on,
      h('button.quiet', { type: 'button', onclick: () => on.edit(contact.id) }, icon('pen'), 'Edit'),
      h('span.gap'),
      iconButton('trash', 'Delete', remove),
    ),
    h(
      'article.card',
      h(
        'header',
        avatar(contact.name, contact.emails[0] ?? contact.name),
        h('div', heading, h('p', [contact.job, contact.company].filter(Boolean).join(', '))),
      ),
      trouble,
      contact.emails.map((address) =>
        fact('mail', 'E-mail', h('button.link', { type: 'button', onclick: () => write(address) }, address)),
      ),
      fact(
        'phone',
        'Mobile',
        contact.mobile && h('a', { href: `tel:${contact.mobile.replace(/[^+\d]/g, '')}` }, contact.mobile),
      ),
      contact.phones.map((phone) =>
        fact('phone', 'Work', h('a', { href: `tel:${phone.replace(/[^+\d]/g, '')}` }, phone)),
      ),
      fact('building', 'Address', contact.address && h('span', contact.address)),
      fact('note', 'Notes', contact.notes && h('p.notes', contact.notes)),
    ),
  );
  pane.scrollTop = 0;
  if (moveFocus()) focusOn(heading);
}

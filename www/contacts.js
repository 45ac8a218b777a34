// Contacts: the list with a search field, and the open contact beside it.
import { attempt, renewer } from './calls.js';
import { bar, openContact } from './contact.js';
import { openForm } from './contact-form.js';
import { arrows, avatar, empty, h, icon, iconButton, loading } from './dom.js';
import { errorCard } from './errors.js';
import { CONTACT, contactOf } from './fields.js';
import { take } from './kept.js';
import { go, href } from './router.js';

const COLLATOR = new Intl.Collator(undefined, { sensitivity: 'base' });

export function contactsView({ client, signal }) {
  const heading = h('h1', 'Contacts');
  const count = h('span.count');
  const search = h('input', {
    type: 'search',
    placeholder: 'Search contacts',
    'aria-label': 'Search contacts',
    oninput: () => draw(),
  });
  const list = h('ul.people-list', { 'aria-label': 'Contacts' });
  const trouble = h('div.more');
  const pane = h('section.pane', { 'aria-label': 'Contact' });
  const node = h(
    'div.contacts',
    h(
      'section.list',
      { 'aria-label': 'Contact list' },
      h(
        'header.list-head',
        h(
          'div',
          heading,
          count,
          h('span.gap'),
          iconButton('plus', 'New contact', () => go(href('contacts', ['new']))),
        ),
        h(
          'form.list-tools',
          { role: 'search', onsubmit: (event) => event.preventDefault() },
          h('span.search', icon('search'), search),
        ),
      ),
      h('div.scroll', list, trouble),
    ),
    pane,
  );
  const keys = arrows(list, 'a');
  const forContact = renewer(signal);
  let all = [];
  let loaded;
  let open;

  const back = () => {
    const link = list.querySelector('a[aria-current]');
    go(href('contacts'));
    link?.focus();
  };

  /** Address books are small: the whole list is read once and searched here, so that results appear with each key. */
  function load() {
    trouble.replaceChildren(loading('Loading contacts'));
    loaded = attempt(
      async () => {
        const read = [];
        for await (const raw of client.contacts.all({ select: CONTACT, orderBy: 'displayName', top: 100, signal }))
          read.push(contactOf(raw));
        all = read.sort((a, b) => COLLATOR.compare(a.name, b.name));
        trouble.replaceChildren();
        draw();
        return true;
      },
      (error) => trouble.replaceChildren(errorCard(error, { retry: load })),
    );
    return loaded;
  }

  function draw() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter((one) =>
      words.every((word) =>
        `${one.name} ${one.company} ${one.job} ${one.emails.join(' ')}`.toLowerCase().includes(word),
      ),
    );
    count.textContent = found.length.toLocaleString();
    let letter = '';
    const rows = found.flatMap((one) => {
      const [initial] = one.name.normalize('NFD').toUpperCase();
      const row = h(
        'li',
        h(
          'a',
          { href: href('contacts', [one.id]), tabindex: -1, ...(one.id === open && { 'aria-current': 'true' }) },
          avatar(one.name, one.emails[0] ?? one.name),
          h('span.who', one.name),
          h('span.company', one.company || one.emails[0] || ''),
        ),
      );
      if (initial === letter) return [row];
      letter = initial;
      return [h('li.letter', { 'aria-hidden': 'true' }, letter), row];
    });
    list.replaceChildren(...rows);
    trouble.replaceChildren(found.length ? '' : empty('people', all.length ? 'No contact found.' : 'No contacts yet.'));
    keys.settle();
  }

  /** What the open contact and the form tell this view. After a change the list is read again. */
  const on = {
    back,
    async saved(id) {
      await load();
      go(href('contacts', [id]), { replace: true });
    },
    async gone() {
      go(href('contacts'), { replace: true });
      await load();
    },
    edit: (id) => go(href('contacts', [id, 'edit'])),
  };

  async function show({ parts: [id, action], query }) {
    open = id;
    const kept = take(client.account, query.get('kept'));
    const fresh = forContact();
    node.classList.toggle('reading', Boolean(id));
    for (const link of list.querySelectorAll('a')) {
      if (link.hash === href('contacts', [id])) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    keys.settle();
    if (!id) return pane.replaceChildren(empty('people', 'Choose a contact, or add one.'));
    if (id === 'new') return openForm(client, pane, undefined, { signal: fresh, on, kept });
    if (!(await loaded) || fresh.aborted) return undefined;
    const contact = all.find((one) => one.id === id);
    if (!contact) return pane.replaceChildren(bar(on), empty('people', 'This contact no longer exists.'));
    if (action === 'edit') return openForm(client, pane, contact, { signal: fresh, on, kept });
    return openContact(client, pane, contact, { signal: fresh, on, moveFocus: () => list.offsetParent === null });
  }

  load();
  return { node, heading, title: () => 'Contacts', show };
}

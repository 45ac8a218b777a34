// Mail: folders, the list of messages, and the open message beside it.
import { filter } from './vendor/exo365/index.js';
import { attempt, busy, renewer } from './calls.js';
import { compose } from './compose.js';
import { arrows, avatar, empty, h, icon, iconButton, loading, say } from './dom.js';
import { errorCard } from './errors.js';
import { FOLDERS, MESSAGE_ROW, messageOf } from './fields.js';
import { folderList } from './folders.js';
import { markAllRead } from './mark-read.js';
import { openMessage } from './message.js';
import { go, href } from './router.js';
import { brief, full } from './time.js';

const PAGE = 30;

/**
 * The query of the list. Exchange requires the sorted property to come first in a filter, and allows no order with a
 * search.
 */
function queryFor({ unread, text }) {
  if (text) return { search: text };
  const newest = { orderBy: 'receivedDateTime desc', count: true };
  return unread ? { ...newest, filter: filter`receivedDateTime ge ${new Date(0)} and isRead eq ${false}` } : newest;
}

export function mailView({ client, signal }) {
  const folders = folderList(client);
  const heading = h('h1', 'Inbox');
  const count = h('span.count');
  const list = h('ul.messages', { 'aria-label': 'Messages' });
  const more = h('div.more');
  const pane = h('section.pane', { 'aria-label': 'Message' });
  const search = h('input', { type: 'search', placeholder: 'Search this folder', 'aria-label': 'Search this folder' });
  const unread = h('input', { type: 'checkbox' });
  const write = (mode, message) => compose(client, { mode, message, signal }).then((done) => done && show.again());
  const node = h(
    'div.mail',
    h(
      'div.mail-side',
      h('button.primary.write', { type: 'button', onclick: () => write('new') }, icon('pen'), h('span', 'New message')),
      folders.node,
    ),
    h(
      'section.list',
      { 'aria-label': 'Message list' },
      h(
        'header.list-head',
        h(
          'div',
          heading,
          count,
          h('span.gap'),
          iconButton('read', 'Mark all as read', ({ currentTarget }) => readAll(currentTarget)),
          iconButton('refresh', 'Refresh', () => show.again()),
        ),
        h(
          'form.list-tools',
          {
            role: 'search',
            onsubmit: (event) => {
              event.preventDefault();
              filterBy();
            },
          },
          h('span.search', icon('search'), search),
          h('label.toggle', unread, 'Unread only'),
        ),
      ),
      h('div.scroll', list, more),
    ),
    pane,
  );

  const forList = renewer(signal);
  const forMessage = renewer(signal);
  const keys = arrows(list, 'a', { Delete: (link) => removeRow(link) });
  let here = { folder: 'inbox', id: undefined, text: '', unread: false };
  let shown = 0;

  search.addEventListener('search', () => filterBy()); // the clear button inside the field
  unread.addEventListener('change', () => filterBy());
  node.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && here.id && event.target.closest('.pane')) back();
  });

  const place = (id) =>
    href('mail', [here.folder, id], { ...(here.unread && { unread: '1' }), ...(here.text && { q: here.text }) });
  const rowOf = (id) => [...list.children].find((row) => row.dataset.message === id);
  const back = () => {
    const link = rowOf(here.id)?.firstChild;
    go(place());
    link?.focus();
  };

  function filterBy() {
    here = { ...here, text: search.value.trim(), unread: unread.checked && !search.value.trim() };
    go(place(), { replace: true });
  }

  const on = {
    back,
    write,
    read(id, value) {
      const row = rowOf(id);
      const wasUnread = row?.classList.contains('unread');
      row?.classList.toggle('unread', !value);
      if (wasUnread === value) folders.read(here.folder, value ? 1 : -1);
    },
    gone(id) {
      const row = rowOf(id);
      const next = row?.nextElementSibling ?? row?.previousElementSibling;
      if (row?.classList.contains('unread')) folders.read(here.folder, 1);
      row?.remove();
      keys.settle();
      if (here.id === id) go(place(), { replace: true });
      next?.firstChild.focus();
    },
  };

  const readAll = (button) =>
    attempt(
      async () => {
        const many = await busy(button, () => markAllRead(client, here.folder, signal));
        say(many === 1 ? 'One message marked as read' : `${many.toLocaleString()} messages marked as read`);
        show.again();
      },
      (error) => more.replaceChildren(errorCard(error, { retry: () => show.again() })),
    );

  const removeRow = (link) =>
    attempt(
      async () => {
        const { message: id } = link.parentElement.dataset;
        await client.mail.messages.delete(id, { signal });
        say('Deleted');
        on.gone(id);
      },
      (error) => more.replaceChildren(errorCard(error)),
    );

  function row(raw) {
    const message = messageOf(raw);
    const outgoing = FOLDERS.find(({ name }) => name === here.folder)?.outgoing;
    const who = outgoing ? (message.to[0] ?? { name: 'No recipient yet', address: '' }) : message.from;
    const marks = [
      message.important && ['important', 'Important'],
      message.attachments && ['clip', 'Has attachments'],
    ].filter(Boolean);
    return h(
      message.read ? 'li' : 'li.unread',
      { 'data-message': message.id },
      h(
        'a',
        { href: place(message.id), tabindex: -1 },
        avatar(who.name, who.address),
        h('span.who', outgoing && 'To ', who.name),
        h('time', { datetime: message.received.toISOString(), title: full(message.received) }, brief(message.received)),
        h(
          'span.line',
          h('span.subject', h('span.sr.if-unread', 'Unread. '), message.subject),
          marks.map(([name, label]) => h(`span.mark.${name}`, { title: label }, icon(name), h('span.sr', label))),
        ),
        h('span.preview', message.preview),
      ),
    );
  }

  /** Appends a page and a button for the next one, which is also loaded when the button comes into view. */
  function append(page) {
    list.append(...page.items.map(row));
    shown += page.items.length;
    if (page.count !== undefined) count.textContent = page.count.toLocaleString();
    select(here.id);
    const nothing = here.text ? 'Nothing found.' : here.unread ? 'No unread messages.' : 'No messages here.';
    if (!page.next) return more.replaceChildren(shown ? '' : empty('inbox', nothing));
    let asked = false;
    const load = () => {
      if (asked) return;
      asked = true;
      more.append(loading('Loading more'));
      attempt(
        async () => append(await page.next()),
        (error) => more.replaceChildren(errorCard(error, { retry: () => append({ ...page, items: [] }) })),
      );
    };
    const button = h('button', { type: 'button', onclick: load }, 'Load more');
    more.replaceChildren(button);
    const seen = new IntersectionObserver(
      ([entry]) => {
        if (!entry.isIntersecting) return;
        seen.disconnect();
        load();
      },
      { rootMargin: '200px' },
    );
    seen.observe(button);
  }

  function loadList() {
    shown = 0;
    count.textContent = '';
    list.replaceChildren();
    more.replaceChildren(loading('Loading messages'));
    const query = { ...queryFor(here), select: MESSAGE_ROW, top: PAGE, signal: forList() };
    attempt(
      async () => append(await client.mail.folder(here.folder).messages.list(query)),
      (error) => more.replaceChildren(errorCard(error, { retry: loadList })),
    );
  }

  function select(id) {
    for (const { firstChild: link } of list.children) link.toggleAttribute('aria-current', false);
    rowOf(id)?.firstChild.setAttribute('aria-current', 'true');
    keys.settle();
  }

  /**
   * Shows a place of this view: for another folder or filter the list is loaded again, for another id a message is
   * opened.
   */
  function show({ parts: [folder = 'inbox', id], query }) {
    const next = { folder, id, text: query.get('q') ?? '', unread: query.has('unread') };
    const same = shown > 0 && ['folder', 'text', 'unread'].every((key) => next[key] === loaded?.[key]);
    here = next;
    search.value = here.text;
    unread.checked = here.unread;
    unread.disabled = Boolean(here.text); // the service cannot filter and search at once
    heading.textContent = FOLDERS.find(({ name }) => name === folder)?.label ?? 'Folder';
    folders.mark(folder);
    node.classList.toggle('reading', Boolean(id));
    if (!same) loadList();
    else select(id);
    loaded = here;
    const fresh = forMessage();
    if (!id) return pane.replaceChildren(empty('mail', 'Choose a message to read it here.'));
    return openMessage(client, pane, id, { signal: fresh, on, moveFocus: () => list.offsetParent === null });
  }
  let loaded;
  show.again = () => {
    folders.fill(signal);
    loadList();
  };

  folders.fill(signal);
  return { node, heading, title: () => heading.textContent, show, refresh: show.again };
}

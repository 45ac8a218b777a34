// The folders of the mailbox, with the number of unread messages in each.
import { attempt } from './calls.js';
import { h, icon } from './dom.js';
import { FOLDERS, folderOf } from './fields.js';
import { href } from './router.js';

/**
 * The list of folders. `fill(signal)` reads the numbers, `mark(name)` marks the current folder, `read(name, by)`
 * reduces its number of unread messages by `by`.
 */
export function folderList(client) {
  const rows = new Map(
    FOLDERS.map((folder) => {
      const number = h('span.number');
      return [
        folder.name,
        {
          ...folder,
          count: undefined,
          number,
          link: h('a', { href: href('mail', [folder.name]) }, icon(folder.icon), h('span', folder.label), number),
        },
      ];
    }),
  );

  const show = (row, count) => {
    row.count = Math.max(0, count);
    row.number.textContent = row.count ? row.count.toLocaleString() : '';
    if (row.count) row.number.setAttribute('aria-label', `${row.count} ${row.name === 'drafts' ? 'drafts' : 'unread'}`);
  };

  return {
    node: h(
      'nav.folders',
      { 'aria-label': 'Folders' },
      h(
        'ul',
        [...rows.values()].map(({ link }) => h('li', link)),
      ),
    ),

    // One after the other: Exchange allows four calls at a time, and the list of messages needs one of them.
    async fill(signal) {
      for (const row of rows.values()) {
        await attempt(
          async () => {
            const select = ['unreadItemCount', 'totalItemCount'];
            const { unread, total } = folderOf(await client.mail.folders.get(row.name, { select, signal }));
            show(row, row.name === 'drafts' ? total : row.name === 'sentitems' ? 0 : unread);
          },
          () => {}, // A missing number does no harm; the list of messages shows the error.
        );
      }
    },

    mark(name) {
      for (const row of rows.values()) row.link.toggleAttribute('aria-current', false);
      rows.get(name)?.link.setAttribute('aria-current', 'page');
    },

    read(name, by) {
      const row = rows.get(name);
      if (row?.count !== undefined && name !== 'drafts' && name !== 'sentitems') show(row, row.count - by);
    },
  };
}

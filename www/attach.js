// The files of a message: chosen, shown, removed.
import { h, icon, iconButton } from './dom.js';
import { size } from './size.js';

/** Exchange takes no larger attachment; exo365 rejects it with `too_large`. */
const LARGEST = 150 * 1024 * 1024;

/**
 * The chosen files with a button for more. exo365 takes the files of the input as they are: above 3 MB it sends them
 * piece by piece. `lost` are names of files that were chosen before a reload: the browser lets no page keep them.
 *
 * @param {() => void} changed
 * @param {string[]} lost
 */
export function attachments(changed, lost = []) {
  const files = [];
  const list = h('ul.files', { 'aria-label': 'Attachments' });
  const hint = h('p.hint', { role: 'status' });
  const show = (text = '') => {
    hint.textContent = text;
    list.replaceChildren(
      ...files.map((file, at) =>
        h(
          'li.file',
          icon('clip'),
          h('span', file.name),
          h('small', size(file.size)),
          iconButton('close', `Remove ${file.name}`, () => {
            files.splice(at, 1);
            show();
            pick.focus();
            changed();
          }),
        ),
      ),
    );
  };
  const pick = h('input.sr', {
    type: 'file',
    multiple: true,
    id: `files-${crypto.randomUUID().slice(0, 8)}`,
    onchange: () => {
      const chosen = [...pick.files];
      const large = chosen.filter((file) => file.size > LARGEST);
      files.push(...chosen.filter((file) => file.size <= LARGEST));
      pick.value = '';
      const names = large.map(({ name }) => name).join(', ');
      show(large.length ? `Not attached, as files may have up to ${size(LARGEST)}: ${names}` : '');
      changed();
    },
  });
  show(lost.length ? `Please attach again: ${lost.join(', ')}` : '');
  const node = h(
    'div.attach',
    pick,
    h('label.button.quiet', { for: pick.id }, icon('clip'), 'Attach files'),
    list,
    hint,
  );
  return { node, files };
}

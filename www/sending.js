// What the user sees while a message goes out: how far it is.
import { h } from './dom.js';
import { size } from './size.js';

/** A bar with the bytes of the files that are on the server. */
export function progress() {
  const bar = h('progress', { max: 1 });
  const words = h('span');
  const node = h('p.progress', { hidden: true }, bar, words);
  let doing = '';
  return {
    node,
    /** `label` says what goes on. `total` is the size of all files; where there are none, nothing is shown. */
    begin(label, total) {
      doing = label;
      node.hidden = total === 0;
      bar.removeAttribute('value'); // "busy" until the first report
      bar.setAttribute('aria-label', label);
      words.textContent = `${label}: ${size(total)}`;
    },
    report(sent, total) {
      if (total > 0) bar.value = sent / total;
      words.textContent = `${doing}: ${size(sent)} of ${size(total)}`;
    },
    end() {
      node.hidden = true;
    },
  };
}

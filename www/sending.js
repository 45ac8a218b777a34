// What the user sees while a message goes out, and how far it is. Once a message is on its way, the page cannot know
// whether it will arrive: it says "sent" only when the service says so, and "not sent" only where it cannot have been.
import { h } from './dom.js';
import { size } from './size.js';

/** Errors after which the message may be on its way: there was no answer, or none that says what happened. */
const UNSURE = new Set(['network', 'timeout', 'aborted', 'service_unavailable', 'invalid_response']);

/** Whether the message of a failed call may have been sent all the same. */
export const mayBeSent = (error) => UNSURE.has(error?.code);

/** For the error card of such a failure. */
export const UNCERTAIN = {
  title: 'The message may have been sent: no answer came from the service.',
  advice: 'Look in “Sent” before you send it again.',
  again: 'Send again',
};

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

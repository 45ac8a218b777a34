// The strip that offers texts which were not finished: after a reload, a sign-in, or where a form was left.
import { h, icon } from './dom.js';
import { ask } from './dialog.js';
import { discard, onKept, unfinished } from './kept.js';
import { brief, full } from './time.js';

const KINDS = {
  message: ['pen', 'Unfinished message'],
  meeting: ['calendar', 'Unfinished meeting'],
  contact: ['person', 'Unfinished contact'],
  answer: ['calendar', 'Unfinished answer'],
  replies: ['gear', 'Unfinished automatic reply'],
};

/**
 * The strip. `resume(kept)` opens the form again.
 *
 * @param {any} account
 * @param {(kept: import('./kept.js').Kept) => unknown} resume
 * @param {AbortSignal} signal Aborted at the end of the session.
 */
export function unfinishedStrip(account, resume, signal) {
  const node = h('section.unfinished', { 'aria-label': 'Unfinished texts', hidden: true });

  async function remove(kept) {
    const answers = [
      ['Discard', true, 'danger'],
      ['Keep', false],
    ];
    if (await ask('Discard this text?', 'It cannot be brought back.', answers, { signal })) discard(account, kept.id);
  }

  function row(kept) {
    const [drawing, label] = KINDS[kept.kind];
    const at = new Date(kept.at);
    const name = kept.title ? `${label}: ${kept.title}` : label;
    return h(
      'li',
      { 'data-kept': kept.kind },
      icon(drawing),
      h('span.unfinished-name', name),
      h('time', { datetime: at.toISOString(), title: full(at) }, brief(at)),
      h('button', { type: 'button', 'aria-label': `Continue. ${name}`, onclick: () => resume(kept) }, 'Continue'),
      h('button.quiet', { type: 'button', 'aria-label': `Discard. ${name}`, onclick: () => remove(kept) }, 'Discard'),
    );
  }

  let drawn;
  async function draw() {
    const list = (await unfinished(account)).filter(({ kind }) => Object.hasOwn(KINDS, kind));
    const now = JSON.stringify(list);
    // Where nothing changed, the buttons stay: one that is replaced while it is pressed does nothing.
    if (signal.aborted || now === drawn) return;
    drawn = now;
    node.hidden = list.length === 0;
    node.replaceChildren(h('ul', list.map(row)));
  }

  onKept(draw, { signal });
  draw();
  return node;
}

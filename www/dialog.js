// Dialogs: the browser's own element brings the focus trap, Escape and the way back for the focus.
import { h, iconButton } from './dom.js';

/**
 * Opens a dialog with `content`, made by `fill(close)`. Resolves with what `close` was called with, undefined for Escape.
 * `mayLeave` may keep it open when the user wants to leave. It ends with `signal`: a dialog belongs to its view.
 *
 * @param {string} title
 * @param {(close: (value?: any) => void) => Node} fill
 * @param {{ signal?: AbortSignal, mayLeave?: (close: (value?: any) => void) => Promise<boolean>, wide?: boolean }} [options]
 * @returns {Promise<any>}
 */
export function openDialog(title, fill, { signal, mayLeave = async () => true, wide = false } = {}) {
  return new Promise((resolve) => {
    const close = (/** @type {any} */ value = undefined) => {
      if (!dialog.open) return;
      dialog.close();
      dialog.remove();
      resolve(value);
    };
    const leave = async () => (await mayLeave(close)) && close();
    const heading = h('h2', { id: `d-${crypto.randomUUID().slice(0, 8)}` }, title);
    const dialog = h(
      wide ? 'dialog.wide' : 'dialog',
      { 'aria-labelledby': heading.id },
      h('header', {}, heading, iconButton('close', 'Close', leave)),
      fill(close),
    );
    // By the key: a second `cancel` event in a row cannot be prevented, and half a mail would be gone.
    dialog.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      leave();
    });
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault(); // the back gesture of a phone
      leave();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('[autofocus]')?.focus();
    signal?.addEventListener('abort', () => close(undefined));
  });
}

/** A question with some answers, `[label, value, class]`. */
export const ask = (title, text, answers, options) =>
  openDialog(
    title,
    (close) =>
      h(
        'div.ask',
        {},
        h('p', {}, text),
        h(
          'p.actions',
          {},
          answers.map(([label, value, kind = '']) =>
            h('button', { type: 'button', class: kind, onclick: () => close(value) }, label),
          ),
        ),
      ),
    options,
  );

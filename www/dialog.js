// Dialogs. The browser's own element traps the focus, handles Escape, and gives the focus back at the end.
import { h, iconButton } from './dom.js';

/**
 * Opens a dialog with the content that `fill(close)` makes. Resolves with the value that `close` was called with; with
 * undefined for Escape. Where `mayLeave` resolves with false, the dialog stays open. It closes when `signal` is
 * aborted: a dialog belongs to its view.
 *
 * @param {string} title
 * @param {(close: (value?: any) => void) => Node} fill
 * @param {{
 *   signal?: AbortSignal,
 *   mayLeave?: (close: (value?: any) => void) => Promise<boolean>,
 *   wide?: boolean,
 * }} [options]
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
      { 'aria-labelledby': heading.id, tabindex: -1 },
      h('header', heading, iconButton('close', 'Close', leave)),
      fill(close),
    );
    // Escape is handled here because the browser closes the dialog at a second `cancel` event in a row, and the text
    // would be lost.
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

/** Asks a question. `answers` are the buttons: `[label, value, class]`. Resolves with the value. */
export const ask = (title, text, answers, options) =>
  openDialog(
    title,
    (close) =>
      h(
        'div.ask',
        h('p', text),
        h(
          'p.actions',
          answers.map(([label, value, kind = '']) =>
            h('button', { type: 'button', class: kind, onclick: () => close(value) }, label),
          ),
        ),
      ),
    options,
  );

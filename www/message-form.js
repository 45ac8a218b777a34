// The fields of a message that is being written. What they mean is in compose.js.
import { attachments } from './attach.js';
import { textOf } from './clean.js';
import { field, h, icon } from './dom.js';
import { totalOf } from './outgoing.js';
import { checkRecipients } from './recipients.js';
import { progress } from './sending.js';
import { full } from './time.js';

/** The text of a message, without the formatting of HTML. */
export const plain = (message) => (message.html ? textOf(message.body) : message.body.trim());

/**
 * The form for the fields of `begin`, filled with `values`. It reports every change, of the files too, as an `input`
 * event. `lost` are names of files that were chosen before a reload.
 */
export function messageForm({ mode, message, begin, values, lost }) {
  const answer = ['reply', 'replyAll', 'forward'].includes(mode);
  const input = (name, more) => h('input', { type: 'text', name, value: values[name], autocomplete: 'off', ...more });
  const to = input('to', { required: true, autofocus: !values.to, placeholder: 'name@example.com; …' });
  const cc = 'cc' in begin && input('cc');
  for (const one of [to, cc]) if (one) one.addEventListener('input', () => checkRecipients(one));
  const body = h('textarea', {
    name: 'body',
    'aria-label': 'Message',
    rows: 12,
    value: values.body,
    autofocus: Boolean(values.to),
  });
  const attached = answer ? undefined : attachments(() => node.dispatchEvent(new Event('input')), lost);
  const files = attached?.files ?? [];
  const bar = progress();
  const trouble = h('div');
  const sendButton = h('button.primary', { type: 'submit' }, icon('sent'), 'Send');
  const saveButton = !answer && h('button', { type: 'button' }, 'Save draft');
  const fields = h(
    'fieldset.plain',
    field('To', to),
    cc && field('Cc', cc),
    field('Subject', input('subject', { readonly: answer })),
    h('p.field.grow', body),
    answer &&
      h('details.quoted', h('summary', `${message.from.name}, ${full(message.received)}`), h('pre', plain(message))),
    attached?.node,
  );
  const node = h('form.compose', fields, bar.node, trouble, h('p.actions', sendButton, saveButton));

  return {
    node,
    bar,
    trouble,
    sendButton,
    saveButton,
    files,
    values: () => Object.fromEntries(Object.keys(begin).map((name) => [name, node.elements[name].value])),
    /** While a message is on its way nothing can be changed; `label` says what goes on. */
    lock(locked, label) {
      for (const one of [fields, sendButton, saveButton]) if (one) one.disabled = locked;
      if (!locked) {
        bar.end();
        return sendButton.focus();
      }
      trouble.replaceChildren();
      bar.begin(label, totalOf(files));
      // A control that is disabled loses the focus; outside the dialog, Escape would not reach it.
      return node.closest('dialog').focus();
    },
  };
}

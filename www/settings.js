// Settings: automatic replies. An administrator may protect saving them by Conditional Access. Microsoft then asks for
// a second factor: exo365 rejects with `interaction_required`, and the error card starts the step-up and saves again.
import { textOf } from './body.js';
import { attempt, busy, renewer } from './calls.js';
import { field, h, loading, say } from './dom.js';
import { errorCard } from './errors.js';

/** Plain text as HTML, which the service expects. */
function htmlOf(text) {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => {
      const holder = document.createElement('p');
      holder.textContent = line;
      return holder.innerHTML;
    });
  return lines.join('<br>');
}

export function settingsView({ client, signal }) {
  const heading = h('h1', 'Settings');
  const on = h('input', { type: 'checkbox', name: 'on' });
  const message = h('textarea', {
    name: 'message',
    rows: 5,
    maxlength: 2000,
    placeholder: 'I am away until Monday. For urgent matters please call the front desk.',
  });
  const button = h('button.primary', { type: 'submit' }, 'Save');
  const trouble = h('div', { 'aria-live': 'polite' });
  const form = h(
    'form.form',
    {
      hidden: true,
      onsubmit: (event) => {
        event.preventDefault();
        save();
      },
    },
    h('label.toggle', on, 'Send automatic replies'),
    field('Text of the reply', message),
    h('p.actions', button),
  );
  const waiting = h('div', loading('Loading settings'));
  const node = h(
    'div.settings',
    h('header.view-head', heading),
    h('h2', 'Automatic replies'),
    h(
      'p.hint',
      'With the local tenant, Conditional Access protects this setting: when you first save, you confirm who you are.',
    ),
    waiting,
    form,
    trouble,
  );
  const forLoad = renewer(signal);

  function load() {
    trouble.replaceChildren();
    return attempt(
      async () => {
        const { automaticRepliesSetting: replies } = await client.settings.get({ signal: forLoad() });
        on.checked = replies?.status !== 'disabled';
        message.value = textOf(replies?.internalReplyMessage ?? '');
        form.hidden = false;
        waiting.replaceChildren();
      },
      (error) => {
        waiting.replaceChildren();
        trouble.replaceChildren(errorCard(error, { retry: load }));
      },
    );
  }

  function save() {
    const html = htmlOf(message.value);
    const replies = {
      status: on.checked ? 'alwaysEnabled' : 'disabled',
      internalReplyMessage: html,
      externalReplyMessage: html,
    };
    return attempt(
      async () => {
        await busy(button, () => client.settings.update({ automaticRepliesSetting: replies }, { signal }));
        trouble.replaceChildren();
        say(on.checked ? 'Saved: automatic replies are on' : 'Saved: automatic replies are off');
      },
      (error) => trouble.replaceChildren(errorCard(error, { retry: save })),
    );
  }

  load();
  return { node, heading, title: () => 'Settings', show() {} };
}

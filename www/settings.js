// Settings: automatic replies. An administrator may protect saving them by Conditional Access. Microsoft then asks for
// a second factor: exo365 rejects with `interaction_required`, and the error card starts the step-up and saves again.
import { textOf } from './clean.js';
import { attempt, busy, renewer } from './calls.js';
import { field, h, loading, say } from './dom.js';
import { errorCard } from './errors.js';
import { keeper, take } from './kept.js';

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
      oninput: () => note(),
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
    h('p.hint', 'Your organisation may ask you to confirm that it is you before this is saved.'),
    waiting,
    form,
    trouble,
  );
  const forLoad = renewer(signal);
  /** What the mailbox has. */
  let begin;
  /** A text that was not finished, until the form shows it. */
  let kept;
  let keep;
  signal.addEventListener('abort', () => keep?.release());

  function note() {
    const changed = on.checked !== begin.on || message.value !== begin.message;
    keep ??= keeper(client.account, 'replies');
    keep.write(changed ? { title: '', values: { on: on.checked, message: message.value }, about: {} } : undefined);
  }

  /** Goes on with the text that was not finished, when both are there. */
  function goOn() {
    if (!kept || !begin) return;
    keep?.release();
    keep = keeper(client.account, 'replies', kept.id);
    on.checked = kept.values.on;
    message.value = kept.values.message;
    kept = undefined;
  }

  function load() {
    trouble.replaceChildren();
    return attempt(
      async () => {
        const { automaticRepliesSetting: replies } = await client.settings.get({ signal: forLoad() });
        on.checked = replies?.status !== 'disabled';
        message.value = textOf(replies?.internalReplyMessage ?? '');
        begin = { on: on.checked, message: message.value };
        form.hidden = false;
        goOn();
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
        begin = { on: on.checked, message: message.value };
        keep?.drop();
        keep = undefined;
        say(on.checked ? 'Saved: automatic replies are on' : 'Saved: automatic replies are off');
      },
      (error) => trouble.replaceChildren(errorCard(error, { retry: save })),
    );
  }

  function show({ query }) {
    kept = take(client.account, query.get('kept'));
    goOn();
  }

  load();
  return { node, heading, title: () => 'Settings', show };
}

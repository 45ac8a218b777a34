// The form for a new message, a reply or a draft.
import { textOf } from './body.js';
import { attempt, busy } from './calls.js';
import { ask, openDialog } from './dialog.js';
import { field, h, icon, iconButton, say } from './dom.js';
import { errorCard } from './errors.js';
import { size } from './message.js';
import { full } from './time.js';

/**
 * Reads `Ben Walker <ben@contoso.example>; carla@contoso.example` as recipients: addresses, or names with addresses.
 */
export function recipients(text) {
  return text
    .split(/[;,\n]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [, name, address] = /^(.*?)\s*<([^<>]+)>$/.exec(part) ?? [];
      return address ? { name: name.replace(/^"|"$/g, '') || address.trim(), address: address.trim() } : part;
    });
}

/** Marks the field as invalid where a part of it is not an e-mail address; the browser shows the message. */
export function checkRecipients(input) {
  const wrong = recipients(input.value).find((one) => !/^[^\s@<>]+@[^\s@<>]+$/.test(one.address ?? one));
  input.setCustomValidity(wrong ? `“${wrong.address ?? wrong}” is not an e-mail address.` : '');
}

const written = (people) =>
  people.map(({ name, address }) => (name === address ? address : `${name} <${address}>`)).join('; ');
const plain = (message) => (message.html ? textOf(message.body) : message.body.trim());

/** The values that the form starts with. A reply gets its recipients here; the service adds the quoted text. */
function start(mode, message, me) {
  if (mode === 'new') return { to: message ? written([message]) : '', cc: '', subject: '', body: '' };
  if (mode === 'draft')
    return { to: written(message.to), cc: written(message.cc), subject: message.subject, body: plain(message) };
  const others = (list) => list.filter(({ address }) => address.toLowerCase() !== me.toLowerCase());
  const to = message.replyTo.length ? message.replyTo : [message.from];
  const all = mode === 'replyAll';
  return {
    to: written(all ? others([...to, ...message.to]) : to),
    cc: all ? written(others(message.cc)) : '',
    subject: message.subject.replace(/^(re:\s*)*/i, 'Re: '),
    body: '',
  };
}

/** The values of the form as a draft. exo365 expands addresses, text and files to what the API expects. */
const draftOf = (form, files) => ({
  subject: form.subject,
  toRecipients: recipients(form.to),
  ccRecipients: recipients(form.cc),
  body: form.body,
  ...(files.length > 0 && { attachments: files }),
});

/** Sends the message, by the operation of the API for its kind. */
async function send(client, mode, message, form, files, signal) {
  const draft = draftOf(form, files);
  if (mode === 'new') return client.mail.send(draft, { signal });
  const { messages } = client.mail;
  if (mode === 'draft') {
    await messages.update(message.id, draft, { signal });
    return messages.send(message.id, { signal });
  }
  // The API's reply keeps the conversation together, quotes the text and sets the subject.
  const { toRecipients, ccRecipients, body } = draft;
  return messages.reply(message.id, { toRecipients, ccRecipients, body }, { signal });
}

/**
 * Opens the dialog. Resolves with 'sent', 'saved' or undefined. `message` is the message that is answered or the draft;
 * for a new message the recipient, as { name, address }.
 */
export function compose(client, { mode = 'new', message, signal }) {
  const answer = mode === 'reply' || mode === 'replyAll';
  const begin = start(mode, message, client.account?.username ?? '');
  const input = (name, more) => h('input', { type: 'text', name, value: begin[name], autocomplete: 'off', ...more });
  const to = input('to', { required: true, autofocus: !begin.to, placeholder: 'name@example.com; …' });
  const cc = input('cc');
  for (const one of [to, cc]) one.addEventListener('input', () => checkRecipients(one));
  const body = h('textarea', {
    name: 'body',
    id: 'compose-body',
    rows: 12,
    value: begin.body,
    autofocus: Boolean(begin.to),
  });
  const trouble = h('div');
  const files = [];
  const failed = (error) => trouble.replaceChildren(errorCard(error));
  const values = (form) => Object.fromEntries(new FormData(form));
  let form;

  const changed = () =>
    files.length > 0 || Object.entries(begin).some(([name, value]) => (values(form)[name] ?? value) !== value);
  const save = async () => {
    const draft = draftOf(values(form), files);
    if (mode === 'draft') await client.mail.messages.update(message.id, draft, { signal });
    else await client.mail.messages.create(draft, { signal });
    say('Saved in Drafts');
  };
  const mayLeave = async (close) => {
    if (!changed()) return true;
    const answers = [
      ['Save as draft', 'save', 'primary'],
      ['Discard', 'discard'],
      ['Keep writing', 'stay'],
    ];
    const choice = await ask('Keep this message?', 'It has not been sent.', answers, { signal });
    if (choice === 'save') attempt(() => save().then(() => close('saved')), failed);
    return choice === 'discard';
  };

  return openDialog(
    { new: 'New message', draft: 'Draft' }[mode] ?? 'Reply',
    (close) => {
      const submit = (event) => {
        event.preventDefault();
        attempt(
          () =>
            busy(event.submitter ?? form.querySelector('.primary'), () =>
              send(client, mode, message, values(form), files, signal),
            ).then(() => {
              say('Sent');
              close('sent');
            }),
          failed,
        );
      };
      const keep = ({ currentTarget }) => attempt(() => busy(currentTarget, save).then(() => close('saved')), failed);
      form = h(
        'form.compose',
        { onsubmit: submit },
        field('To', to),
        field('Cc', cc),
        field('Subject', input('subject', { readonly: answer })),
        h('p.field.grow', h('label', { class: 'sr', for: body.id }, 'Message'), body),
        answer &&
          h(
            'details.quoted',
            h('summary', `${message.from.name}, ${full(message.received)}`),
            h('pre', plain(message)),
          ),
        mode === 'new' && attachments(files),
        trouble,
        h(
          'p.actions',
          h('button.primary', { type: 'submit' }, icon('sent'), 'Send'),
          !answer && h('button', { type: 'button', onclick: keep }, 'Save draft'),
        ),
      );
      return form;
    },
    { signal, mayLeave, wide: true },
  );
}

/**
 * The list of attachments. exo365 takes the files of the input as they are, and rejects with `too_large` where one is
 * too large.
 */
function attachments(files) {
  const list = h('ul.files', { 'aria-label': 'Attachments' });
  const show = () =>
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
          }),
        ),
      ),
    );
  const pick = h('input.sr', {
    type: 'file',
    multiple: true,
    id: 'compose-files',
    onchange: () => {
      files.push(...pick.files);
      pick.value = '';
      show();
    },
  });
  return h('div.attach', pick, h('label.button.quiet', { for: 'compose-files' }, icon('clip'), 'Attach files'), list);
}

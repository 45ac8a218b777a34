// The reading pane: one message with its actions and attachments.
import { attempt, busy } from './calls.js';
import { bodyOf } from './body.js';
import { contentIds } from './clean.js';
import { avatar, focusOn, h, icon, iconButton, loading, say } from './dom.js';
import { errorCard } from './errors.js';
import { MESSAGE, attachmentOf, messageOf } from './fields.js';
import { size } from './size.js';
import { full } from './time.js';

const LARGEST_PICTURE = 1024 * 1024;
/**
 * Shows message `id` in `pane`. `on` has a function for each thing that can happen to it: `read(id, value)`,
 * `gone(id)`, `write(mode, message)`, `back()`. `signal` is aborted when another message is opened, which ends the
 * calls for this one.
 */
export async function openMessage(client, pane, id, { signal, on, moveFocus }) {
  pane.replaceChildren(loading('Opening the message'));
  const failed = (error) =>
    pane.replaceChildren(
      h('div.reader-bar', iconButton('back', 'Back to the list', on.back, { class: 'icon-button narrow-only' })),
      errorCard(error, { retry: () => openMessage(client, pane, id, { signal, on, moveFocus }) }),
    );
  const raw = await attempt(() => client.mail.messages.get(id, { select: MESSAGE, signal }), failed);
  if (!raw) return;
  const message = messageOf(raw);
  const heading = h('h2', message.subject);
  const files = h('ul.files', { 'aria-label': 'Attachments' });
  const text = h('div.reader-body', bodyOf(message));
  pane.replaceChildren(
    bar(client, message, { signal, on, failed }),
    h('article.reader', h('header', heading, people(message)), files, text),
  );
  pane.scrollTop = 0;
  if (moveFocus()) focusOn(heading);
  if (!message.read) attempt(() => mark(client, message, true, { signal, on }), console.error);
  if (!message.attachments && contentIds(message.body).length === 0) return;
  attempt(
    () => attachments(client, message, { files, text, signal }),
    (error) => files.replaceWith(errorCard(error)),
  );
}

function bar(client, message, { signal, on, failed }) {
  const change =
    (work) =>
    ({ currentTarget }) =>
      attempt(() => busy(currentTarget, work), failed);
  const remove = async () => {
    await client.mail.messages.delete(message.id, { signal });
    say('Deleted');
    on.gone(message.id);
  };
  const archive = async () => {
    await client.mail.messages.move(message.id, 'archive', { signal });
    say('Moved to Archive');
    on.gone(message.id);
  };
  const unread = async () => {
    await mark(client, message, false, { signal, on });
    say('Marked as unread');
    on.back();
  };
  const several = message.to.length + message.cc.length > 1;
  const button = (name, label, onclick) => h('button.quiet', { type: 'button', onclick }, icon(name), h('span', label));
  return h(
    'div.reader-bar',
    { role: 'toolbar', 'aria-label': 'Message' },
    iconButton('back', 'Back to the list', on.back, { class: 'icon-button narrow-only' }),
    message.draft
      ? button('pen', 'Edit', () => on.write('draft', message))
      : [
          button('reply', 'Reply', () => on.write('reply', message)),
          several && button('reply-all', 'Reply all', () => on.write('replyAll', message)),
          button('forward', 'Forward', () => on.write('forward', message)),
        ],
    h('span.gap'),
    !message.draft && iconButton('archive', 'Archive', change(archive)),
    !message.draft && iconButton('unread', 'Mark as unread', change(unread)),
    iconButton('trash', 'Delete', change(remove)),
  );
}

async function mark(client, message, isRead, { signal, on }) {
  await client.mail.messages.update(message.id, { isRead }, { signal });
  on.read(message.id, isRead);
}

function people({ from, to, cc, received, important }) {
  const names = (list) => list.map(({ name, address }) => h('span', { title: address }, name));
  const line = (label, list) =>
    list.length > 0 &&
    h(
      'p.to',
      `${label} `,
      names(list).flatMap((one, at) => (at ? [', ', one] : [one])),
    );
  return h(
    'div.people',
    avatar(from.name, from.address),
    h('div', h('p', h('strong', from.name), ' ', h('span.address', from.address)), line('To', to), line('Cc', cc)),
    h(
      'p.when',
      important && h('span.mark.important', icon('important'), 'Important'),
      h('time', { datetime: received.toISOString() }, full(received)),
    ),
  );
}

/** Shows files as download buttons, and puts inline pictures into the text. */
async function attachments(client, message, { files, text, signal }) {
  const attached = client.mail.messages.attachments(message.id);
  const { items } = await attached.list({ select: ['id', 'name', 'contentType', 'size', 'isInline'], signal });
  const all = items.map(attachmentOf);
  files.replaceChildren(
    ...all.filter((one) => !one.inline).map((file) => h('li', fileButton(client, message, file, signal))),
  );
  const inline = all.filter((one) => one.inline && one.size < LARGEST_PICTURE);
  if (!message.html || inline.length === 0) return;
  // The list has no content ids: only file attachments have that property, and it comes with each single one.
  const whole = await Promise.all(inline.map((one) => attached.get(one.id, { signal })));
  const pictures = whole.map(attachmentOf).filter((one) => one.contentId && /^image\/[\w.+-]+$/.test(one.type));
  text.replaceChildren(
    bodyOf(message, new Map(pictures.map((one) => [one.contentId, `data:${one.type};base64,${one.bytes}`]))),
  );
}

function fileButton(client, message, file, signal) {
  const save = async () => {
    const blob = await client.mail.messages.attachments(message.id).content(file.id, { signal });
    const url = URL.createObjectURL(blob);
    // With `download` the browser saves the file and never shows it as a page of this origin.
    h('a', { href: url, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  const pressed = ({ currentTarget }) =>
    attempt(
      () => busy(currentTarget, save),
      (error) => currentTarget.closest('li').append(errorCard(error)),
    );
  return h(
    'button.file',
    { type: 'button', onclick: pressed },
    icon('clip'),
    h('span', file.name),
    h('small', size(file.size)),
  );
}

// The form for a new message, a reply, a forwarded message or a draft.
import { busy } from './calls.js';
import { ask, openDialog } from './dialog.js';
import { say } from './dom.js';
import { doubtOf, inDoubt } from './doubt.js';
import { errorCard } from './errors.js';
import { keeper } from './kept.js';
import { messageForm, plain } from './message-form.js';
import { saveDraft, send } from './outgoing.js';
import { written } from './recipients.js';

const TITLES = { new: 'New message', draft: 'Draft', reply: 'Reply', replyAll: 'Reply to all', forward: 'Forward' };

/** The values that the form starts with. A reply gets its recipients here; the service adds the quoted text. */
function start(mode, message, me) {
  if (mode === 'new') return { to: message ? written([message]) : '', cc: '', subject: '', body: '' };
  if (mode === 'draft')
    return {
      to: written(message.to),
      cc: written(message.cc),
      subject: message.untitled ? '' : message.subject,
      body: plain(message),
    };
  if (mode === 'forward') return { to: '', subject: message.subject.replace(/^(fwd?:\s*)*/i, 'Fw: '), body: '' };
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

/**
 * Opens the dialog. Resolves with 'sent', 'saved' or undefined. `message` is the message that is answered or the draft;
 * for a new message the recipient, as { name, address }. `kept` is a text for the same message that was not finished.
 *
 * @param {any} client
 * @param {{ mode?: string, message?: any, signal: AbortSignal, kept?: import('./kept.js').Kept }} options
 */
export async function compose(client, { mode = 'new', message, signal, kept }) {
  const begin = start(mode, message, client.account.username);
  const form = messageForm({ mode, message, begin, values: { ...begin, ...kept?.values }, lost: kept?.about.files });
  const keep = keeper(client.account, 'message', kept?.id);
  // What goes on at the moment, with the controller that stops it.
  let working;
  let uncertain = false;

  const draft = () => ({ mode, message, form: form.values(), files: form.files });
  const changed = () =>
    form.files.length > 0 || Object.entries(form.values()).some(([name, value]) => value !== begin[name]);
  form.node.addEventListener('input', () => {
    const about = { mode, message: mode === 'new' ? undefined : message.id, files: form.files.map(({ name }) => name) };
    const values = form.values();
    keep.write(changed() ? { title: values.subject || values.to, values, about } : undefined);
  });

  /** Does `work` with the form locked. Resolves with whether it was done; an error is shown in the form. */
  async function perform({ button, label, work, doing, risk }, failed) {
    const controller = new AbortController();
    working = { controller, doing, risk };
    form.lock(true, label);
    try {
      const both = AbortSignal.any([signal, controller.signal]);
      await busy(button, () => work(client, draft(), { signal: both, onProgress: form.bar.report }));
      return true;
    } catch (error) {
      if (!signal.aborted) failed(error);
      return false;
    } finally {
      controller.abort(); // closes a question about it that is still open
      working = undefined;
      form.lock(false);
    }
  }
  const SEND = {
    button: form.sendButton,
    label: 'Sending',
    work: send,
    doing: 'The message is being sent',
    risk: 'If you stop now, it may be on its way all the same.',
  };
  const SAVE = {
    button: form.saveButton || form.sendButton,
    label: 'Saving',
    work: saveDraft,
    doing: 'The message is being saved',
    risk: 'If you stop now, it may be in Drafts all the same.',
  };

  const post = (close) =>
    perform(SEND, (error) => {
      uncertain ||= inDoubt(error);
      form.trouble.replaceChildren(errorCard(error, { ...doubtOf(error, 'sent'), retry: () => post(close) }));
    }).then((done) => {
      if (!done) return;
      say('Sent');
      keep.drop();
      close('sent');
    });
  const save = (close) =>
    perform(SAVE, (error) =>
      form.trouble.replaceChildren(errorCard(error, { ...doubtOf(error, 'draft'), retry: () => save(close) })),
    ).then((done) => {
      if (!done) return;
      say('Saved in Drafts');
      keep.drop();
      close('saved');
    });

  /** Whether the dialog may close; asks where something would be lost. */
  async function mayLeave(close) {
    if (working) return stop();
    if (!changed()) return true;
    const answers = [
      ['forward', 'reply', 'replyAll'].includes(mode) ? undefined : ['Save as draft', 'save', 'primary'],
      ['Discard', 'discard'],
      ['Keep writing', 'stay'],
    ].filter(Boolean);
    const text = uncertain ? 'It may have been sent: look in “Sent”.' : 'It has not been sent.';
    const choice = await ask('Keep this message?', text, answers, { signal });
    if (choice === 'save') save(close);
    if (choice === 'discard') keep.drop();
    return choice === 'discard';
  }

  /** Asks whether to stop what is going on. The question closes by itself when that is done. The dialog stays. */
  async function stop() {
    const now = working;
    const { doing, risk } = now;
    const answers = [
      ['Wait', 'wait', 'primary'],
      ['Stop', 'stop'],
    ];
    const choice = await ask(doing, risk, answers, { signal: AbortSignal.any([signal, now.controller.signal]) });
    if (choice === 'stop') now.controller.abort();
    return false;
  }

  // The browser asks before it closes the page in the middle of sending, or throws away files that it cannot keep.
  const open = new AbortController();
  const warn = (event) => (working || form.files.length > 0) && event.preventDefault();
  addEventListener('beforeunload', warn, { signal: open.signal });
  const done = await openDialog(
    TITLES[mode],
    (close) => {
      form.node.addEventListener('submit', (event) => {
        event.preventDefault();
        post(close);
      });
      form.saveButton?.addEventListener('click', () => save(close));
      return form.node;
    },
    { signal, mayLeave, wide: true },
  );
  open.abort();
  keep.release();
  return done;
}

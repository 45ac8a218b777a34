// What the form of a message becomes for the API.
import { recipients } from './recipients.js';

/** Above this, files go up one by one (bytes). */
const ONE_REQUEST = 3 * 1024 * 1024;

/** The values of the form as a draft. exo365 expands addresses and text to what the API expects. */
const draftOf = (form) => ({
  subject: form.subject,
  toRecipients: recipients(form.to),
  ccRecipients: recipients(form.cc ?? ''),
  body: form.body,
});

/** The size of all files, in bytes. */
export const totalOf = (files) => files.reduce((sum, { size }) => sum + size, 0);

/**
 * Sends the message, by the operation of the API for its kind. `options` has `signal` and `onProgress`, which is called
 * with the bytes of the files that are sent.
 */
export async function send(client, { mode, message, form, files }, { signal, onProgress }) {
  const draft = draftOf(form);
  if (mode === 'new')
    return client.mail.send({ ...draft, ...(files.length > 0 && { attachments: files }) }, { signal, onProgress });
  const { messages } = client.mail;
  if (mode === 'draft') {
    await messages.update(message.id, draft, { signal });
    await addFiles(messages.attachments(message.id), files, { signal, onProgress });
    return messages.send(message.id, { signal });
  }
  if (mode === 'forward') return messages.forward(message.id, draft.toRecipients, form.body, { signal });
  // The API's reply keeps the conversation together, quotes the text and sets the subject.
  const { toRecipients, ccRecipients, body } = draft;
  return messages.reply(message.id, { toRecipients, ccRecipients, body }, { signal });
}

/** Saves the message in Drafts. Where a file of a new one is refused, no half draft stays behind. */
export async function saveDraft(client, { mode, message, form, files }, { signal, onProgress }) {
  const draft = draftOf(form);
  const { messages } = client.mail;
  if (mode === 'draft') {
    await messages.update(message.id, draft, { signal });
    return addFiles(messages.attachments(message.id), files, { signal, onProgress });
  }
  const small = totalOf(files) <= ONE_REQUEST;
  if (small) return messages.create({ ...draft, ...(files.length > 0 && { attachments: files }) }, { signal });
  const { id } = await messages.create(draft, { signal });
  try {
    await addFiles(messages.attachments(id), [...files], { signal, onProgress });
  } catch (error) {
    await messages.delete(id).catch(() => {}); // the error that is shown is the first one
    throw error;
  }
  return undefined;
}

/**
 * Adds the files one after the other. A file that is there is taken out of `files`: a repetition adds none twice.
 */
async function addFiles(attached, files, { signal, onProgress }) {
  const total = totalOf(files);
  let before = 0;
  for (const file of [...files]) {
    await attached.add(file, { signal, onProgress: (sent) => onProgress(before + sent, total) });
    before += file.size;
    files.splice(files.indexOf(file), 1);
  }
}

// Messages that go out: sent, and answered.
import { heeded, sendLarge } from './attachments.js';
import { LARGEST } from './sizes.js';

/** A text above the quoted message, or fields that replace those of the answer. */
async function answer(face, user, name, id, said, options) {
  const { all, ...rest } = options;
  if (said.message && face.api === 'outlook-v1') throw face.fail('unsupported_by_api', 'outlook-v1 has no answers with a message; these have: graph outlook-v2');
  const body = face.spelled(await face.draft(said, rest.timeZone));
  return face.call('POST', user, `messages/{}/${name}${face.truth(all, 'all') ? 'All' : ''}`, [id], rest, body);
}

export async function reply(face, user, id, said, options) {
  if (said === undefined || said === null) throw face.wrong('a reply is a text or a draft');
  return answer(face, user, 'reply', id, typeof said === 'string' ? { comment: said } : { message: said }, { ...options });
}

export async function createReply(face, user, id, options) {
  const { comment, message, ...rest } = options ?? {};
  return answer(face, user, 'createReply', id, { comment, message }, rest);
}

/** In one call; with more files than it takes, by a draft. */
export async function send(face, user, messages, message, options) {
  const { saveToSentItems: given, onProgress, ...rest } = options ?? {};
  const saveToSentItems = face.truth(given, 'saveToSentItems', true);
  heeded(face, onProgress);
  const files = [message?.attachments, message?.[face.spell('attachments')]].find(Array.isArray) ?? [];
  const size = files.reduce((sum, one) => sum + (one instanceof Blob && one.size), 0);
  if (size > LARGEST) return sendLarge(face, messages, message, files, { saveToSentItems, onProgress, ...rest });
  await face.call('POST', user, 'sendMail', [], rest, face.spelled({ message: await face.draft(message), saveToSentItems }));
  onProgress?.(size, size);
}

/** Contacts with this address among theirs. */
export async function findByEmail({ spell, filter }, contacts, address, options) {
  const found = [];
  const [addresses, name] = ['emailAddresses', 'address'].map(spell);
  for await (const one of contacts.all({ ...options, filter: `${addresses}/any(a:a/${name} eq ${filter`${address}`})` })) found.push(one);
  return found;
}

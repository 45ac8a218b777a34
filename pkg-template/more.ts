// What most pages never need: loaded by the first call that does. Nothing of the face is imported here, or it would be there twice.
export { add, inlineImages } from './attachments.js';
export { batch, gather } from './batch.js';
export { count, delta } from './changes.js';
export { written } from './bodies.js';
export { draft } from './drafts.js';
export { rooms, tree } from './folders.js';

/** Rarer still: a file of its own. */
const journal = (name) => async (face, ...args) => {
  const loaded = await import('./journal.js').catch((cause) => {
    throw face.fail('network', 'a part of exo365 did not load', cause);
  });
  return loaded[name](face, ...args);
};
export const [kept, report] = [journal('kept'), journal('report')];
export { createReply, findByEmail, reply, send } from './messages.js';
export { heard } from './popup.js';

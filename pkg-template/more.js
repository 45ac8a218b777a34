// What most pages never need: loaded by the first call that does. Nothing of the face is imported here, or it would be there twice.
export { add, inlineImages } from './attachments.js';
export { batch, gather } from './batch.js';
export { delta } from './changes.js';
export { written } from './bodies.js';
export { draft } from './drafts.js';
export { rooms, tree } from './folders.js';
export { journal, report } from './journal.js';
export { createReply, findByEmail, reply, send } from './messages.js';
export { heard } from './popup.js';

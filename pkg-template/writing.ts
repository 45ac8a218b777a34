// What is written: drafts with their short forms, answers, attachments, uploads. The first call with a body loads it.
// What it needs of the part that is there already it gets by its first argument, as more.ts does.
export { add } from './areas/attachments.ts';
export { accept, decline, tentativelyAccept } from './areas/invitations.ts';
export { createForward, createReply, reply, send } from './areas/outgoing.ts';
export { create, update } from './areas/writes.ts';
export { encodeBody } from './calls/bodies.ts';
export { draft } from './values/drafts.ts';

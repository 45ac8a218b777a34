// What a first view does not need: batches, changes, look-ups, rare ends of a sign-in. The first call that needs it
// loads it. What it needs of the part that is there already (errors, lists, the filter) it gets by its first argument:
// imported here, it would be downloaded twice.
import type { Api } from './calls/api.ts';
import type { Keep } from './calls/diagnostics.ts';
import type { Diagnostic } from './types.ts';

export { count, delta } from './areas/changes.ts';
export { inlineImages } from './areas/inline-images.ts';
export { findByEmail, mailTips, rooms, tree } from './areas/lookups.ts';
export { everything } from './areas/stable.ts';
export { batch } from './calls/batch.ts';
export { noToken } from './calls/no-token.ts';
export { settle } from './calls/settle.ts';
export { sendTogether } from './calls/together.ts';
export { askTabs, offer } from './session/handover.ts';
export { answered } from './session/own-fetch.ts';
export { enter } from './session/popup.ts';
export { carried, cookieLost, settleFailure, signOutFirst, signOutLost } from './session/unfinished.ts';

/** Rarer still: a file of its own. */
const journal = (api: Api) =>
  import('./journal.ts').catch((cause) => {
    throw api.fail('network', 'a part of exo365 did not load: reload the page', cause);
  });
export const kept = async (api: Api, entries: Diagnostic[], most: number) =>
  (await journal(api)).kept(api, entries, most);
export const report = async (api: Api, entries: readonly Diagnostic[], keep?: Promise<Keep>) =>
  (await journal(api)).report(api, entries, keep);

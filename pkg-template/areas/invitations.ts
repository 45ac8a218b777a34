// Answers to invitations.
import type { Api, Options } from '../calls/api.ts';
import { below, path } from '../calls/path.ts';
import type { Answer, Proposal } from '../types.ts';
import { onlyIn, postFields, split } from './fields.ts';

/** An answer to an invitation, with those options that become fields of its body. v1.0 always tells the organizer. */
async function respond(
  api: Api,
  id: string,
  action: string,
  fields: readonly string[],
  options?: Options,
): Promise<void> {
  const [{ proposedStart: start, proposedEnd: end, ...given }, rest] = split(options, fields);
  onlyIn(api, ['graph', 'outlook-v2'], { sendResponse: given.sendResponse });
  api.booleanOption(given.sendResponse, 'sendResponse');
  onlyIn(api, ['graph'], { proposedStart: start, proposedEnd: end });
  const body: Record<string, unknown> = { ...(api.flavor !== 'outlook-v1' && { sendResponse: true }), ...given };
  if (start || end) body.proposedNewTime = { start, end };
  return postFields(api, below(path`events/${id}`, action), body, rest);
}

const ANSWER = ['comment', 'sendResponse'];
const PROPOSAL = [...ANSWER, 'proposedStart', 'proposedEnd'];

export const accept = (api: Api, id: string, options?: Answer) => respond(api, id, 'accept', ANSWER, options);
export const decline = (api: Api, id: string, options?: Answer & Proposal) =>
  respond(api, id, 'decline', PROPOSAL, options);
export const tentativelyAccept = (api: Api, id: string, options?: Answer & Proposal) =>
  respond(api, id, 'tentativelyAccept', PROPOSAL, options);

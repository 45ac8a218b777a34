// Look-ups that take several calls or long questions: the tree of folders, rooms, contacts by address, mail tips.
import type { Contact, MailTips, Room } from '@microsoft/microsoft-graph-types';
import type { Api, Options } from '../calls/api.ts';
import { path } from '../calls/path.ts';
import type { CallOptions, Contacts, FolderNode, Folders, Resource } from '../types.ts';

/**
 * Every folder in `own`, with what is in it. Those of one level are asked for at once. `above` are those that it is in.
 */
export async function tree(
  api: Api,
  own: Folders,
  options?: CallOptions,
  above: readonly string[] = [],
): Promise<FolderNode[]> {
  const { spell, fail } = api;
  const nodes: FolderNode[] = [];
  for await (const folder of own.all(options)) nodes.push({ folder, children: [] });
  await Promise.all(
    nodes.map(async (node) => {
      const folder = node.folder as object as Record<string, unknown>;
      const id = folder[spell('id')] as string;
      if (above.includes(id)) throw fail('invalid_response', 'a folder is inside itself');
      if (folder[spell('childFolderCount')]) node.children = await tree(api, own.children(id), options, [...above, id]);
    }),
  );
  return nodes;
}

/** All rooms, or those of one list. */
export function rooms(
  api: Api,
  options?: Options & { list?: string },
): AsyncGenerator<Resource<Room>, void, undefined> {
  const { list: id, ...query } = options ?? {};
  const place = id === undefined ? path`/places/graph.room` : path`/places/${id}/graph.roomList/rooms`;
  return api.walk((own) => api.list<Resource<Room>>(api, place, own), query);
}

/** Contacts with this address among theirs. */
export async function findByEmail(
  { spell, filter }: Api,
  contacts: Contacts,
  address: string,
  options?: CallOptions,
): Promise<Resource<Contact>[]> {
  const found: Resource<Contact>[] = [];
  const condition = `${spell('emailAddresses')}/any(a:a/${spell('address')} eq ${filter`${address}`})`;
  for await (const one of contacts.all({ ...options, filter: condition })) found.push(one);
  return found;
}

/** What a sender should know of `addresses`. The names of the fields are the same in all APIs. */
export async function mailTips(api: Api, addresses: readonly string[], options?: Options): Promise<MailTips[]> {
  if (!Array.isArray(addresses) || !addresses.every((one) => typeof one === 'string'))
    throw api.invalidArgument('`EmailAddresses` is a list of addresses');
  const body = { EmailAddresses: addresses, MailTipsOptions: EVERY_MAIL_TIP };
  return (await api.call({ method: 'POST', path: path`getMailTips`, options: { ...options }, body })).value;
}

/** Everything that the service can tell. */
const EVERY_MAIL_TIP = [
  'automaticReplies',
  'customMailTip',
  'deliveryRestriction',
  'externalMemberCount',
  'mailboxFullStatus',
  'maxMessageSize',
  'moderationStatus',
  'recipientScope',
  'totalMemberCount',
].join();

// A module of such a page: the global is there as well.
/// <reference types="exo365/script" />
export const client: Exo365.Client = await Exo365.createClient({ endpoint: '/auth' });
export const messages: Exo365.Messages = client.mail.messages;
export const condition: string = globalThis.Exo365.filter`isRead eq ${true}`;

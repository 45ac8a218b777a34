// "Mark all as read": a loop that takes what it visits out of the list that it asked for.

/** Marks all unread messages of `folder` as read; resolves with their number. */
export async function markAllRead(client, folder, signal) {
  const { messages } = client.mail.folder(folder);
  // `stable` reads the whole list first. Without it, each message that is no longer unread would move another one from
  // the next page to this one, where the loop would not see it.
  const unread = messages.all({ filter: 'isRead eq false', select: ['id'], top: 500, stable: true, signal });
  const changes = [];
  // The client sends four at a time.
  for await (const { id } of unread) changes.push(client.mail.messages.update(id, { isRead: true }, { signal }));
  const failed = (await Promise.allSettled(changes)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return changes.length;
}

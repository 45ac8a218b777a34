// For each request of examples/graph, the call of the SDK that makes it, in the order of the file. An entry is a
// function of (client, { id, ids, body, before }); `before` is the result of the previous call. `by()` names the
// exchanges that answer a call where they are not just its own: by their numbers, or as exchanges that the file does
// not have. WITHIN marks a request that the previous call sends by itself.

export const WITHIN = Symbol('sent by the call before');
export const by = (answers, call) => Object.assign(call, { answers });
export const next = (_client, { before }) => before.next();

const KB = 1024;
const file = (size, name) =>
  Object.assign(new Blob([new Uint8Array(size)], { type: 'application/octet-stream' }), { name });

/** After an upload only the URL of the new attachment is known; the SDK reads it. */
const made =
  'https://graph.microsoft.com/v1.0/me/messages/AAMkAGQ1Y29udG9zby1tYWlsYm94LW1lc3NhZ2UAAAAAAAAAAAAAAAAAAAAAAAAAAAUA' +
  '/attachments/AAMkAGQ1Y29udG9zby1tYWlsYm94LWF0dGFjaG1lbnQAAAAAAAAAAAAAAAAAAAAAAE0A?$select=id,name,contentType,size,isInline,lastModifiedDateTime';
const read = {
  request: {
    method: 'GET',
    url: made,
    headers: { Authorization: 'Bearer {access-token}', 'return-client-request-id': 'true' },
    body: null,
  },
  response: {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: { '@odata.type': '#microsoft.graph.fileAttachment', name: 'video.bin', size: 7168 * KB },
  },
};

/** Examples whose named method cannot make their request, with the reason. */
export const BY_REQUEST = {
  'graph/03-send-and-reply #5': 'a message as MIME text has no named method',
  'graph/06-errors #8': 'a view has always its two moments',
  'graph/07-batch #0': 'batch() sends no mixed batch, which the service refuses against its documentation',
  'graph/07-batch #1': 'batch() splits by 20 and never sends 21',
  'graph/09-upload-session #3': 'add() opens no upload session for a small file',
};

export const GRAPH = {
  '01-messages-page': [
    ({ mail }) =>
      mail.folder('inbox').messages.list({
        select: ['subject', 'from', 'receivedDateTime', 'isRead', 'hasAttachments'],
        orderBy: 'receivedDateTime desc',
        top: 2,
      }),
    next,
  ],
  '02-message-with-attachments': [
    ({ mail }, { id }) => mail.messages.get(id, { expand: 'attachments' }),
    ({ mail }, { ids: [message, id] }) =>
      mail.messages.attachments(message).get(id, { expand: ['microsoft.graph.itemattachment/item'] }),
    ({ mail }, { ids: [message, id] }) => mail.messages.attachments(message).content(id),
  ],
  '03-send-and-reply': [
    ({ mail }) =>
      mail.send({
        subject: 'Hello',
        body: 'Hi Ben',
        toRecipients: [{ name: 'Ben Okafor', address: 'ben@contoso.example' }],
        attachments: [Object.assign(new Blob(['hello'], { type: 'text/plain' }), { name: 'note.txt' })],
      }),
    ({ mail }, { id }) => mail.messages.reply(id, 'Thanks, looks right.'),
    ({ mail }, { id }) => mail.messages.createReply(id, { comment: 'See my remarks.' }),
    ({ mail }, { id }) =>
      mail.messages.update(id, { importance: 'high' }, { ifMatch: 'W/"CQAAABYAAABjb250b3NvREIxAAAABQAAAAA="' }),
    ({ mail }, { id }) => mail.messages.send(id),
    (client, { body }) =>
      client.request('POST', '/me/sendMail', { headers: { 'content-type': 'text/plain' }, body: body.$text }),
    ({ mail }, { id, body }) => mail.messages.move(id, body.destinationId),
  ],
  '04-event-recurring-timezone': [
    ({ calendar }, { body: { attendees, location, recurrence, transactionId } }) =>
      calendar.events.create({
        subject: 'Weekly planning',
        body: { contentType: 'html', content: 'Agenda to follow' },
        start: '2026-03-20T09:00:00',
        end: '2026-03-20T09:45:00',
        attendees,
        location,
        recurrence,
        transactionId,
      }),
    ({ calendar }) =>
      calendar.view('2026-03-01', new Date('2026-05-01T00:00:00Z'), { orderBy: ['start/dateTime'] }).list(),
    ({ calendar }, { id }) => calendar.events.get(id, { select: ['subject', 'start', 'end'] }),
    ({ calendar }, { id }) => calendar.events.accept(id, { comment: 'yes' }),
    ({ calendar }, { id }) => calendar.events.cancel(id, 'No longer needed'),
  ],
  '05-contact': [
    ({ contacts }, { body }) => contacts.create(body),
    ({ contacts }, { id }) =>
      contacts.update(id, { jobTitle: 'Lead buyer' }, { ifMatch: 'W/"CQAAABYAAABjb250b3NvREIxAAABKwAAAAA="' }),
    ({ contacts }) => contacts.list({ top: 1, select: ['displayName', 'emailAddresses'] }),
  ],
  '06-errors': [
    ({ mail }) => mail.messages.list(),
    ({ mail }) => mail.messages.list(),
    ({ mail }) => mail.messages.list(),
    (client) => client.mailbox('ben@contoso.example').mail.messages.list(),
    ({ mail }) => mail.messages.get('xyz'),
    ({ mail }, { id }) => mail.messages.get(id),
    ({ mail }, { filter }) =>
      mail.messages.list({
        filter: filter`from/emailAddress/address eq ${'ben@contoso.example'}`,
        orderBy: ['receivedDateTime desc'],
      }),
    ({ mail }) => mail.messages.list({ filter: 'nope eq 1' }),
    (client) => client.request('GET', '/me/calendarView'),
    ({ mail }) => mail.folders.create({ displayName: 'Projects' }),
    ({ mail }) => mail.folders.get('inbox'),
    ({ mail }, { id }) => mail.messages.send(id),
    ({ mail }) => mail.messages.list(),
    ({ mail }) => mail.messages.list(),
    ({ mail }) => mail.messages.list(),
  ],
  '07-batch': [
    async (client, { body }) =>
      (await client.request('POST', '/$batch', { body })).responses.sort((a, b) => a.id - b.id),
    (client, { body }) => client.request('POST', '/$batch', { body }),
  ],
  '08-delta-round': [
    by([0, 1], ({ mail }) => mail.folder('inbox').messages.delta({ select: ['subject', 'isRead'], pageSize: 2 })),
    WITHIN,
    ({ mail }, { before }) => mail.folder('inbox').messages.delta({ token: before.token }),
    // The delta token is invalid, and the whole round starts again.
    by([3, 0, 1], ({ mail }) =>
      mail.folder('inbox').messages.delta({
        token: 'https://graph.microsoft.com/v1.0/me/mailFolders/inbox/messages/delta?$deltatoken=R0usmcCM996atia_d1',
        select: ['subject', 'isRead'],
        pageSize: 2,
      }),
    ),
  ],
  '09-upload-session': [
    by([0, 1, 2, read], ({ mail }, { id }) => mail.messages.attachments(id).add(file(7168 * KB, 'video.bin'))),
    WITHIN,
    WITHIN,
    (client, { id, body }) => client.request('POST', `/me/messages/${id}/attachments/createUploadSession`, { body }),
  ],
  '10-subscription': [
    undefined,
    ({ subscriptions }, { body }) => subscriptions.create(body),
    undefined,
    undefined,
    ({ subscriptions }, { id }) => subscriptions.update(id, { expirationDateTime: '2026-01-18T09:00:00Z' }),
    ({ subscriptions }, { body }) => subscriptions.create(body),
    ({ subscriptions }, { id }) => subscriptions.delete(id),
  ],
  '11-mail-folders': [
    ({ mail }) => mail.folders.list({ top: 3 }),
    ({ mail }) => mail.folders.children('inbox').create({ displayName: 'Projects', isHidden: false }),
    ({ mail }) => mail.folders.get('sentitems', { select: ['displayName', 'totalItemCount'] }),
    ({ mail }) => mail.folder('inbox').messages.count({ filter: 'isRead eq false' }),
  ],
  '12-free-busy-and-meeting-times': [
    ({ calendar }) =>
      calendar.freeBusy(
        ['ben@contoso.example', 'nobody@contoso.example'],
        '2026-01-13T09:00:00',
        '2026-01-13T12:30:00',
        { interval: 30 },
      ),
    ({ calendar }, { body }) => calendar.findTimes(body),
  ],
  '13-settings-categories-rules': [
    ({ settings }) => settings.get(),
    ({ settings }, { body }) => settings.update(body),
    ({ mail }) => mail.categories.create({ displayName: 'Suppliers', color: 'preset9' }),
    ({ mail }, { body }) => mail.folder('inbox').rules.create(body),
    ({ mail }, { body }) => mail.focusedInbox.create(body),
  ],
  '14-cors': [undefined, ({ mail }) => mail.messages.list({ top: 1, select: ['subject'] })],
};

// The calls for examples/outlook-v2 and examples/outlook-v1: see examples-graph.mjs.
import { by, next, WITHIN } from './examples-graph.mjs';

export const BY_REQUEST = { 'outlook-v1/04-event-recurring-timezone #1': 'the named methods give every time its zone' };

const ben = { name: 'Ben Okafor', address: 'ben@contoso.example' };
const COLUMNS = ['Subject', 'From', 'ReceivedDateTime', 'IsRead', 'HasAttachments'];
const PUSH = '#Microsoft.OutlookServices.PushSubscription';

export const OUTLOOK_V2 = {
  '01-messages-page': [({ mail }) => mail.folder('Inbox').messages.list({ select: COLUMNS, top: 2 }), next],
  '02-message-with-attachments': [({ mail }, { id }) => mail.messages.get(id, { expand: 'Attachments' })],
  '03-send-and-reply': [
    ({ mail }) => mail.send({ Subject: 'Hello', body: 'Hi Ben', toRecipients: [ben] }),
    ({ mail }, { id }) => mail.messages.createReply(id, { comment: 'See my remarks.' }),
    ({ mail }, { id, body }) => mail.messages.move(id, body.DestinationId),
  ],
  '04-event-recurring-timezone': [
    ({ calendar }, { body: { Attendees, Recurrence } }) =>
      calendar.events.create({
        Subject: 'Weekly planning',
        Body: { contentType: 'html', content: 'Agenda to follow' },
        start: '2026-03-20T09:00:00',
        end: '2026-03-20T09:45:00',
        Attendees,
        Recurrence,
      }),
    ({ calendar }) =>
      calendar.view('2026-03-01T00:00:00Z', '2026-05-01', { select: ['Subject', 'Start', 'End', 'Type'] }).list(),
    ({ calendar }, { id }) => calendar.events.decline(id, { comment: 'Sorry' }),
  ],
  '05-contact': [({ contacts }, { id }) => contacts.get(id)],
  '06-errors': [
    ({ mail }) => mail.messages.list(),
    ({ mail }) => mail.messages.list(),
    ({ mail }, { id }) => mail.messages.get(id),
    (client) => client.mailbox('ben@contoso.example').mail.messages.list(),
    ({ mail }) => mail.messages.list({ filter: 'ReceivedDateTimes gt 1' }),
    ({ mail }) => mail.messages.list(),
    ({ mail }) => mail.messages.list(),
  ],
  '07-sync-round': [
    by([0, 1], ({ mail }) => mail.folder('Inbox').messages.delta({ select: ['Subject', 'IsRead'], pageSize: 2 })),
    WITHIN,
    ({ mail }, { before }) => mail.folder('Inbox').messages.delta({ token: before.token }),
  ],
  '08-subscription': [
    undefined,
    ({ subscriptions }, { body }) => subscriptions.create(body),
    undefined,
    ({ subscriptions }) =>
      subscriptions.update('N0Q=', { '@odata.type': PUSH, SubscriptionExpirationDateTime: '2026-01-18T09:00:00Z' }),
    ({ subscriptions }) => subscriptions.delete('N0Q='),
  ],
};

export const OUTLOOK_V1 = {
  '01-messages-page': [
    ({ mail }) =>
      mail
        .folder('inbox')
        .messages.list({ top: 10, select: ['Subject', 'From', 'DateTimeReceived', 'IsRead', 'HasAttachments'] }),
    ({ mail }) => mail.messages.list({ top: 1 }),
  ],
  '02-message-with-attachments': [({ mail }, { id }) => mail.messages.get(id, { expand: ['Attachments'] })],
  '03-send-and-reply': [
    ({ mail }, { body: { Message } }) =>
      mail.send({ Subject: 'Hello', body: 'Hi Ben', toRecipients: [ben], Attachments: Message.Attachments }),
    ({ mail }, { id }) => mail.messages.reply(id, 'Thanks'),
    ({ mail }, { id }) => mail.messages.createReply(id),
  ],
  '04-event-recurring-timezone': [
    ({ calendar }, { body: { Attendees, Recurrence } }) =>
      calendar.events.create({
        Subject: 'Weekly planning',
        body: { contentType: 'html', content: 'Agenda to follow' },
        Attendees,
        Recurrence,
        start: { dateTime: '2026-03-20T09:00:00+01:00', timeZone: 'W. Europe Standard Time' },
        end: { dateTime: '2026-03-20T09:45:00+01:00', timeZone: 'W. Europe Standard Time' },
      }),
    (client, { body }) => client.request('POST', '/me/events', { body }),
    ({ calendar }, { id }) => calendar.events.accept(id, { comment: 'yes' }),
  ],
  '05-contact': [({ contacts }, { body }) => contacts.create(body)],
  '06-errors': [
    ({ mail }) => mail.messages.list(),
    ({ mail }, { id }) => mail.messages.get(id),
    (client) => client.mailbox('ben@contoso.example').mail.messages.list(),
    ({ mail }) => mail.folders.children('inbox').create({ DisplayName: 'Projects' }),
    ({ mail }) => mail.messages.list({ top: 1 }),
  ],
  '07-folders': [
    ({ mail }) => mail.folders.list(),
    ({ mail }) => mail.folders.children('inbox').create({ DisplayName: 'Projects' }),
  ],
};

// The areas of a mailbox: which call goes out for which method and arguments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error, fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';

/** @import { Flavor } from '../types.ts' */

/**
 * A mailbox whose calls are noted; `answers` come back in turn.
 *
 * @param {{ api?: Flavor, answers?: any[] }} [settings]
 */
function box({ api = 'graph', answers = [] } = {}) {
  const calls = [];
  const call = async (method, path, ids, options, body) => {
    calls.push([method, path, ids, options, body]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return Object.assign(mailbox(fakeApi(api, call)), { calls });
}

const BEN = { emailAddress: { address: 'ben@contoso.example' } };
/** @type {[what: string, run: (m: any) => Promise<unknown>, wanted: unknown[]][]} */
const ROWS = [
  ['an action without a body', (m) => m.mail.messages.send('a'), ['POST', 'messages/{}/send', ['a'], {}, undefined]],
  [
    'one field',
    (m) => m.mail.messages.move('a', 'archive'),
    ['POST', 'messages/{}/move', ['a'], {}, { destinationId: 'archive' }],
  ],
  [
    'short forms, and options behind',
    (m) => m.mail.messages.forward('a', ['ben@contoso.example'], 'Look', { timeout: 5 }),
    ['POST', 'messages/{}/forward', ['a'], { timeout: 5 }, { toRecipients: [BEN], comment: 'Look' }],
  ],
  [
    'bound ids',
    (m) => m.mail.messages.attachments('a').content('b'),
    ['GET', 'messages/{}/attachments/{}/$value', ['a', 'b'], { as: 'blob' }, undefined],
  ],
  [
    'a collection under an id',
    (m) => m.mail.folder('inbox').rules.get('r'),
    ['GET', 'mailFolders/{}/messageRules/{}', ['inbox', 'r'], undefined, undefined],
  ],
  [
    'a reply',
    (m) => m.mail.messages.reply('a', 'Thanks'),
    ['POST', 'messages/{}/reply', ['a'], {}, { comment: 'Thanks' }],
  ],
  [
    'a reply to all, as a draft',
    (m) => m.mail.messages.reply('a', { body: 'Thanks' }, { all: true }),
    ['POST', 'messages/{}/replyAll', ['a'], {}, { message: { body: { contentType: 'text', content: 'Thanks' } } }],
  ],
  [
    'actions by folder too',
    (m) => m.mail.folder('inbox').messages.reply('a', 'Thanks'),
    ['POST', 'messages/{}/reply', ['a'], {}, { comment: 'Thanks' }],
  ],
  [
    'a draft of a reply',
    (m) => m.mail.messages.createReply('a', { all: true }),
    ['POST', 'messages/{}/createReplyAll', ['a'], {}, {}],
  ],
  ['an answer', (m) => m.calendar.events.accept('a'), ['POST', 'events/{}/accept', ['a'], {}, { sendResponse: true }]],
  [
    'another time',
    (m) =>
      m.calendar.events.decline('a', {
        comment: 'Later?',
        sendResponse: false,
        proposedStart: '2026-12-01T09:00',
        proposedEnd: '2026-12-01T10:00',
      }),
    [
      'POST',
      'events/{}/decline',
      ['a'],
      {},
      {
        comment: 'Later?',
        sendResponse: false,
        proposedNewTime: {
          start: { dateTime: '2026-12-01T09:00', timeZone: 'Europe/Berlin' },
          end: { dateTime: '2026-12-01T10:00', timeZone: 'Europe/Berlin' },
        },
      },
    ],
  ],
  [
    'a moment',
    (m) => m.calendar.events.snooze('a', '2026-12-01T09:00', { timeZone: 'Asia/Tokyo' }),
    [
      'POST',
      'events/{}/snoozeReminder',
      ['a'],
      { timeZone: 'Asia/Tokyo' },
      { newReminderTime: { dateTime: '2026-12-01T09:00', timeZone: 'Asia/Tokyo' } },
    ],
  ],
  [
    'cancel without a comment',
    (m) => m.calendar.events.cancel('a'),
    ['POST', 'events/{}/cancel', ['a'], {}, { comment: undefined }],
  ],
  [
    "a body of the caller's own",
    (m) => m.settings.update({ timeZone: 'UTC' }),
    ['PATCH', 'mailboxSettings', [], {}, { timeZone: 'UTC' }],
  ],
  [
    'an option of a method',
    (m) => m.mail.messages.createForward('a', { comment: 'Look', toRecipients: ['ben@contoso.example'], timeout: 5 }),
    ['POST', 'messages/{}/createForward', ['a'], { timeout: 5 }, { comment: 'Look', toRecipients: [BEN] }],
  ],
  [
    'an option of a method, with fields',
    (m) => m.mail.messages.createForward('a', { message: { toRecipients: ['ben@contoso.example'] } }),
    ['POST', 'messages/{}/createForward', ['a'], {}, { message: { toRecipients: [BEN] } }],
  ],
  [
    'a method that needs no option',
    (m) => m.mail.messages.createForward('a'),
    ['POST', 'messages/{}/createForward', ['a'], {}, {}],
  ],
  [
    'a folder by its parent',
    (m) => m.mail.folder('inbox').child('b').messages.get('a'),
    ['GET', 'mailFolders/{}/childFolders/{}/messages/{}', ['inbox', 'b', 'a'], undefined, undefined],
  ],
  [
    'a method beside a collection',
    (m) => m.mail.focusedInbox.classification(),
    ['GET', 'inferenceClassification', [], {}, undefined],
  ],
  [
    "the default calendar's events",
    (m) => m.calendar.primary.events.get('a'),
    ['GET', 'calendar/events/{}', ['a'], undefined, undefined],
  ],
  [
    'what is done with events, there too',
    (m) => m.calendar.primary.events.dismiss('a'),
    ['POST', 'events/{}/dismissReminder', ['a'], {}, undefined],
  ],
  [
    "a body that is the caller's, of the owner",
    (m) => m.updateUser({ mobilePhone: '1' }),
    ['PATCH', '.', [], {}, { mobilePhone: '1' }],
  ],
  [
    'attachments of an event',
    (m) => m.calendar.events.attachments('a').delete('b'),
    ['DELETE', 'events/{}/attachments/{}', ['a', 'b'], {}, undefined],
  ],
  ['the owner', (m) => m.user({ select: ['mail'] }), ['GET', '.', [], { select: ['mail'] }, undefined]],
];

for (const [name, run, wanted] of ROWS) {
  test(`${name}: ${wanted[0]} ${wanted[1]}`, async () => {
    const it = box();
    await run(it);
    assert.deepEqual(it.calls, [wanted]);
  });
}

const TIPS =
  'automaticReplies,customMailTip,deliveryRestriction,externalMemberCount,mailboxFullStatus,maxMessageSize,moderationStatus,recipientScope,totalMemberCount';
/** @type {typeof ROWS} */
const LISTS = [
  [
    'free and busy times',
    (m) =>
      m.calendar.freeBusy(['ben@contoso.example'], '2026-12-01T08:00', '2026-12-01T18:00', {
        interval: 60,
        timeZone: 'Asia/Tokyo',
      }),
    [
      'POST',
      'calendar/getSchedule',
      [],
      { timeZone: 'Asia/Tokyo' },
      {
        schedules: ['ben@contoso.example'],
        startTime: { dateTime: '2026-12-01T08:00', timeZone: 'Asia/Tokyo' },
        endTime: { dateTime: '2026-12-01T18:00', timeZone: 'Asia/Tokyo' },
        availabilityViewInterval: 60,
      },
    ],
  ],
  [
    'free and busy times without an interval',
    (m) => m.calendar.freeBusy(['ben@contoso.example'], '2026-12-01T08:00Z', new Date('2026-12-01T18:00Z')),
    [
      'POST',
      'calendar/getSchedule',
      [],
      {},
      {
        schedules: ['ben@contoso.example'],
        startTime: { dateTime: '2026-12-01T09:00:00.000', timeZone: 'Europe/Berlin' },
        endTime: { dateTime: '2026-12-01T19:00:00.000', timeZone: 'Europe/Berlin' },
      },
    ],
  ],
  [
    'reminders between instants',
    (m) => m.calendar.reminders('2026-12-01', '2026-12-02T00:00Z'),
    [
      'GET',
      "reminderView(StartDateTime='{}',EndDateTime='{}')",
      ['2026-11-30T23:00:00.000Z', '2026-12-02T00:00:00.000Z'],
      {},
      undefined,
    ],
  ],
  [
    'reminders in another zone',
    (m) => m.calendar.reminders('2026-12-01', '2026-12-02', { timeZone: 'Asia/Tokyo' }),
    [
      'GET',
      "reminderView(StartDateTime='{}',EndDateTime='{}')",
      ['2026-11-30T15:00:00.000Z', '2026-12-01T15:00:00.000Z'],
      { timeZone: 'Asia/Tokyo' },
      undefined,
    ],
  ],
  [
    'roles',
    (m) => m.calendar.sharingRoles('ben@contoso.example'),
    ['GET', "calendar/allowedCalendarSharingRoles(User='{}')", ['ben@contoso.example'], {}, undefined],
  ],
  [
    'tips',
    (m) => m.mail.mailTips(['ben@contoso.example']),
    ['POST', 'getMailTips', [], {}, { EmailAddresses: ['ben@contoso.example'], MailTipsOptions: TIPS }],
  ],
  [
    'ids',
    (m) => m.mail.translateIds(['a'], 'restId', 'restImmutableEntryId', { timeout: 5 }),
    [
      'POST',
      'translateExchangeIds',
      [],
      { timeout: 5 },
      { inputIds: ['a'], sourceIdType: 'restId', targetIdType: 'restImmutableEntryId' },
    ],
  ],
  ['languages', (m) => m.settings.languages(), ['GET', 'outlook/supportedLanguages()', [], {}, undefined]],
  ['zones', (m) => m.settings.timeZones(), ['GET', 'outlook/supportedTimeZones()', [], {}, undefined]],
  [
    'zones by the names of a standard',
    (m) => m.settings.timeZonesBy('Iana'),
    ['GET', "outlook/supportedTimeZones(TimeZoneStandard='{}')", ['Iana'], {}, undefined],
  ],
];
for (const [name, run, wanted] of LISTS) {
  test(`${name}: the list in the answer of ${wanted[0]} ${wanted[1]}`, async () => {
    const it = box({ answers: [{ value: ['first'] }] });
    assert.deepEqual(await run(it), ['first']);
    assert.deepEqual(it.calls, [wanted]);
  });
}

test('what a method cannot do without is asked for by name, and nothing is sent', async () => {
  /** @type {any} */
  const it = box();
  for (const [run, field] of /** @type {[() => Promise<unknown>, RegExp][]} */ ([
    [() => it.mail.messages.move('a'), /destinationId/],
    [() => it.mail.messages.forward('a'), /toRecipients/],
    [() => it.mail.translateIds(['a'], 'restId'), /targetIdType/],
    [() => it.mail.mailTips(), /EmailAddresses/],
    [() => it.calendar.freeBusy(), /schedules/],
    [() => it.calendar.freeBusy(['a'], '2026-12-01'), /endTime/],
    [() => it.calendar.reminders('soon', '2026-12-01'), /time/],
    [() => it.updateUser(), /missing/],
  ])) {
    const promise = run();
    assert.ok(promise instanceof Promise);
    await assert.rejects(promise, ({ code, message }) => code === 'invalid_argument' && field.test(message));
  }
  assert.deepEqual(it.calls, []);
});

test('an option that a flavour lacks is refused where it is given, and left out where it is not', async () => {
  const it = box({ api: 'outlook-v1' });
  await assert.rejects(
    it.mail.messages.createForward('a', { message: /** @type {any} */ ({ Subject: 'x' }) }),
    ({ code, message }) => code === 'unsupported_by_api' && message.includes('graph outlook-v2'),
  );
  await assert.rejects(it.calendar.events.accept('a', { sendResponse: true }), { code: 'unsupported_by_api' });
  await it.calendar.events.accept('a', { comment: 'x' });
  assert.deepEqual(it.calls, [['POST', 'events/{}/accept', ['a'], {}, { Comment: 'x' }]]);
});

test('Outlook spells the fields of a body in its own way', async () => {
  const it = box({ api: 'outlook-v2' });
  await it.mail.messages.forward('a', ['ben@contoso.example'], 'Look');
  assert.deepEqual(it.calls[0][4], {
    ToRecipients: [{ EmailAddress: { Address: 'ben@contoso.example' } }],
    Comment: 'Look',
  });
  await it.mail.messages.reply('a', { subject: 'x' });
  assert.deepEqual(it.calls[1][4], { Message: { subject: 'x' } }, 'what is not known goes through untouched');
});

test('a picture: a Blob goes as it is; where there is none it is null, and other failures are failures', async () => {
  const picture = new Blob(['x'], { type: 'image/jpeg' });
  const it = box({ answers: [undefined, fail('not_found', 'none'), fail('forbidden', 'no')] });
  await it.photo.set(picture);
  assert.equal(it.calls[0][4], picture);
  assert.equal(await it.photo.content(), null);
  await assert.rejects(it.photo.info(), (error) => error instanceof Exo365Error && error.code === 'forbidden');
});

test('people by address: the value is quoted, and all pages count', async () => {
  const it = box({
    answers: [
      { value: [1], '@odata.nextLink': 'https://graph.microsoft.com/v1.0/me/contacts?$skip=1' },
      { value: [2] },
    ],
  });
  assert.deepEqual(await it.contacts.findByEmail("o'hara@contoso.example"), [1, 2]);
  assert.equal(it.calls[0][3].filter, "emailAddresses/any(a:a/address eq 'o''hara@contoso.example')");
  const outlook = box({ api: 'outlook-v1', answers: [{ value: [] }] });
  await outlook.contacts.findByEmail('x@contoso.example');
  assert.equal(outlook.calls[0][3].filter, "EmailAddresses/any(a:a/Address eq 'x@contoso.example')");
});

/** `()` is a function of an id. */
const COLLECTIONS = `
  mail.messages mail.messages.attachments() mail.messages.extensions() mail.folders mail.folders.children()
  mail.folder().messages mail.folder().child().messages mail.folder().children mail.folder().rules
  mail.categories mail.focusedInbox calendar.events calendar.events.attachments() calendar.events.extensions()
  calendar.calendars calendar.groups calendar.groups.calendars() calendar.permissions calendar.primary.events
  calendar.roomLists calendar.in().events contacts contacts.extensions() contacts.folders
  contacts.folders.children() contacts.in() people photo.sizes directReports
`;
const METHODS = `
  mail.messages.send mail.messages.forward mail.messages.createForward mail.messages.move mail.messages.copy
  mail.messages.mime mail.messages.attachments().content mail.folders.move mail.folders.copy
  mail.focusedInbox.classification mail.mailTips mail.translateIds calendar.events.accept
  calendar.events.decline calendar.events.tentativelyAccept calendar.events.cancel calendar.events.forward
  calendar.events.snooze calendar.events.dismiss calendar.events.attachments().content
  calendar.events.calendar calendar.get calendar.update calendar.freeBusy calendar.reminders
  calendar.sharingRoles calendar.findTimes contacts.photo().info contacts.photo().content contacts.photo().set
  photo.info photo.content photo.set photo.delete photo.sizes.content settings.get settings.update
  settings.part settings.languages settings.timeZones settings.timeZonesBy user updateUser manager
`;

test('every collection and every method is there', () => {
  const it = box();
  const find = (name) =>
    name
      .split('.')
      .reduce((holder, part) => (part.endsWith('()') ? holder[part.slice(0, -2)]('id') : holder[part]), it);
  const words = (text) => text.trim().split(/\s+/);
  for (const name of words(COLLECTIONS)) assert.equal(typeof find(name).list, 'function', name);
  for (const name of words(METHODS)) assert.equal(typeof find(name), 'function', name);
  assert.ok(words(COLLECTIONS).length + words(METHODS).length > 70);
});

test('C10 octets stay octets: the MIME form, and no form that is asked for instead', async () => {
  const bytes = new Uint8Array([0xfc, 0x0d, 0x0a, 0x00, 0xff]);
  /** @type {any} */
  const it = box({ answers: [new Blob([bytes], { type: 'text/plain' })] });
  const mime = await it.mail.messages.mime('a', { timeout: 5 });
  assert.deepEqual(it.calls, [['GET', 'messages/{}/$value', ['a'], { timeout: 5, as: 'blob' }, undefined]]);
  assert.equal(mime.type, 'message/rfc822');
  assert.deepEqual(new Uint8Array(await mime.arrayBuffer()), bytes);
  for (const run of [
    (as) => it.mail.messages.mime('a', { as }),
    (as) => it.mail.messages.attachments('a').content('b', { as }),
    (as) => it.photo.content({ as }),
    (as) => it.photo.sizes.content('48x48', { as }),
  ])
    for (const as of ['text', 'blob', 'json', 5])
      await assert.rejects(
        run(as),
        (/** @type {any} */ error) => error.code === 'invalid_argument' && error.message.includes('`as`'),
      );
  assert.equal(it.calls.length, 1);
});

test('a photo is a Blob', async () => {
  const it = box();
  for (const image of /** @type {any[]} */ ([undefined, null, 'x', new Uint8Array(3), new ArrayBuffer(3), {}]))
    await assert.rejects(it.photo.set(image), { code: 'invalid_argument' });
  assert.deepEqual(it.calls, []);
});

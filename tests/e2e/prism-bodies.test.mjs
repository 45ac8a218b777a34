// Every Graph operation with a body that has a named method: with a typical body, and with one that sets every writable
// property.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { join } from 'node:path';
import { BODIES, READ_ONLY } from './graph-bodies.mjs';
import { answerBy, own } from './network.mjs';
import { allowed, description, startClient, skip } from './prism-client.mjs';
import { root } from './processes.mjs';

const it = startClient();
const api = skip ? undefined : JSON.parse(readFileSync(description, 'utf8'));
const operations = JSON.parse(readFileSync(join(root, 'tests/operations.json'), 'utf8'));
const ID = 'AAMk=';
const INNER = 'AAMkAGQ=';
const JPEG = new Blob([Buffer.from('/9j/', 'base64')], { type: 'image/jpeg' });
const LARGE = Object.assign(new Blob([new Uint8Array(4 * 1024 * 1024)], { type: 'image/png' }), { name: 'large.png' });
const INLINE = { name: 'logo.png', contentId: 'logo001@contoso.example', onProgress() {} };
const TO = ['ben@contoso.example', { name: 'Adele Varga', address: 'adele@contoso.example' }];

/**
 * Operations that write a resource: name in the table of operations, resource, call.
 *
 * @type {Record<string, [resource: string, call: (client: any, body: object) => Promise<unknown>]>}
 */
const WRITES = {
  'messages.create': ['message', ({ mail }, body) => mail.messages.create(body)],
  'messages.update': ['message', ({ mail }, body) => mail.messages.update(ID, body)],
  'folderMessages.create': ['message', ({ mail }, body) => mail.folder(ID).messages.create(body)],
  'folderMessages.update': ['message', ({ mail }, body) => mail.folder(ID).messages.update(INNER, body)],
  'messages.sendMail': ['message', ({ mail }, body) => mail.send(body)],
  'messages.reply': ['message', ({ mail }, body) => mail.messages.reply(ID, body)],
  'messages.replyAll': ['message', ({ mail }, body) => mail.messages.reply(ID, body, { all: true })],
  'mailFolders.create': ['mailFolder', ({ mail }, body) => mail.folders.create(body)],
  'mailFolders.update': ['mailFolder', ({ mail }, body) => mail.folders.update(ID, body)],
  'childFolders.create': ['mailFolder', ({ mail }, body) => mail.folders.children(ID).create(body)],
  'messageRules.create': ['messageRule', ({ mail }, body) => mail.folder('inbox').rules.create(body)],
  'messageRules.update': ['messageRule', ({ mail }, body) => mail.folder('inbox').rules.update(ID, body)],
  'messageAttachments.create': ['attachment', ({ mail }, body) => mail.messages.attachments(ID).create(body)],
  'eventAttachments.create': ['attachment', ({ calendar }, body) => calendar.events.attachments(ID).create(body)],
  'messageExtensions.create': ['openTypeExtension', ({ mail }, body) => mail.messages.extensions(ID).create(body)],
  'messageExtensions.update': [
    'openTypeExtension',
    ({ mail }, body) => mail.messages.extensions(ID).update('example.contoso.deal', body),
  ],
  'eventExtensions.create': ['openTypeExtension', ({ calendar }, body) => calendar.events.extensions(ID).create(body)],
  'eventExtensions.update': [
    'openTypeExtension',
    ({ calendar }, body) => calendar.events.extensions(ID).update('example.contoso.deal', body),
  ],
  'contactExtensions.create': ['openTypeExtension', ({ contacts }, body) => contacts.extensions(ID).create(body)],
  'contactExtensions.update': [
    'openTypeExtension',
    ({ contacts }, body) => contacts.extensions(ID).update('example.contoso.deal', body),
  ],
  'categories.create': ['outlookCategory', ({ mail }, body) => mail.categories.create(body)],
  'categories.update': ['outlookCategory', ({ mail }, body) => mail.categories.update(ID, body)],
  'focusedInbox.createOverride': [
    'inferenceClassificationOverride',
    ({ mail }, body) => mail.focusedInbox.create(body),
  ],
  'focusedInbox.updateOverride': [
    'inferenceClassificationOverride',
    ({ mail }, body) => mail.focusedInbox.update(ID, body),
  ],
  'mailboxSettings.update': ['mailboxSettings', ({ settings }, body) => settings.update(body)],
  'calendar.updateDefault': ['calendar', ({ calendar }, body) => calendar.update(body)],
  'calendars.create': ['calendar', ({ calendar }, body) => calendar.calendars.create(body)],
  'calendars.update': ['calendar', ({ calendar }, body) => calendar.calendars.update(ID, body)],
  'calendarGroups.create': ['calendarGroup', ({ calendar }, body) => calendar.groups.create(body)],
  'calendarGroups.update': ['calendarGroup', ({ calendar }, body) => calendar.groups.update(ID, body)],
  'calendarGroupCalendars.create': ['calendar', ({ calendar }, body) => calendar.groups.calendars(ID).create(body)],
  'events.create': ['event', ({ calendar }, body) => calendar.events.create(body)],
  'events.update': ['event', ({ calendar }, body) => calendar.events.update(ID, body)],
  'calendarEvents.createDefault': ['event', ({ calendar }, body) => calendar.primary.events.create(body)],
  'calendarEvents.create': ['event', ({ calendar }, body) => calendar.in(ID).events.create(body)],
  'calendarEvents.update': ['event', ({ calendar }, body) => calendar.in(ID).events.update(INNER, body)],
  'calendarPermissions.create': ['calendarPermission', ({ calendar }, body) => calendar.permissions.create(body)],
  'calendarPermissions.update': ['calendarPermission', ({ calendar }, body) => calendar.permissions.update(ID, body)],
  'contacts.create': ['contact', ({ contacts }, body) => contacts.create(body)],
  'contacts.update': ['contact', ({ contacts }, body) => contacts.update(ID, body)],
  'contactFolders.create': ['contactFolder', ({ contacts }, body) => contacts.folders.create(body)],
  'contactFolders.update': ['contactFolder', ({ contacts }, body) => contacts.folders.update(ID, body)],
  'contactChildFolders.create': ['contactFolder', ({ contacts }, body) => contacts.folders.children(ID).create(body)],
  'folderContacts.create': ['contact', ({ contacts }, body) => contacts.in(ID).create(body)],
  'folderContacts.update': ['contact', ({ contacts }, body) => contacts.in(ID).update(INNER, body)],
  'users.updateMe': ['user', (client, body) => client.updateUser(body)],
  'subscriptions.create': ['subscription', ({ subscriptions }, body) => subscriptions.create(body)],
  'subscriptions.update': ['subscription', ({ subscriptions }, body) => subscriptions.update(ID, body)],
};

const proposal = { proposedStart: '2026-12-01T09:00', proposedEnd: new Date('2026-12-01T09:30:00Z') };
const constraints = {
  attendees: [{ type: 'required', emailAddress: { address: 'ben@contoso.example', name: 'Ben Okafor' } }],
  locationConstraint: {
    isRequired: false,
    suggestLocation: true,
    locations: [
      { displayName: 'Room Aurora', locationEmailAddress: 'aurora@contoso.example', resolveAvailability: true },
    ],
  },
  timeConstraint: {
    activityDomain: 'work',
    timeSlots: [
      {
        start: { dateTime: '2026-12-01T08:00:00', timeZone: 'UTC' },
        end: { dateTime: '2026-12-01T17:00:00', timeZone: 'UTC' },
      },
    ],
  },
  meetingDuration: 'PT1H',
  maxCandidates: 5,
  isOrganizerOptional: true,
  returnSuggestionReasons: true,
  minimumAttendeePercentage: 50.5,
};

/** Actions: the shortest call, and one with every argument. */
const ACTIONS = {
  'messages.forward': [
    ({ mail }) => mail.messages.forward(ID, [TO[0]]),
    ({ mail }) => mail.messages.forward(ID, TO, 'For you'),
  ],
  'messages.createReply': [({ mail }) => mail.messages.createReply(ID)],
  'messages.createReplyAll': [({ mail }) => mail.messages.createReply(ID, { all: true })],
  'messages.createForward': [({ mail }) => mail.messages.createForward(ID)],
  'messages.move': [({ mail }) => mail.messages.move(ID, 'archive')],
  'messages.copy': [({ mail }) => mail.messages.copy(ID, 'archive')],
  'mailFolders.move': [({ mail }) => mail.folders.move(ID, 'archive')],
  'mailFolders.copy': [({ mail }) => mail.folders.copy(ID, 'archive')],
  'events.accept': [
    ({ calendar }) => calendar.events.accept(ID),
    ({ calendar }) => calendar.events.accept(ID, { comment: 'Gladly', sendResponse: false }),
  ],
  'events.decline': [
    ({ calendar }) => calendar.events.decline(ID),
    ({ calendar }) => calendar.events.decline(ID, { comment: 'Later?', sendResponse: true, ...proposal }),
  ],
  'events.tentativelyAccept': [
    ({ calendar }) => calendar.events.tentativelyAccept(ID),
    ({ calendar }) => calendar.events.tentativelyAccept(ID, { comment: 'Later?', sendResponse: true, ...proposal }),
  ],
  'events.cancel': [
    ({ calendar }) => calendar.events.cancel(ID),
    ({ calendar }) => calendar.events.cancel(ID, 'Not today'),
  ],
  'events.forward': [
    ({ calendar }) => calendar.events.forward(ID, [TO[0]]),
    ({ calendar }) => calendar.events.forward(ID, TO, 'For you'),
  ],
  'events.snoozeReminder': [
    ({ calendar }) => calendar.events.snooze(ID, '2026-12-01T08:50'),
    ({ calendar }) => calendar.events.snooze(ID, { dateTime: '2026-12-01T08:50:00', timeZone: 'Europe/Amsterdam' }),
  ],
  'calendar.findMeetingTimes': [
    ({ calendar }) => calendar.findTimes({}),
    ({ calendar }) => calendar.findTimes(constraints),
  ],
  'calendar.getSchedule': [
    ({ calendar }) => calendar.freeBusy(['ben@contoso.example'], '2026-12-01', '2026-12-02'),
    ({ calendar }) =>
      calendar.freeBusy(
        ['ben@contoso.example', 'adele@contoso.example'],
        new Date('2026-12-01T08:00:00Z'),
        '2026-12-01T17:00',
        { interval: 15 },
      ),
  ],
  'users.getMailTips': [({ mail }) => mail.mailTips(['ben@contoso.example', 'adele@contoso.example'])],
  'users.translateExchangeIds': [({ mail }) => mail.translateIds([ID, INNER], 'restId', 'restImmutableEntryId')],
  // The upload URL that the mock invents is not valid, so the upload itself cannot be tested here.
  'messageAttachments.createUploadSession': [{ onProgress() {} }, INLINE].map(
    (options) =>
      ({ mail }) =>
        mail.messages
          .attachments(ID)
          .add(LARGE, options)
          .catch(() => {}),
  ),
  'eventAttachments.createUploadSession': [{ onProgress() {} }, INLINE].map(
    (options) =>
      ({ calendar }) =>
        calendar.events
          .attachments(ID)
          .add(LARGE, options)
          .catch(() => {}),
  ),
  'photo.put': [({ photo }) => photo.set(JPEG)],
  'contactPhoto.put': [({ contacts }) => contacts.photo(ID).set(JPEG)],
};

/** Operations without a named method, with the reason. */
const NO_NAME = { batch: 'it is made of other operations', 'uploadSession.putRange': 'its address is not of Graph' };

const bodies = [];
/** What an update reads of its event first: times that the mock makes up are none. */
const EVENT = {
  isAllDay: false,
  recurrence: null,
  start: { dateTime: '2026-12-01T09:00:00.0000000', timeZone: 'UTC' },
  end: { dateTime: '2026-12-01T10:00:00.0000000', timeZone: 'UTC' },
  originalStartTimeZone: 'UTC',
};
answerBy(async (/** @type {Parameters<typeof fetch>} */ ...args) => {
  const [address, init] = args;
  bodies.push(init?.body);
  const answer = await own(...args);
  return init?.method === 'GET' && /\/events\/[^/]+$/.test(`${address}`.split('?')[0]) ? Response.json(EVENT) : answer;
});

/**
 * Runs a call: its request is valid, belongs to the operation, and its body has only names that the description knows.
 */
async function described(name, call, user, resource) {
  bodies.length = 0;
  const calls = await allowed(it, (client) => call(user ? client.mailbox(user) : client));
  const operation = operations.find((one) => one.name === name);
  const path = (user && operation.path_graph_users) || operation.path_graph;
  const schema = api.paths[path][operation.method.toLowerCase()].requestBody.content['application/json']?.schema;
  const pattern = new RegExp(`^${path.replaceAll('$', '\\$').replaceAll(/\{[^}]*\}/g, '[^/]+')}$`);
  // An update of an event with times asks first what the event is.
  const asked = calls.slice(0, -1).map(({ method }) => method);
  assert.deepEqual(asked, resource === 'event' && operation.method === 'PATCH' ? ['GET'] : []);
  const { method, path: written } = calls.at(-1);
  assert.equal(method, operation.method);
  assert.match(decodeURIComponent(written), pattern);
  const body = bodies.at(-1);
  if (!schema) return assert.equal(body, JPEG);
  known(JSON.parse(body), schema, resource ?? name);
}

/** The properties of a schema, with the inherited ones. */
function properties(schema) {
  const one = schema.$ref ? api.components.schemas[schema.$ref.split('/').at(-1)] : schema;
  const parts = [...(one.allOf ?? []), ...(one.anyOf ?? []), ...(one.oneOf ?? [])];
  return Object.assign({}, one.properties, ...parts.map(properties));
}

function known(value, schema, where) {
  if (Array.isArray(value)) {
    for (const one of value) known(one, schema.items, where);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const type = value['@odata.type']?.slice(1);
  const names = properties(type ? { $ref: `#/components/schemas/${type}` } : schema);
  for (const [name, inner] of Object.entries(value)) {
    // An open extension may have any property.
    if (type === 'microsoft.graph.openTypeExtension' && !(name in names)) continue;
    assert.ok(name in names, `${where}.${name} is not in the description`);
    known(inner, names[name], `${where}.${name}`);
  }
}

for (const user of [undefined, 'sales@contoso.example']) {
  const whose = user ? ' of another mailbox' : '';
  const here = (name) => !user || operations.find((one) => one.name === name)?.path_graph_users;

  for (const [name, [resource, call]] of Object.entries(WRITES).filter(([name]) => here(name))) {
    for (const kind of ['typical', 'maximal']) {
      test(`${name}${whose}, ${kind}, is what the description allows`, { skip }, () =>
        described(name, (own) => call(own, BODIES[resource][kind]), user, resource),
      );
    }
  }
  for (const [name, calls] of Object.entries(ACTIONS).filter(([name]) => here(name))) {
    for (const [at, call] of calls.entries()) {
      test(`${name}${whose}, ${at ? 'maximal' : 'typical'}, is what the description allows`, { skip }, () =>
        described(name, call, user),
      );
    }
  }
}

test('a maximal body sets every property that can be set', { skip }, () => {
  for (const [resource, { maximal }] of Object.entries(BODIES)) {
    const type = maximal['@odata.type']?.slice(1) ?? `microsoft.graph.${resource}`;
    const all = Object.keys(properties({ $ref: `#/components/schemas/${type}` })).filter(
      (name) => name !== 'id' && !name.includes('@odata'),
    );
    const unset = all.filter((name) => !(name in maximal) && !READ_ONLY[resource]?.split(' ').includes(name));
    assert.deepEqual(unset, [], resource);
    assert.deepEqual(
      READ_ONLY[resource]?.split(' ').filter((name) => !all.includes(name)) ?? [],
      [],
      `${resource}: read-only`,
    );
  }
});

test('every operation of the table that has a body is sent, or is known to have no name', () => {
  const known = [...Object.keys(WRITES), ...Object.keys(ACTIONS), ...Object.keys(NO_NAME)];
  const wanted = operations.filter((one) => one.request_body && one.path_graph).map((one) => one.name);
  assert.deepEqual([...known].sort(), [...wanted].sort());
});

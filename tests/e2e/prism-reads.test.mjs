// Every Graph operation without a body that has a named method: with the fewest arguments, and with all options.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { join } from 'node:path';
import { answerBy } from './network.mjs';
import { allowed, description, startClient, skip } from './prism-client.mjs';
import { root } from './processes.mjs';

const it = startClient();
const api = skip ? undefined : JSON.parse(readFileSync(description, 'utf8'));
const operations = JSON.parse(readFileSync(join(root, 'tests/operations.json'), 'utf8')).filter(
  (one) => !one.request_body && one.path_graph,
);
const [ID, INNER] = ['AAMk=', 'AAMkAGQ='];
const [START, END] = ['2026-12-01T00:00:00Z', '2026-12-08T00:00:00Z'];

/** Collections by the first part of their operations' names, and the id to use, where it is not ID. */
const COLLECTIONS = {
  messages: [({ mail }) => mail.messages],
  folderMessages: [({ mail }) => mail.folder(ID).messages, INNER],
  childFolderMessages: [({ mail }) => mail.folder(ID).child(INNER).messages],
  messageAttachments: [({ mail }) => mail.messages.attachments(ID), INNER],
  eventAttachments: [({ calendar }) => calendar.events.attachments(ID), INNER],
  mailFolders: [({ mail }) => mail.folders],
  childFolders: [({ mail }) => mail.folders.children(ID), INNER],
  messageRules: [({ mail }) => mail.folder(ID).rules, INNER],
  messageExtensions: [({ mail }) => mail.messages.extensions(ID), INNER],
  eventExtensions: [({ calendar }) => calendar.events.extensions(ID), INNER],
  contactExtensions: [({ contacts }) => contacts.extensions(ID), INNER],
  categories: [({ mail }) => mail.categories],
  calendars: [({ calendar }) => calendar.calendars],
  calendarGroups: [({ calendar }) => calendar.groups],
  calendarGroupCalendars: [({ calendar }) => calendar.groups.calendars(ID), INNER],
  events: [({ calendar }) => calendar.events],
  calendarEvents: [({ calendar }) => calendar.in(ID).events, INNER],
  calendarPermissions: [({ calendar }) => calendar.permissions],
  contacts: [({ contacts }) => contacts],
  contactFolders: [({ contacts }) => contacts.folders],
  contactChildFolders: [({ contacts }) => contacts.folders.children(ID)],
  folderContacts: [({ contacts }) => contacts.in(ID), INNER],
  people: [({ people }) => people],
  photos: [({ photo }) => photo.sizes, '48x48'],
  users: [({ users }) => users],
  subscriptions: [({ subscriptions }) => subscriptions],
};
const ACTS = {
  list: (own, _id, query) => own.list(query),
  get: (own, id, query) => own.get(id, query),
  count: (own, _id, query) => own.count(query),
  delta: (own, _id, query) => own.delta(query),
  delete: (own, id) => own.delete(id),
  permanentDelete: (own, id) => own.delete(id, { permanently: true }),
};

/** Operations beyond those that every collection has. */
const OTHERS = {
  'messages.getMime': ({ mail }) => mail.messages.mime(ID),
  'messages.send': ({ mail }) => mail.messages.send(ID),
  'focusedInbox.get': ({ mail }, query) => mail.focusedInbox.classification(query),
  'focusedInbox.listOverrides': ({ mail }) => mail.focusedInbox.list(),
  'focusedInbox.deleteOverride': ({ mail }) => mail.focusedInbox.delete(ID),
  'messageAttachments.getContent': ({ mail }) => mail.messages.attachments(ID).content(INNER),
  'eventAttachments.getContent': ({ calendar }) => calendar.events.attachments(ID).content(INNER),
  'outlook.supportedLanguages': ({ settings }) => settings.languages(),
  'outlook.supportedTimeZones': ({ settings }) => settings.timeZones(),
  'outlook.supportedTimeZonesByStandard': ({ settings }) => settings.timeZonesBy('Iana'),
  'mailboxSettings.get': ({ settings }) => settings.get(),
  'calendar.getDefault': ({ calendar }, query) => calendar.get(query),
  'events.instances': ({ calendar }, query) => calendar.events.instances(ID, START, END, query).list(),
  'events.calendar': ({ calendar }, query) => calendar.events.calendar(ID, query),
  'events.dismissReminder': ({ calendar }) => calendar.events.dismiss(ID),
  'events.reminderView': ({ calendar }) => calendar.reminders(START, END),
  'calendarEvents.listDefault': ({ calendar }, query) => calendar.primary.events.list(query),
  'calendarView.list': ({ calendar }, query) => calendar.view(START, END, query).list(),
  'calendarView.listDefault': ({ calendar }, query) => calendar.primary.view(START, END, query).list(),
  'calendarView.listForCalendar': ({ calendar }, query) => calendar.in(ID).view(START, END, query).list(),
  'calendarView.delta': ({ calendar }) => calendar.view(START, END).delta(),
  'calendarView.deltaForCalendar': ({ calendar }) => calendar.in(ID).view(START, END).delta(),
  'calendar.allowedCalendarSharingRoles': ({ calendar }) => calendar.sharingRoles('ben@contoso.example'),
  'contactPhoto.get': ({ contacts }) => contacts.photo(ID).info(),
  'contactPhoto.getContent': ({ contacts }) => contacts.photo(ID).content(),
  'photo.get': ({ photo }) => photo.info(),
  'photo.getContent': ({ photo }) => photo.content(),
  'photo.delete': ({ photo }) => photo.delete(),
  'photos.getContent': ({ photo }) => photo.sizes.content('48x48'),
  'users.me': (client, query) => client.user(query),
  'users.manager': (client, query) => client.manager(query),
  'users.directReports': ({ directReports }, query) => directReports.list(query),
  'places.listRooms': ({ calendar }, query) => first(calendar.rooms(query)),
  'places.listRoomLists': ({ calendar }, query) => calendar.roomLists.list(query),
  'places.roomsInList': ({ calendar }, query) => first(calendar.rooms({ list: 'rooms@contoso.example', ...query })),
  'subscriptions.reauthorize': ({ subscriptions }) => subscriptions.reauthorize(ID),
};
/** Operations without a named method, with the reason. */
const NO_NAME = { 'uploadSession.cancel': 'its address is not of Graph' };

const first = async (items) => {
  for await (const one of items) return one;
};

function callOf(name) {
  if (OTHERS[name]) return OTHERS[name];
  const [collection, act] = name.split('.');
  // All of them are `settings.part`.
  if (collection === 'mailboxSettings') return ({ settings }) => settings.part(act[3].toLowerCase() + act.slice(4));
  const [own, id = ID] = COLLECTIONS[collection] ?? [];
  return own && ACTS[act] && ((client, query) => ACTS[act](own(client), id, query));
}

const GIVEN = {
  $select: { select: ['id', 'subject'] },
  $expand: { expand: ['extensions', 'attachments'] },
  $orderby: { orderBy: ['id desc', 'subject'] },
  $filter: { filter: "id eq 'x'" },
  $top: { top: 5 },
  $skip: { skip: 5 },
  $count: { count: true },
  $search: { search: 'from:ben' },
  includeHiddenMessages: { query: { includeHiddenMessages: 'true' } },
  includeHiddenFolders: { query: { includeHiddenFolders: 'true' } },
};

/** Every option of an operation, whether or not the service accepts them together. */
function options({ name, query }) {
  if (name.endsWith('delta')) return { pageSize: 5, ...(query.includes('$select') && GIVEN.$select) };
  return Object.assign(
    {},
    ...query.filter((one) => !name.endsWith('count') || one === '$filter').map((one) => GIVEN[one] ?? {}),
  );
}

/** The names of an operation's parameters. */
function parameters({ method, path_graph }) {
  const path = api.paths[path_graph];
  const all = [...(path[method.toLowerCase()].parameters ?? []), ...(path.parameters ?? [])];
  return all.map((one) => (one.$ref ? api.components.parameters[one.$ref.split('/').at(-1)] : one).name);
}

/**
 * Checks that the request is that of the operation, with the given options, and only with parameters that the
 * description knows.
 */
function described(operation, [call], user, wanted) {
  const { method, path_graph, path_graph_users } = operation;
  const template = ((user && path_graph_users) || path_graph)
    .replaceAll(/[$()]/g, '\\$&')
    .replaceAll(/\{[^}]*\}/g, '[^/]+');
  assert.equal(call.method, method);
  const { pathname, searchParams } = new URL(call.path, 'https://graph.microsoft.com');
  assert.match(decodeURIComponent(pathname), new RegExp(`^${template}$`));
  assert.deepEqual(
    [...searchParams.keys()].filter((name) => !parameters(operation).includes(name)),
    [],
    'unknown parameters',
  );
  const names = {
    select: '$select',
    expand: '$expand',
    orderBy: '$orderby',
    filter: '$filter',
    top: '$top',
    skip: '$skip',
    count: '$count',
    search: '$search',
  };
  // A view needs the times of an event to tell whether it belongs to the span.
  const added = /^calendarView\.|\.instances$/.test(operation.name) ? ',start,end' : '';
  for (const [name, value] of Object.entries(wanted ?? {})) {
    if (name === 'select') assert.equal(searchParams.get('$select'), `${value}${added}`);
    else if (name === 'search') assert.equal(searchParams.get('$search'), '"from:ben"');
    else if (names[name]) assert.equal(searchParams.get(names[name]), String(value), name);
  }
}

/**
 * Ignores errors that only the mock's invented responses cause: a round of changes without a link for the next one, a
 * count that is not a number.
 */
const madeUp = (error) => {
  if (error.code !== 'invalid_response') throw error;
};

for (const user of [undefined, 'sales@contoso.example']) {
  for (const operation of operations) {
    const { name, query } = operation;
    const call = callOf(name);
    if (!call || NO_NAME[name] || (user && !operation.path_graph_users)) continue;
    for (const whole of query.length > 0 && call.length > 1 ? [false, true] : [false]) {
      test(`${name}${user ? ' of another mailbox' : ''}${whole ? ', with all options,' : ''} is what the description allows`, {
        skip,
      }, async () => {
        const wanted = whole ? options(operation) : undefined;
        const calls = await allowed(it, async (client) =>
          call(user ? client.mailbox(user) : client, wanted).catch(madeUp),
        );
        described(operation, calls, user, wanted);
      });
    }
  }
}

// The directory requires this header for these queries: https://learn.microsoft.com/graph/aad-advanced-queries
test('the directory is asked for counts and searches with ConsistencyLevel: eventual', { skip }, async (t) => {
  const levels = [];
  t.after(() => answerBy());
  answerBy(async (/** @type {Parameters<typeof fetch>} */ ...args) => {
    levels.push(new Request(...args).headers.get('consistencylevel'));
    return new Response(/count$/.test(String(args[0])) ? '5' : '{"value":[]}', {
      headers: { 'content-type': 'application/json' },
    });
  });
  const { users, directReports } = it.client;
  for (const ask of [
    () => users.count(),
    () => users.list({ search: 'displayName:Ben' }),
    () => users.list({ count: true }),
    () => directReports.list({ count: true }),
  ])
    await ask();
  assert.deepEqual(levels, ['eventual', 'eventual', 'eventual', 'eventual']);
});

test('every operation of the table that has no body is sent, or is known to have no name', () => {
  assert.deepEqual(
    operations.map(({ name }) => name).filter((name) => !callOf(name)),
    Object.keys(NO_NAME),
  );
});

// Every named method of a client, called with the shortest arguments, and which operations that reaches.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { named } from './named.mjs';

const [A, B] = ['id-1', 'id-2'];
/** What `settings.part` names. */
const PARTS = [
  'automaticRepliesSetting',
  'dateFormat',
  'delegateMeetingMessageDeliveryOptions',
  'language',
  'timeFormat',
  'timeZone',
  'userPurpose',
  'workingHours',
];
const START = '2026-12-01T00:00:00Z';
const END = '2026-12-08T00:00:00Z';
/** How the texts among the arguments are written. */
export const WORDS = { [A]: 'id', [B]: 'id', [START]: 'start', [END]: 'end', x: 'comment' };
/** Where the pieces of a large attachment go; the second piece fails, so that the session is given up. */
const UPLOAD = new URL('https://outlook.office.com/api/gv1.0/AttachmentSessions(1)?authtoken=x');
const LARGE = new Blob([new Uint8Array(4 * 1024 * 1024)]);

/** Everything that a collection does. */
const whole = (all, items = [A]) =>
  [
    () => all.list(),
    () => all.get(...items),
    () => all.create({}),
    () => all.update(...items, {}),
    () => all.delete(...items),
    () => all.delete(...items, { permanently: true }),
    () => all.count(),
    () => all.delta(),
  ].map((run) => async () => run());

/** Every named method, with the shortest arguments. */
export function calls(client) {
  const { mail, calendar, contacts, people, photo, settings, users, subscriptions, directReports } = client;
  const { messages, folders } = mail;
  const { events } = calendar;
  const inside = calendar.in(A);
  const picture = new Blob(['x'], { type: 'image/jpeg' });
  return [
    whole(messages),
    whole(mail.folder(A).messages, [B]),
    whole(mail.folder(A).child(B).messages),
    whole(folders),
    whole(folders.children(A), [B]),
    whole(mail.folder(A).rules, [B]),
    whole(mail.categories),
    whole(mail.focusedInbox),
    whole(messages.attachments(A), [B]),
    whole(events.attachments(A), [B]),
    whole(events),
    whole(inside.events, [B]),
    whole(calendar.calendars),
    whole(calendar.groups),
    whole(calendar.permissions),
    whole(calendar.primary.events),
    whole(calendar.roomLists),
    whole(contacts),
    whole(contacts.folders),
    whole(contacts.in(A), [B]),
    whole(people),
    whole(users),
    whole(subscriptions),
    whole(messages.extensions(A), [B]),
    whole(events.extensions(A), [B]),
    whole(contacts.extensions(A), [B]),
    whole(calendar.groups.calendars(A), [B]),
    whole(contacts.folders.children(A), [B]),
    whole(photo.sizes),
    whole(directReports),
    [
      () => mail.send({}),
      () => messages.send(A),
      () => messages.reply(A, 'x'),
      () => messages.reply(A, 'x', { all: true }),
      () => messages.forward(A, [], 'x'),
      () => messages.createReply(A),
      () => messages.createReply(A, { all: true }),
      () => messages.createForward(A),
      () => messages.move(A, B),
      () => messages.copy(A, B),
      () => messages.mime(A),
      () => messages.attachments(A).content(B),
      () => events.attachments(A).content(B),
      () => folders.move(A, B),
      () => folders.copy(A, B),
      () => events.accept(A),
      () => events.decline(A),
      () => events.tentativelyAccept(A),
      () => events.cancel(A),
      () => events.forward(A, []),
      () => events.snooze(A, START),
      () => events.dismiss(A),
      () => events.instances(A, START, END).list(),
      () => calendar.view(START, END).list(),
      () => inside.view(START, END).list(),
      () => calendar.findTimes({}),
      () => calendar.primary.view(START, END).list(),
      () => calendar.view(START, END).delta(),
      () => inside.view(START, END).delta(),
      () => calendar.freeBusy([], START, END),
      () => calendar.reminders(START, END),
      () => calendar.sharingRoles(A),
      () => calendar.rooms().next(),
      () => calendar.rooms({ list: A }).next(),
      () => mail.mailTips([]),
      () => mail.translateIds([], 'restId', 'restImmutableEntryId'),
      () => mail.focusedInbox.classification(),
      () => settings.languages(),
      () => settings.timeZones(),
      () => settings.timeZonesBy(A),
      () => client.updateUser({}),
      () => messages.attachments(A).add(LARGE, { name: 'x' }),
      () => events.attachments(A).add(LARGE, { name: 'x' }),
      () => client.batch([{ method: 'GET', path: '/me' }]),
      () => photo.sizes.content(A),
      () => client.manager(),
      () => events.calendar(A),
      () => calendar.get(),
      () => calendar.update({}),
      () => subscriptions.reauthorize(A),
      ...PARTS.map((part) => () => settings.part(part)),
      () => settings.get(),
      () => settings.update({}),
      () => client.user(),
      () => photo.info(),
      () => photo.content(),
      () => photo.set(picture),
      () => photo.delete(),
      () => contacts.photo(A).info(),
      () => contacts.photo(A).content(),
      () => contacts.photo(A).set(picture),
    ],
  ].flat();
}

/** For each flavour, its column in the table of operations and the root of its addresses. */
const FLAVOURS = {
  graph: ['path_graph', '/v1.0'],
  'outlook-v2': ['path_outlook_v2', '/api/v2.0'],
  'outlook-v1': ['path_outlook_v1', '/api/v1.0'],
};

let asked = [];
let piece = 0;

/** A `fetch` that notes what it is asked, and answers with something of the right form. */
async function noting(/** @type {Parameters<typeof fetch>} */ ...all) {
  const request = new Request(...all);
  const url = new URL(request.url);
  const path = decodeURIComponent(url.pathname).replaceAll(/id-\d|2026-12-0\dT00:00:00.000Z/g, '{}');
  asked.push({
    what: `${request.method} ${path === UPLOAD.pathname ? '/v1.0{}' : path}`.toLowerCase(),
    query: path === UPLOAD.pathname ? [] : [...url.searchParams.keys()],
  });
  if (path === UPLOAD.pathname)
    return request.method === 'PUT' && piece++ === 0
      ? Response.json({ nextExpectedRanges: ['3932160'] })
      : new Response(null, { status: request.method === 'PUT' ? 500 : 204 });
  if (path.endsWith('createUploadSession'))
    return Response.json({ uploadUrl: UPLOAD.href, nextExpectedRanges: ['0-'] });
  if (path.endsWith('$batch'))
    return Response.json({
      responses: (await request.json()).requests.map(({ id }) => ({ id, status: 200, headers: {}, body: {} })),
    });
  if (path.endsWith('$count')) return new Response('0');
  return Response.json({ value: [], '@odata.deltaLink': `${url.origin}${url.pathname}?$deltatoken=x` });
}

const plain = (path) => path.replaceAll(/\{[^}]*\}/g, '{}').toLowerCase();

/** Whether a request is the operation `one`: what the table says of the query are names that may be there, and the span
 * of a view, which has to be. */
const isOf = (one, path) => {
  const what = `${one.method} ${path}`.toLowerCase();
  const spans = one.query.includes('endDateTime');
  return (request) =>
    request.what === what &&
    request.query.every((name) => one.query.includes(name)) &&
    (!spans || (request.query.includes('startDateTime') && request.query.includes('endDateTime')));
};

/**
 * Calls every method of the package in `dir`, for each flavour.
 *
 * @param {string} dir the unpacked package
 * @param {any[]} table tests/operations.json
 * @returns for each flavour `api`, `column` (where the table has its paths), `there` (its operations), `methods` (for
 *   each operation that is reached, the calls that do it), and `strangers` (error codes that no call should have ended
 *   with)
 */
export async function reach(dir, table) {
  const before = globalThis.fetch;
  globalThis.fetch = noting;
  // The package takes `fetch` when it loads.
  const { createClient } = await import(pathToFileURL(join(dir, 'index.js')).href);
  const found = [];
  for (const [api, [column, root]] of Object.entries(FLAVOURS)) {
    const client = await createClient({ api, getToken: async () => 'a-token', timeZone: 'UTC', retries: 0 });
    const there = table.filter((one) => one[column]);
    const methods = new Map();
    const refused = new Set();
    piece = 0;
    const { proxy, last } = named(client, 'client', WORDS);
    for (const call of calls(proxy)) {
      asked = [];
      await call().catch((error) => refused.add(error.code));
      for (const one of there.filter((one) => asked.some(isOf(one, root + plain(one[column]))))) {
        methods.set(one, [...new Set([...(methods.get(one) ?? []), last()])]);
      }
    }
    const strangers = [...refused].filter((code) => !['unsupported_by_api', 'service_unavailable'].includes(code));
    found.push({ api, column, there, methods, strangers });
  }
  globalThis.fetch = before;
  return found;
}

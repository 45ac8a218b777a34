// How many of the operations a named method reaches: `node operations.mjs PACKAGE TABLE [--at-least G,V2,V1]`.
// Every method is really called, against a `fetch` that notes what it is asked; method, path and query are compared
// with the table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dir, tablePath, flag, least = '0,0,0'] = process.argv.slice(2);
const table = JSON.parse(readFileSync(tablePath, 'utf8'));
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

const asked = [];
globalThis.fetch = async (/** @type {Parameters<typeof fetch>} */ ...all) => {
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
};
// The package takes `fetch` when it loads.
const { createClient } = await import(pathToFileURL(join(dir, 'index.js')).href);
/** Where the pieces of a large attachment go; the second piece fails, so that the session is given up. */
const UPLOAD = new URL('https://outlook.office.com/api/gv1.0/AttachmentSessions(1)?authtoken=x');
let piece = 0;
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
function calls(client) {
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

const plain = (path) => path.replaceAll(/\{[^}]*\}/g, '{}').toLowerCase();
const FLAVOURS = {
  graph: ['path_graph', '/v1.0'],
  'outlook-v2': ['path_outlook_v2', '/api/v2.0'],
  'outlook-v1': ['path_outlook_v1', '/api/v1.0'],
};

for (const [at, [api, [column, root]]] of Object.entries(FLAVOURS).entries()) {
  const client = await createClient({ api, getToken: async () => 'a-token', timeZone: 'UTC', retries: 0 });
  asked.length = 0;
  piece = 0;
  const refused = new Set();
  for (const call of calls(client)) await call().catch((error) => refused.add(error.code));
  const strangers = [...refused].filter((code) => !['unsupported_by_api', 'service_unavailable'].includes(code));
  const there = table.filter((one) => one[column]);
  // What the table says of the query: names that may be there, and the span of a view, which has to be.
  const fits =
    (one) =>
    ({ query }) =>
      query.every((name) => one.query.includes(name)) &&
      (!one.query.includes('endDateTime') || (query.includes('startDateTime') && query.includes('endDateTime')));
  const reached = there.filter((one) =>
    asked.filter(({ what }) => what === `${one.method} ${root}${plain(one[column])}`.toLowerCase()).some(fits(one)),
  );
  const bar = Number(least.split(',')[at]);
  const ok = reached.length >= bar && strangers.length === 0;
  console.log(
    `${ok ? 'PASS' : 'FAIL'} ${api}: ${reached.length} of ${there.length} operations have a named method (at least ${bar})${strangers.length ? `; calls failed with ${strangers}` : ''}`,
  );
  if (!ok) process.exitCode = 1;
  if (!flag)
    for (const one of there.filter((one) => !reached.includes(one)))
      console.log(`     not yet: ${one.name}  ${one.method} ${one[column]}`);
}

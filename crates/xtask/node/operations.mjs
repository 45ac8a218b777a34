// How many of the operations a named method reaches: `node operations.mjs PACKAGE TABLE [--at-least G,V2,V1]`.
// Every method is really called, against a `fetch` that notes what it is asked; method and path are compared with the table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dir, tablePath, flag, least = '0,0,0'] = process.argv.slice(2);
const { createClient } = await import(pathToFileURL(join(dir, 'index.js')));
const table = JSON.parse(readFileSync(tablePath, 'utf8'));
const [A, B] = ['id-1', 'id-2'];
/** What `settings.part` names. */
const PARTS = ['automaticRepliesSetting', 'dateFormat', 'delegateMeetingMessageDeliveryOptions', 'language', 'timeFormat', 'timeZone', 'userPurpose', 'workingHours'];
const START = '2026-12-01T00:00:00Z';
const END = '2026-12-08T00:00:00Z';

const asked = [];
globalThis.fetch = async (...all) => {
  const request = new Request(...all);
  const url = new URL(request.url);
  asked.push(`${request.method} ${decodeURIComponent(url.pathname).replaceAll(/id-\d/g, '{}')}`.toLowerCase());
  if (url.pathname.endsWith('$count')) return new Response('0');
  return Response.json({ value: [] });
};

/** Everything that a collection does. */
const whole = (all, items = [A]) => [
  () => all.list(), () => all.get(...items), () => all.create({}), () => all.update(...items, {}), () => all.delete(...items),
  () => all.delete(...items, { permanently: true }), () => all.count(),
].map((run) => async () => run());

/** Every named method, with the shortest arguments. */
function calls(client) {
  const { mail, calendar, contacts, people, photo, settings, users, subscriptions, directReports } = client;
  const { messages, folders } = mail;
  const { events } = calendar;
  const inside = calendar.in(A);
  const picture = new Blob(['x'], { type: 'image/jpeg' });
  return [
    whole(messages), whole(mail.folder(A).messages, [B]), whole(folders), whole(folders.children(A), [B]), whole(mail.folder(A).rules, [B]),
    whole(mail.categories), whole(mail.focusedInbox), whole(messages.attachments(A), [B]), whole(events.attachments(A), [B]),
    whole(events), whole(inside.events, [B]), whole(calendar.calendars), whole(calendar.groups), whole(calendar.permissions),
    whole(contacts), whole(contacts.folders), whole(contacts.in(A), [B]), whole(people), whole(users), whole(subscriptions),
    whole(messages.extensions(A), [B]), whole(events.extensions(A), [B]), whole(contacts.extensions(A), [B]), whole(calendar.groups.calendars(A), [B]),
    whole(contacts.folders.children(A), [B]), whole(photo.sizes), whole(directReports),
    [
      () => mail.send({}), () => messages.send(A), () => messages.reply(A, 'x'), () => messages.reply(A, 'x', { all: true }),
      () => messages.forward(A, [], 'x'), () => messages.createReply(A), () => messages.createReply(A, { all: true }),
      () => messages.createForward(A), () => messages.move(A, B), () => messages.copy(A, B), () => messages.mime(A),
      () => messages.attachments(A).content(B), () => events.attachments(A).content(B),
      () => folders.move(A, B), () => folders.copy(A, B),
      () => events.accept(A), () => events.decline(A), () => events.tentativelyAccept(A), () => events.cancel(A), () => events.forward(A, []),
      () => events.snooze(A, START), () => events.dismiss(A), () => events.instances(A, START, END).list(),
      () => calendar.view(START, END).list(), () => inside.view(START, END).list(), () => calendar.findTimes({}),
      () => photo.sizes.content(A), () => client.manager(), () => events.calendar(A), () => calendar.get(), () => calendar.update({}),
      () => subscriptions.reauthorize(A), ...PARTS.map((part) => () => settings.part(part)),
      () => settings.get(), () => settings.update({}), () => client.user(),
      () => photo.info(), () => photo.content(), () => photo.set(picture), () => photo.delete(),
      () => contacts.photo(A).info(), () => contacts.photo(A).content(), () => contacts.photo(A).set(picture),
    ],
  ].flat();
}

const plain = (path) => path.replaceAll(/\{[^}]*\}/g, '{}').toLowerCase();
const FLAVOURS = { graph: ['path_graph', '/v1.0'], 'outlook-v2': ['path_outlook_v2', '/api/v2.0'], 'outlook-v1': ['path_outlook_v1', '/api/v1.0'] };

for (const [at, [api, [column, root]]] of Object.entries(FLAVOURS).entries()) {
  const client = await createClient({ api, getToken: async () => 'a-token', timeZone: 'UTC' });
  asked.length = 0;
  const refused = new Set();
  for (const call of calls(client)) await call().catch((error) => refused.add(error.code));
  const strangers = [...refused].filter((code) => code !== 'unsupported_by_api');
  const there = table.filter((one) => one[column]);
  const reached = there.filter((one) => asked.includes(`${one.method} ${root}${plain(one[column])}`.toLowerCase()));
  const bar = Number(least.split(',')[at]);
  const ok = reached.length >= bar && strangers.length === 0;
  console.log(`${ok ? 'PASS' : 'FAIL'} ${api}: ${reached.length} of ${there.length} operations have a named method (at least ${bar})${strangers.length ? `; calls failed with ${strangers}` : ''}`);
  if (!ok) process.exitCode = 1;
  if (!flag) for (const one of there.filter((one) => !reached.includes(one))) console.log(`     not yet: ${one.name}  ${one.method} ${one[column]}`);
}

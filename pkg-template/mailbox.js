// A mailbox: mail, calendar and contacts of the signed-in user, or of `user`. What is more than a line in the table stands here.
import { list, walk } from './collection.js';
import { wrong } from './error.js';
import { filter } from './filter.js';
import { LARGEST } from './sizes.js';
import { named } from './table.js';

export function mailbox(face, user) {
  const { draft, spell, spelled, instant } = face;
  const all = named(face, user);
  const { mail, calendar, contacts } = all;
  const { messages, folders } = mail;
  const post = async (path, ids, body, options) => face.call('POST', user, path, ids, options, spelled(await draft(body, options?.timeZone)));

  /** Occurrences between two moments, under `path`. */
  const view = (path, ids, start, end, query) => {
    const span = (timeZone) => {
      const [startDateTime, endDateTime] = [start, end].map((one) => instant(one, timeZone));
      if (startDateTime >= endDateTime) throw wrong('the end of a view comes after its start');
      return { startDateTime, endDateTime };
    };
    const pages = async (options) => {
      const merged = { ...query, ...options };
      return list(face, user, path, ids, merged, { query: span(merged.timeZone) });
    };
    return { list: pages, delta: async (options) => face.later('delta', user, path, ids, options, span(options?.timeZone)), [Symbol.asyncIterator]: () => walk(pages, query) };
  };

  for (const name of ['reply', 'createReply']) {
    messages[name] = async (id, ...args) => {
      const given = name === 'reply' ? args.shift() : undefined;
      const { all, ...rest } = args[0] ?? {};
      const body = given && (typeof given === 'string' ? { comment: given } : spelled({ message: await draft(given, rest.timeZone) }));
      return post(`messages/{}/${name}${all ? 'All' : ''}`, [id], body ?? {}, rest);
    };
  }
  messages.inlineImages = (id, options) => face.later('inlineImages', messages.attachments(id), options);
  mail.send = async (message, options) => {
    const { saveToSentItems = true, onProgress, ...rest } = options ?? {};
    const files = [message?.attachments, message?.[spell('attachments')]].find(Array.isArray) ?? [];
    const size = files.reduce((sum, one) => sum + (one instanceof Blob && one.size), 0);
    if (size > LARGEST) return face.later('sendLarge', messages, message, files, { saveToSentItems, onProgress, ...rest });
    await face.call('POST', user, 'sendMail', [], rest, spelled({ message: await draft(message), saveToSentItems }));
    return onProgress?.(size, size);
  };

  const { folder } = mail;
  const { children } = folders;
  const whole = (own) => {
    const all = { ...folders, ...own, tree: (options) => face.later('tree', all, options) };
    return all;
  };
  folders.children = (id) => whole(children(id));
  folders.tree = (options) => face.later('tree', folders, options);
  mail.folder = (id) => {
    const own = folder(id);
    return { ...own, messages: { ...messages, ...own.messages }, children: whole(own.children) };
  };

  const { events, in: other, primary } = calendar;
  for (const [holder, path] of [[messages, 'messages'], [events, 'events']]) {
    const own = holder.attachments;
    holder.attachments = (id) => {
      const all = own(id);
      return { ...all, add: (file, options) => face.later('add', user, `${path}/{}/attachments`, [id], all, file, options) };
    };
  }
  events.instances = (id, start, end, query) => view('events/{}/instances', [id], start, end, query);
  calendar.view = (...args) => view('calendarView', [], ...args);
  calendar.in = (id) => ({ events: { ...events, ...other(id).events }, view: (...args) => view('calendars/{}/calendarView', [id], ...args) });
  primary.events = { ...events, ...primary.events };
  primary.view = (...args) => view('calendar/calendarView', [], ...args);
  calendar.rooms = (options) => {
    const { list: id, ...query } = options ?? {};
    return walk((query) => list(face, user, id ? '/places/{}/graph.roomList/rooms' : '/places/graph.room', id ? [id] : [], query), query);
  };

  contacts.findByEmail = async (address, options) => {
    const found = [];
    const [addresses, name] = ['emailAddresses', 'address'].map(spell);
    for await (const one of contacts.all({ ...options, filter: `${addresses}/any(a:a/${name} eq ${filter`${address}`})` })) found.push(one);
    return found;
  };
  return all;
}

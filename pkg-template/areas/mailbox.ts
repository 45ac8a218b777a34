// A mailbox: mail, calendar and contacts of the signed-in user, or of `user`. What is more than a line in the table stands here.
import { list, walk } from './collection.js';
import { wrong } from './error.js';
import { named } from './table.js';

export function mailbox(face, user) {
  const { instant } = face;
  const all = named(face, user);
  const { mail, calendar, contacts } = all;
  const { messages, folders } = mail;

  /** Occurrences between two moments, under `path`. */
  const view = (path, ids, start, end, query) => {
    const span = (timeZone) => {
      const startDateTime = instant(start, timeZone, 'start');
      const endDateTime = instant(end, timeZone, 'end');
      if (startDateTime >= endDateTime) throw wrong('the end of a view comes after its start');
      return { startDateTime, endDateTime };
    };
    const pages = async (options) => {
      const merged = { ...query, ...options };
      return list(face, user, path, ids, merged, { query: span(merged.timeZone) });
    };
    return { list: pages, delta: async (options) => face.later('delta', user, path, ids, options, span(options?.timeZone)), [Symbol.asyncIterator]: () => walk(pages, query) };
  };

  messages.reply = (...args) => face.later('reply', user, ...args);
  messages.createReply = (...args) => face.later('createReply', user, ...args);
  messages.inlineImages = (id, options) => face.later('inlineImages', messages.attachments(id), options);
  mail.send = (...args) => face.later('send', user, messages, ...args);

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
  calendar.rooms = async function* (options) {
    yield* await face.later('rooms', user, options);
  };
  contacts.findByEmail = (...args) => face.later('findByEmail', contacts, ...args);
  return all;
}

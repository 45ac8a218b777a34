// A mailbox: mail, calendar and contacts of the signed-in user, or of `user`. What is more than a line in the table stands here.
import { list, walk } from './collection.js';
import { wrong } from './error.js';
import { filter } from './filter.js';
import { named } from './table.js';

export function mailbox(face, user) {
  const { draft, spelled, instant } = face.values;
  const all = named(face, user);
  const { mail, calendar, contacts } = all;
  const post = async (path, ids, body, options) => face.call('POST', user, path, ids, options, spelled(await draft(body, options?.timeZone)));

  /** Occurrences between two moments, under `path`. */
  const view = (path, ids, start, end, query) => {
    const pages = async (options) => {
      const merged = { ...query, ...options };
      const [startDateTime, endDateTime] = [start, end].map((one) => instant(one, merged.timeZone));
      if (startDateTime >= endDateTime) throw wrong('the end of a view comes after its start');
      return list(face, user, path, ids, merged, { query: { startDateTime, endDateTime } });
    };
    return { list: pages, [Symbol.asyncIterator]: () => walk(pages, query) };
  };

  const { messages } = mail;
  for (const name of ['reply', 'createReply']) {
    messages[name] = async (id, ...args) => {
      const given = name === 'reply' ? args.shift() : undefined;
      const { all, ...rest } = args[0] ?? {};
      const body = given && (typeof given === 'string' ? { comment: given } : spelled({ message: await draft(given, rest.timeZone) }));
      return post(`messages/{}/${name}${all ? 'All' : ''}`, [id], body ?? {}, rest);
    };
  }
  const { folder } = mail;
  mail.folder = (id) => {
    const own = folder(id);
    return { ...own, messages: { ...messages, ...own.messages } };
  };
  mail.send = async (message, options) => {
    const { saveToSentItems = true, ...rest } = options ?? {};
    await face.call('POST', user, 'sendMail', [], rest, spelled({ message: await draft(message), saveToSentItems }));
  };

  const { events, in: other } = calendar;
  for (const name of ['accept', 'decline', 'tentativelyAccept']) {
    events[name] = (id, options) => {
      const { comment, sendResponse = true, proposedStart, proposedEnd, ...rest } = options ?? {};
      return post(`events/{}/${name}`, [id], { comment, sendResponse, proposedNewTime: proposedStart && { start: proposedStart, end: proposedEnd } }, rest);
    };
  }
  events.instances = (id, start, end, query) => view('events/{}/instances', [id], start, end, query);
  calendar.view = (...args) => view('calendarView', [], ...args);
  calendar.in = (id) => ({ events: { ...events, ...other(id).events }, view: (...args) => view('calendars/{}/calendarView', [id], ...args) });

  contacts.findByEmail = async (address, options) => {
    const found = [];
    const [addresses, name] = Object.keys(spelled({ emailAddresses: 0, address: 0 }));
    for await (const one of contacts.all({ ...options, filter: `${addresses}/any(a:a/${name} eq ${filter`${address}`})` })) found.push(one);
    return found;
  };
  return all;
}

// A mailbox: mail, calendar and contacts of the signed-in user, or of `user`.
import { collection, list, walk } from './collection.js';
import { wrong } from './error.js';

export function mailbox(face, user) {
  const { draft, spelled, instant } = face.values;
  const of = (path, ids) => collection(face, user, path, ids);

  /** Occurrences between two moments. */
  const view = (start, end, query) => {
    const pages = async (options) => {
      const merged = { ...query, ...options };
      const [startDateTime, endDateTime] = [start, end].map((one) => instant(one, merged.timeZone));
      if (startDateTime >= endDateTime) throw wrong('the end of a view comes after its start');
      return list(face, user, 'calendarView', [], merged, { query: { startDateTime, endDateTime } });
    };
    return { list: pages, [Symbol.asyncIterator]: () => walk(pages, query) };
  };

  return {
    mail: {
      messages: of('messages'),
      folder: (id) => ({ messages: of('mailFolders/{}/messages', [id]) }),
      async send(message, options) {
        const { saveToSentItems = true, ...rest } = options ?? {};
        await face.call('POST', user, 'sendMail', [], rest, spelled({ message: await draft(message), saveToSentItems }));
      },
    },
    calendar: { events: of('events'), view },
    contacts: of('contacts'),
  };
}

// A mailbox: mail, calendar and contacts of the signed-in user, or of `user`.
import { collection, lister, walk } from './collection.js';

export function mailbox(face, user) {
  const { call, fail, values } = face;
  const { draft, spelled, instant } = values;
  const of = (path, ids) => collection(face, user, path, ids, draft);

  /** Occurrences between two moments. */
  const view = (path, ids) => (start, end, query) => {
    const list = async (options) => {
      const merged = { ...query, ...options };
      const between = { startDateTime: instant(start, merged.timeZone), endDateTime: instant(end, merged.timeZone) };
      if (!(between.startDateTime < between.endDateTime)) throw fail('invalid_argument', 'the end of a view comes after its start');
      return lister(face, user, path, ids, { query: between }).list(merged);
    };
    return { list, [Symbol.asyncIterator]: () => walk(list) };
  };

  return {
    mail: {
      messages: of('messages'),
      folder: (id) => ({ messages: of('mailFolders/{}/messages', [id]) }),
      async send(message, { saveToSentItems = true, ...options } = {}) {
        await call('POST', user, 'sendMail', [], options, spelled({ message: await draft(message), saveToSentItems }));
      },
    },
    calendar: { events: of('events'), view: view('calendarView', []) },
    contacts: of('contacts'),
  };
}

// Opens the form of a text that was not finished, with the item that it was about.
import { compose } from './compose.js';
import { say } from './dom.js';
import { EVENT, EVENT_FORM, MESSAGE, eventOf, messageOf } from './fields.js';
import { showMeeting } from './meeting.js';
import { meetingForm } from './meeting-form.js';
import { go, href } from './router.js';

/** Gives the item, or undefined where it is gone: the text is then offered as a new one. */
async function itemOf(get, of) {
  try {
    return of(await get());
  } catch (error) {
    if (error.code !== 'not_found') throw error;
    return undefined;
  }
}

const FORMS = {
  async message(client, kept, signal) {
    const { mode, message: id } = kept.about;
    const get = () => client.mail.messages.get(id, { select: MESSAGE, signal });
    const message = id && (await itemOf(get, messageOf));
    if (id && !message) say('The message that you answered is gone: this is a new one.');
    return compose(client, { mode: message ? mode : 'new', message, signal, kept });
  },

  async meeting(client, kept, signal) {
    const { event: id } = kept.about;
    const event = id && (await itemOf(() => client.calendar.events.get(id, { select: EVENT_FORM, signal }), eventOf));
    if (id && !event) say('The meeting that you changed is gone: this is a new one.');
    return meetingForm(client, { event, signal, kept });
  },

  async contact(client, kept, signal) {
    const { contact: id } = kept.about;
    const there =
      id &&
      (await itemOf(
        () => client.contacts.get(id, { select: ['id'], signal }),
        ({ id }) => id,
      ));
    if (id && !there) say('The contact that you changed is gone: this is a new one.');
    go(href('contacts', there ? [there, 'edit'] : ['new'], { kept: kept.id }));
  },

  async answer(client, kept, signal) {
    const get = () => client.calendar.events.get(kept.about.event, { select: EVENT, signal });
    const event = await itemOf(get, eventOf);
    if (event) return showMeeting(client, event, { signal, kept });
    return say('The invitation that you answered is gone.');
  },

  async replies(_client, kept) {
    go(href('settings', [], { kept: kept.id }));
  },
};

/**
 * Opens the form. Resolves with something true where the view may show another state. Rejects where the item cannot be
 * read at present; the text stays.
 */
export const resume = (client, kept, signal) => FORMS[kept.kind](client, kept, signal);

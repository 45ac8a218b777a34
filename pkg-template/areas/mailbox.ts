// A mailbox: mail, calendar, contacts, settings, and the people around it.
import type { Api } from '../calls/api.ts';
import type { Mailbox } from '../types.ts';
import { calendar } from './calendar.ts';
import { contacts } from './contacts.ts';
import { people } from './directory.ts';
import { mail } from './mail.ts';
import { ownPhoto } from './photos.ts';
import { settings } from './settings.ts';

export const mailbox = (api: Api): Mailbox => ({
  mail: mail(api),
  calendar: calendar(api),
  contacts: contacts(api),
  photo: ownPhoto(api),
  settings: settings(api),
  ...people(api),
});

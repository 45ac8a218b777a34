import { crud } from './crud.mjs';

const scopes = ['Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'];
crud('outlook-v2', { scopes: scopes.map((name) => `https://outlook.office.com/${name}`) });

// The same tests in proxy mode: the page calls its own host, and has no token.
import { crud } from './crud.mjs';

crud('graph', { mode: 'proxy' });
crud('outlook-v2', {
  mode: 'proxy',
  scopes: ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'].map(
    (scope) => `https://outlook.office.com/${scope}`,
  ),
});
crud('outlook-v1', { mode: 'proxy', identity: 'v1', tenant: 'common', scopes: [] });

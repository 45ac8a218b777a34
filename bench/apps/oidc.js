// Signs in and shows ten subjects, with oidc-client-ts and the Graph client.
import { Client } from '@microsoft/microsoft-graph-client';
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { show } from './show.js';

const manager = new UserManager({
  authority: 'https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0',
  client_id: '11111111-2222-3333-4444-555555555555',
  redirect_uri: location.origin,
  scope: 'openid profile offline_access https://graph.microsoft.com/Mail.ReadWrite',
  userStore: new WebStorageStateStore({ store: sessionStorage }),
});
if (location.search.includes('code=')) await manager.signinCallback();
const user = await manager.getUser();
document.querySelector('button').onclick = () => manager.signinRedirect();

if (user) {
  const graph = Client.initWithMiddleware({ authProvider: { getAccessToken: async () => user.access_token } });
  const { value } = await graph.api('/me/messages').select('subject').top(10).get();
  show(user.profile.preferred_username, value);
}

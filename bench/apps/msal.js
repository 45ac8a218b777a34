// Signs in and shows ten subjects, with MSAL.js, the Graph client and a function that passes the token on.
import { InteractionRequiredAuthError, PublicClientApplication } from '@azure/msal-browser';
import { Client } from '@microsoft/microsoft-graph-client';
import { show } from './show.js';

const scopes = ['User.Read', 'Mail.ReadWrite'];
const msal = new PublicClientApplication({
  auth: {
    clientId: '11111111-2222-3333-4444-555555555555',
    authority: 'https://login.microsoftonline.com/organizations',
    redirectUri: location.origin,
  },
});
await msal.initialize();
await msal.handleRedirectPromise();
const [account] = msal.getAllAccounts();
document.querySelector('button').onclick = () => msal.loginRedirect({ scopes });

async function token() {
  try {
    return (await msal.acquireTokenSilent({ scopes, account })).accessToken;
  } catch (error) {
    if (error instanceof InteractionRequiredAuthError) await msal.acquireTokenRedirect({ scopes, account });
    throw error;
  }
}

if (account) {
  const graph = Client.initWithMiddleware({ authProvider: { getAccessToken: token } });
  const { value } = await graph.api('/me/messages').select('subject').top(10).get();
  show(account.username, value);
}

// Signs in and shows ten subjects, with MSAL.js, the Graph client and Microsoft's authentication provider.
import { InteractionType, PublicClientApplication } from '@azure/msal-browser';
import { Client } from '@microsoft/microsoft-graph-client';
import { AuthCodeMSALBrowserAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/authCodeMsalBrowser';
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

if (account) {
  const authProvider = new AuthCodeMSALBrowserAuthenticationProvider(msal, {
    account,
    scopes,
    interactionType: InteractionType.Redirect,
  });
  const graph = Client.initWithMiddleware({ authProvider });
  const { value } = await graph.api('/me/messages').select('subject').top(10).get();
  show(account.username, value);
}

// A single-page application with MSAL.js and the Graph client. What tests use is global.
import { InteractionRequiredAuthError, PublicClientApplication } from '@azure/msal-browser';
import { Client, FileUpload, LargeFileUploadTask } from '@microsoft/microsoft-graph-client';

/* global TENANT, CLIENT_ID, TENANT_ID: filled in by the bundler */
const scopes = ['User.Read', 'Mail.ReadWrite', 'Mail.Send'];
const state = document.querySelector('#state');

const app = new PublicClientApplication({
  auth: {
    clientId: CLIENT_ID,
    authority: `${TENANT}/${TENANT_ID}`,
    knownAuthorities: [new URL(TENANT).host],
    redirectUri: `${location.origin}/app.html`,
    postLogoutRedirectUri: `${location.origin}/app.html`,
  },
});

/** `acquireTokenSilent`; an error comes back as the plain object `refused`. */
async function silently(more = {}) {
  try {
    const {
      accessToken,
      fromCache,
      scopes: granted,
      account,
    } = await app.acquireTokenSilent({
      scopes,
      account: app.getAllAccounts()[0],
      redirectUri: `${location.origin}/bridge.html`,
      ...more,
    });
    return { accessToken, fromCache, granted, username: account.username };
  } catch (error) {
    const { errorCode, errorMessage, subError } = error;
    return {
      refused: { errorCode, errorMessage, subError, interaction: error instanceof InteractionRequiredAuthError },
    };
  }
}

const graphApi = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => (await silently()).accessToken },
  baseUrl: `${TENANT}/`,
  defaultVersion: 'v1.0',
  customHosts: new Set([new URL(TENANT).hostname]),
});

Object.assign(globalThis, { app, graphApi, scopes, silently, FileUpload, LargeFileUploadTask });
try {
  await app.initialize();
  const result = await app.handleRedirectPromise();
  const [account] = app.getAllAccounts();
  globalThis.result = result;
  state.textContent = account ? `signed in: ${account.username}` : 'signed out';
} catch (error) {
  state.textContent = `failed: ${error.errorCode}: ${error.message}`;
}

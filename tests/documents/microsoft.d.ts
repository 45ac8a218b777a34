// What the samples of the tenant's README start from: Microsoft's own clients.
import type * as graph from '@microsoft/microsoft-graph-client';
import type * as msal from '@azure/msal-browser';

declare global {
  const PublicClientApplication: typeof msal.PublicClientApplication;
  const Client: typeof graph.Client;
  const authProvider: graph.AuthenticationProvider;
}

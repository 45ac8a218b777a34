// Globals where Microsoft's libraries run, for the type check: a function that a test sends there sees them.
import type { PublicClientApplication } from '@azure/msal-browser';
import type * as msalNode from '@azure/msal-node';
import type * as graphLibrary from '@microsoft/microsoft-graph-client';

declare global {
  /** Filled in by the bundler (`page.mjs`). */
  const TENANT: string;
  const CLIENT_ID: string;
  const TENANT_ID: string;

  /** Both in the page and in the program: a client for Graph at the local tenant. */
  var graphApi: graphLibrary.Client;

  /** In the page (`page/app.js`). */
  var app: PublicClientApplication;
  var scopes: string[];
  var silently: (request?: object) => Promise<any>;
  var FileUpload: typeof graphLibrary.FileUpload;
  var LargeFileUploadTask: typeof graphLibrary.LargeFileUploadTask;

  /** In the program (`inside.mjs`). */
  var msal: typeof msalNode;
  var graph: typeof graphLibrary;
  var graphClient: (getAccessToken: () => Promise<string>) => graphLibrary.Client;
  /**
   * Set by `msal-node.test.mjs`: an application, one with other settings, and the fields of a result that tests look
   * at.
   */
  var application: msalNode.ConfidentialClientApplication;
  var newApplication: (settings?: object) => msalNode.ConfidentialClientApplication;
  var plain: (result: msalNode.AuthenticationResult) => object;
  var verifier: string;
  /** Set by `graph-client.test.mjs`: the path of the mailbox. */
  var mailbox: string;
}

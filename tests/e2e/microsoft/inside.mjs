// The program that `program.mjs` starts: it has Microsoft's libraries, and runs the functions that it is sent.
import { runInThisContext } from 'node:vm';
import * as msal from '@azure/msal-node'; // found in this folder's node_modules
import * as graph from '@microsoft/microsoft-graph-client';

const [, , origin] = process.argv;

/** A Graph client for the tenant, with tokens of `getAccessToken`. */
function graphClient(getAccessToken) {
  return graph.Client.initWithMiddleware({
    authProvider: { getAccessToken },
    baseUrl: `${origin}/`,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(origin).hostname]),
  });
}

Object.assign(globalThis, { msal, graph, graphClient });

process.on('message', async ({ id, body, argument }) => {
  try {
    process.send({ id, value: await runInThisContext(`(${body})`)(argument) });
  } catch (error) {
    const { name, message, errorCode, errorMessage, subError, statusCode, code } = error;
    process.send({ id, error: { name, message, errorCode, errorMessage, subError, statusCode, code } });
  }
});

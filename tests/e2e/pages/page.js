// The page of the journeys: the package as a user would vendor it, and one client that the tests drive from outside.
import * as sdk from './vendor/exo365/index.js';

const config = JSON.parse(sessionStorage.getItem('test-config') ?? 'null') ?? { endpoint: '/auth' };
const state = document.querySelector('#state');

// Tests use these two; a real page keeps its client to itself.
globalThis.sdk = sdk;
globalThis.ready = sdk.createClient(config).then(
  (client) => {
    globalThis.client = client;
    state.textContent = client.account ? `signed in: ${client.account.username}` : 'signed out';
  },
  (error) => {
    globalThis.failure = error;
    state.textContent = `failed: ${error.code}`;
  },
);

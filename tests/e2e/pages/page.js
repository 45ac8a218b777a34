// The page of the journeys: the package as files beside it, and one client, which the tests use from outside.
import * as sdk from './vendor/exo365/index.js';

const config = JSON.parse(sessionStorage.getItem('test-config') ?? 'null') ?? { endpoint: '/auth' };
const state = document.querySelector('#state');

// For the tests; a real page would not make its client global.
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

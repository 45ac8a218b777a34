// A client of Adele's on a page, over a core that a test controls.
import { afterEach, beforeEach } from 'node:test';
import { Client } from '../client.ts';
import { Exo365Error } from '../error.ts';
import { page } from './fake-page.mjs';
import { ADELE, Core } from './fake-wasm.mjs';

export const WHO = `${ADELE.tenantId} ${ADELE.objectId}`;
export const MARK = 'exo365:https://app.contoso.example/auth';
export const invalid = (error) =>
  error instanceof Exo365Error && error.code === 'invalid_argument' && Boolean(error.remedy);
export const later = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
export const never = () => new Promise(() => {});

/** The page of the test that runs. */
export let it;
/** Gives each test of the file a page of its own. */
export function withPages() {
  beforeEach(() => {
    it = page();
  });
  afterEach(() => {
    // Channels of links end with the page.
    it.fire('pagehide');
    it.end();
  });
}

/**
 * A client of Adele's over a core; `answer` is what the core's promises do.
 *
 * @param {Core['answer']} [answer]
 * @param {any} [settings]
 */
export function signedIn(answer, settings = { endpoint: '/auth' }) {
  const core = new Core({ who: ADELE, answer });
  let forgotten = 0;
  const client = new Client(/** @type {any} */ (core), settings, () => {
    forgotten++;
  });
  const events = [];
  client.on('signedout', ({ reason }) => events.push(reason));
  return { client, core, events, forgotten: () => forgotten };
}

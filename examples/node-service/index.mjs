// Creates an event in a user's calendar with a token of the application: without a page, a sign-in or a secret in this
// process.
import { readFile } from 'node:fs/promises';
import { createClient, Exo365Error } from 'exo365';

const {
  TOKEN_SOURCE = 'http://127.0.0.1:8366/token',
  TOKEN_KEY_FILE,
  EXO365_APP_KEY,
  LOGIN_ORIGIN,
  API_ORIGIN,
  API = 'graph',
} = process.env;
const [user, subject = 'Planning', start = '2026-12-01T09:00', end = '2026-12-01T09:30'] = process.argv.slice(2);
if (!user) {
  console.error('usage: node index.mjs USER [SUBJECT [START END]]');
  process.exit(2);
}

const key = (EXO365_APP_KEY ?? (await readFile(TOKEN_KEY_FILE, 'utf8'))).trim();

/**
 * Requests a token from `exo365-endpoint app-token --listen`, which keeps the secret and caches the token.
 *
 * @param {import('exo365').TokenRequest} request
 */
async function getToken({ forceRefresh, signal }) {
  const answer = await fetch(TOKEN_SOURCE, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ forceRefresh: Boolean(forceRefresh) }),
    signal,
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`no token: ${body.error.code}: ${body.error.message}`);
  return body; // { token, expiresIn, scopes }
}

const client = await createClient({
  getToken,
  api: /** @type {'graph'} */ (API),
  // Only for the local tenant: in production the defaults are right.
  ...(API_ORIGIN && { cloud: { login: LOGIN_ORIGIN ?? API_ORIGIN, api: API_ORIGIN }, allowInsecureLoopback: true }),
});

try {
  // An application has no mailbox: it has to name one.
  /** @type {any} Outlook REST writes its fields with a capital: `Id`, `Subject`. */
  const event = await client.mailbox(user).calendar.events.create({ subject, start, end });
  console.log(JSON.stringify({ id: event.id ?? event.Id, subject: event.subject ?? event.Subject }));
} catch (error) {
  if (!(error instanceof Exo365Error)) throw error;
  console.error(`${error.code}: ${error.message}\n${error.remedy}`);
  process.exitCode = 1;
}

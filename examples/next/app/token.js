// Tokens of the application, for server components. `exo365-endpoint app-token --listen` has the secret; this process has a
// key that gets it tokens, on this machine only.
const { TOKEN_SOURCE = 'http://127.0.0.1:8366/token', EXO365_APP_KEY } = process.env;

/** @param {import('exo365').TokenRequest} request */
export async function getToken({ forceRefresh, signal }) {
  const answer = await fetch(TOKEN_SOURCE, {
    method: 'POST',
    cache: 'no-store',
    headers: { authorization: `Bearer ${EXO365_APP_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ forceRefresh: Boolean(forceRefresh) }),
    signal,
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`no token: ${body.error.code}: ${body.error.message}`);
  return body; // { token, expiresIn, scopes }
}

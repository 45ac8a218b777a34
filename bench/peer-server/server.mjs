// Express with MSAL for Node, with the same functions as the endpoint: exchange a code for a session, and give out the
// session's access token. Settings are environment variables: AUTHORITY, KNOWN_AUTHORITY, CLIENT_ID, CLIENT_SECRET.
import { ConfidentialClientApplication } from '@azure/msal-node';
import express from 'express';
import session from 'express-session';
import { fill } from './fill.mjs';

const { AUTHORITY: authority, KNOWN_AUTHORITY, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = process.env;
const scopes = ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'];
const msal = new ConfidentialClientApplication({
  auth: { clientId, clientSecret, authority, knownAuthorities: [KNOWN_AUTHORITY] },
});

const store = new session.MemoryStore();
const secret = 'of this process only';
const app = express();
app.use(express.json());
app.use(
  session({ secret, store, resave: false, saveUninitialized: false, cookie: { httpOnly: true, sameSite: 'strict' } }),
);

const seconds = ({ expiresOn }) => Math.floor((expiresOn - Date.now()) / 1000);

app.post('/exchange', async (request, response) => {
  const { code, codeVerifier, nonce, redirectUri } = request.body;
  const result = await msal.acquireTokenByCode({ code, codeVerifier, nonce, redirectUri, scopes });
  // Like Microsoft's samples, keep the account in the session: to find it by its id, MSAL searches all accounts and,
  // for each, all ID tokens.
  request.session.account = result.account;
  response.json({ accessToken: result.accessToken, expiresIn: seconds(result), scopes: result.scopes });
});

app.post('/token', async (request, response) => {
  const { account } = request.session;
  if (!account) return response.status(401).json({ error: { code: 'signed_out' } });
  const result = await msal.acquireTokenSilent({ account, scopes });
  response.json({ accessToken: result.accessToken, expiresIn: seconds(result), scopes: result.scopes });
});

// For the measurement of memory: adds users as if they had signed in.
app.post('/fill', async (request, response) =>
  response.json({ cookies: await fill({ msal, store, secret, count: request.body.count }) }),
);

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));

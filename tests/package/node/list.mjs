// A job on a server: it gets a token with the application's secret, and reads a mailbox.
import { createClient } from 'exo365';

const { ORIGIN, TENANT, CLIENT_ID, CLIENT_SECRET } = process.env;

async function getToken() {
  const response = await fetch(`${ORIGIN}/${TENANT}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const reply = await response.json();
  if (!response.ok) throw new Error(reply.error_description);
  return { token: reply.access_token, expiresIn: reply.expires_in, scopes: [] };
}

const client = await createClient({ getToken, cloud: { login: ORIGIN, api: ORIGIN }, allowInsecureLoopback: true });
const { items } = await client.mailbox('adele@contoso.example').mail.messages.list({ select: ['subject'], top: 5 });
console.log(JSON.stringify({ account: client.account, subjects: items.map(({ subject }) => subject) }));

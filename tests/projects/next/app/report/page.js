// A server component: reads a mailbox with a token of the application.
import { createClient } from 'exo365';

export const dynamic = 'force-dynamic';

const { LOGIN, TENANT_ID, CLIENT_ID, CLIENT_SECRET } = process.env;

async function getToken() {
  const answer = await fetch(`${LOGIN}/${TENANT_ID}/oauth2/v2.0/token`, {
    method: 'POST',
    cache: 'no-store',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const { access_token: token, expires_in: expiresIn } = await answer.json();
  return { token, expiresIn, scopes: [] };
}

export default async function Report() {
  const client = await createClient({ getToken, cloud: { login: LOGIN, api: LOGIN }, allowInsecureLoopback: true });
  const { items } = await client.mailbox('adele@contoso.example').mail.messages.list({ select: ['subject'], top: 5 });
  return <p id="report">{`${items.length} messages`}</p>;
}

// The package in a program of CommonJS.
const { createClient, Exo365Error, filter } = require('exo365');

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
  return { token: reply.access_token, expiresIn: reply.expires_in, scopes: [] };
}

async function main() {
  const client = await createClient({ getToken, cloud: { login: ORIGIN, api: ORIGIN }, allowInsecureLoopback: true });
  const { items } = await client.mailbox('adele@contoso.example').mail.messages.list({ select: ['subject'], top: 5 });
  const exports = [typeof createClient, typeof Exo365Error, typeof filter];
  console.log(JSON.stringify({ exports, subjects: items.length }));
}
main();

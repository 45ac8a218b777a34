// A server component: reads a mailbox with a token of the application.
import { createClient } from 'exo365';
import { getToken } from '../token.js';

export const dynamic = 'force-dynamic';

// Only for the local tenant: in production there is no API_ORIGIN, and the defaults are right.
const { API_ORIGIN, MAILBOX = 'adele@contoso.example' } = process.env;
const local = API_ORIGIN && { cloud: { login: API_ORIGIN, api: API_ORIGIN }, allowInsecureLoopback: true };

export default async function Report() {
  const client = await createClient({ getToken, ...local });
  const { items } = await client.mailbox(MAILBOX).mail.messages.list({ select: ['subject'], top: 5 });
  return <p id="report">{`${items.length} messages`}</p>;
}

// Reads on the server, by a token of the server's own, and in the page, by the session of the user.
import { createClient } from 'exo365';
import { Exo365Provider, useAccount, useCall, useExo365 } from 'exo365/react';

const answer = () => Response.json({ value: [{ id: '1', subject: 'From the server' }] });

export async function loader() {
  const client = await createClient({ getToken: async () => 'a-token', fetch: async () => answer() });
  const { items } = await client.mail.messages.list({ select: ['subject'] });
  return items.map(({ subject }) => subject);
}

const open = () => createClient({ endpoint: '/auth' });

async function readAndMark({ account, mail }, { signal }) {
  if (!account) return [];
  const { items } = await mail.messages.list({ select: ['subject'], top: 5, signal });
  await mail.messages.update(items[0].id, { isRead: true });
  return items;
}

function Inbox({ loaded }) {
  const { client, status, error } = useExo365();
  const account = useAccount();
  const { data = [], error: refused } = useCall(readAndMark);
  const failure = error ?? refused;
  const state = status === 'ready' ? (account?.username ?? 'signed out') : 'loading';
  return (
    <>
      <p id="state">{failure ? `${failure.code}: ${failure.message}` : loaded === 'From the server' ? state : 'no loader'}</p>
      <button type="button" id="signin" onClick={() => client?.signIn()}>
        Sign in
      </button>
      <ul id="inbox">
        {data.map(({ id, subject }) => (
          <li key={id}>{subject}</li>
        ))}
      </ul>
    </>
  );
}

export default function Page({ loaderData }) {
  return (
    <Exo365Provider open={open}>
      <Inbox loaded={loaderData[0]} />
    </Exo365Provider>
  );
}

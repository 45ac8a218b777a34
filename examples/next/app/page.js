// A client component: the page of the user.
'use client';
import { createClient } from 'exo365';
import { Exo365Provider, useAccount, useCall, useExo365 } from 'exo365/react';

const open = () => createClient({ endpoint: '/auth' });

function Inbox() {
  const { data, error } = useCall((client, { signal }) =>
    client.mail.messages.list({ select: ['subject'], top: 5, signal }),
  );
  if (error) return <p>{`${error.code}: ${error.message}`}</p>;
  return (
    <ul id="inbox">
      {data?.items.map(({ id, subject }) => (
        <li key={id}>{subject}</li>
      ))}
    </ul>
  );
}

function App() {
  const { status, client, error } = useExo365();
  const account = useAccount();
  const said = status === 'failed' ? `${error.code}: ${error.message}` : (account?.username ?? 'signed out');
  return (
    <>
      <p id="state">{status === 'opening' ? 'loading' : said}</p>
      <button id="signin" type="button" onClick={() => client?.signIn().catch(console.error)}>
        Sign in
      </button>
      {account && <Inbox />}
    </>
  );
}

export default function Page() {
  return (
    <Exo365Provider open={open}>
      <App />
    </Exo365Provider>
  );
}

// Who is signed in, and the inbox.
import { useAccount, useExo365 } from 'exo365/react';
import { Inbox } from './Inbox';
import { sentence } from './sentence';

export function App() {
  const { status, client, error, retry } = useExo365();
  const account = useAccount();
  if (status === 'opening') return <p id="state">Loading</p>;
  if (status === 'failed')
    return (
      <>
        <p id="state">{sentence(error)}</p>
        <button type="button" onClick={retry}>
          Try again
        </button>
      </>
    );
  return (
    <>
      <p id="state">{account ? account.username : 'signed out'}</p>
      {account ? (
        <button type="button" id="signout" onClick={() => client?.signOut()}>
          Sign out
        </button>
      ) : (
        <button type="button" id="signin" onClick={() => client?.signIn()}>
          Sign in
        </button>
      )}
      {account && <Inbox />}
    </>
  );
}

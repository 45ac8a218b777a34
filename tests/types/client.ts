// What a page's author writes, and what the compiler must refuse to let them write.
import { createClient, type AccessToken, type Account, type Client } from 'exo365';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

export async function oneWayIn(signal: AbortSignal): Promise<void> {
  const client = await createClient({ endpoint: '/auth' });
  holds<Equal<typeof client, Client<'graph'>>>();
  holds<Equal<typeof client.account, Account | null>>();

  // @ts-expect-error: no account without a check for null
  client.account.username;
  // @ts-expect-error: the account is the client's to change
  client.account = null;
  // @ts-expect-error: S3, no password API exists
  await client.signIn({ username: 'adele@contoso.example', password: 'Password1!' });
  // @ts-expect-error: S2, no response type can be chosen
  await client.signIn({ responseType: 'token' });
  // @ts-expect-error: S1, the page has no place for a secret
  await createClient({ endpoint: '/auth', clientSecret: 'x' });
  // @ts-expect-error: a typing error in a setting is found
  await createClient({ endpont: '/auth' });
  // @ts-expect-error: there is no other way in
  new Client();

  const account = await client.signIn({
    loginHint: 'adele@contoso.example',
    prompt: 'select_account',
    returnTo: '/mail',
    signal,
  });
  holds<Equal<typeof account, Account>>();
  const link: string = client.authorizeUrl({ domainHint: 'contoso.example', scopes: ['Mail.Read'] });
  const token: AccessToken = await client.getToken({ scopes: ['Mail.Read'], signal });
  await client.signOut({ scope: 'microsoft', signal });
  // @ts-expect-error: a scope that does not exist
  await client.signOut({ scope: 'everything' });
  const stop: () => void = client.on('signedout', ({ reason }) =>
    holds<Equal<typeof reason, 'user' | 'expired' | 'revoked' | 'other-tab'>>(),
  );
  // @ts-expect-error: no such event
  client.on('signedOut', () => {});
  void [link, token, stop];
}

export async function tokensFromElsewhere(): Promise<void> {
  await createClient({
    getToken: async () => 'token',
    api: 'graph',
    cloud: { login: 'http://127.0.0.1:8365', api: 'http://127.0.0.1:8365' },
    allowInsecureLoopback: true,
  });
  await createClient({ getToken: async ({ scopes }) => ({ token: String(scopes), expiresIn: 3600, scopes: [] }) });
  // @ts-expect-error: a token is a string or an AccessToken
  await createClient({ getToken: async () => 42 });
  await createClient({ getToken: async () => 'token', wasm: new URL('https://static.contoso.example/exo365_bg.wasm') });
  // @ts-expect-error: a cloud of its own has both hosts
  await createClient({ getToken: async () => 'token', cloud: { api: 'https://graph.microsoft.com' } });
}

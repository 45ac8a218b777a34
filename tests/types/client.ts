// What a page's author writes, and what the compiler must refuse to let them write.
import { createClient, type AccessToken, type Account, type Client } from 'exo365';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

export async function oneWayIn(): Promise<void> {
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

  const account = await client.signIn({ loginHint: 'adele@contoso.example', prompt: 'select_account', returnTo: '/mail' });
  holds<Equal<typeof account, Account>>();
  const link: string = client.authorizeUrl();
  const token: AccessToken = await client.getToken({ scopes: ['Mail.Read'] });
  await client.signOut({ scope: 'microsoft' });
  client.on('signedout', ({ reason }) => holds<Equal<typeof reason, 'user' | 'expired' | 'revoked' | 'other-tab'>>());
  void [link, token];
}

export async function tokensFromElsewhere(): Promise<void> {
  await createClient({ getToken: async () => 'token' });
  await createClient({ getToken: async ({ scopes }) => ({ token: String(scopes), expiresIn: 3600, scopes: [] }) });
  // @ts-expect-error: a token is a string or an AccessToken
  await createClient({ getToken: async () => 42 });
}

export async function flavours(): Promise<void> {
  const outlook = await createClient({ endpoint: '/auth', api: 'outlook-v2' });
  const { items } = await outlook.mail.messages.list({ select: ['Subject'] });
  const subject: string | null | undefined = items[0]?.Subject;
  // @ts-expect-error: Outlook spells it Subject
  await outlook.mail.messages.list({ select: ['subject'] });
  void subject;
}

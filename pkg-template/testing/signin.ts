// A sign-in at the local tenant without a browser: by the forms of its pages.
import { send } from './node.ts';

/** The registration that the tenant starts with. */
const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
const CLIENT_SECRET = 'local-tenant-secret-not-for-production';
const REDIRECT_URI = 'http://localhost/';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Signs `user` in, and consents to `scopes`; gives the code. */
async function authorizationCode(origin: string, user: string, scopes: string): Promise<string> {
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: scopes,
    state: 'test',
  });
  let answer = await send('GET', `${origin}/organizations/oauth2/v2.0/authorize?${query}`);
  let cookie = '';
  const steps: Record<string, string>[] = [{ account: user }, { decision: 'accept' }, {}];
  for (const fields of steps) {
    const { location, 'set-cookie': cookies } = answer.headers;
    cookie = String(cookies ?? cookie).split(';')[0] as string;
    if (typeof location === 'string') {
      const back = new URL(location).searchParams;
      const code = back.get('code');
      if (code) return code;
      throw new Error(`${user} could not sign in: ${back.get('error_description')}`);
    }
    const [, action] = /<form method="post" action="([^"]+)"/.exec(answer.text) ?? [];
    const [, flow] = /<input type="hidden" name="flow" value="([^"]*)"/.exec(answer.text) ?? [];
    const said = /class="error"[^>]*>([^<]+)/.exec(answer.text)?.[1];
    if (!action || !flow || said) throw new Error(`${user} could not sign in: ${said ?? answer.text}`);
    const body = String(new URLSearchParams({ flow, ...fields }));
    answer = await send('POST', origin + action, { ...FORM, ...(cookie && { cookie }) }, body);
  }
  throw new Error(`${user} could not sign in: the pages of the tenant lead nowhere`);
}

interface TokenAnswer {
  access_token: string;
  refresh_token?: string;
  expires_in: number;
  scope: string;
  error_description?: string;
}

async function tokens(origin: string, grant: Record<string, string>): Promise<TokenAnswer> {
  const registration = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
  const body = String(new URLSearchParams({ ...registration, ...grant }));
  const { status, text } = await send('POST', `${origin}/organizations/oauth2/v2.0/token`, FORM, body);
  const answer: TokenAnswer = JSON.parse(text);
  if (status !== 200) throw new Error(`the tenant gave no token: ${answer.error_description}`);
  return answer;
}

/** Signs `user` in, and gives what `createClient` takes as `getToken`. */
export async function signIn(origin: string, user: string, scopes: readonly string[]) {
  const scope = ['openid', 'profile', 'offline_access', ...scopes].join(' ');
  const code = await authorizationCode(origin, user, scope);
  let last = await tokens(origin, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, scope });
  let fresh = true;
  return async ({ claims }: { claims?: string }) => {
    // The first token is that of the sign-in. Whoever asks again knows that it is over.
    if (!fresh)
      last = await tokens(origin, {
        grant_type: 'refresh_token',
        refresh_token: last.refresh_token ?? '',
        scope,
        ...(claims && { claims }),
      });
    fresh = false;
    return { token: last.access_token, expiresIn: last.expires_in, scopes: last.scope.split(' ') };
  };
}

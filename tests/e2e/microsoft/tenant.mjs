// The tenant over https, which Microsoft's clients require, with a certificate authority that only they trust. And a
// sign-in without a browser, for any tenant.
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Control } from '../control.mjs';
import { CLIENT_ID, scratch, startTenant } from '../processes.mjs';

/**
 * Starts the tenant. `authority` is the file with the certificate of the authority; `send` is a `fetch` that trusts it.
 */
export async function startSecureTenant(args = []) {
  const authority = join(scratch(), 'authority.pem');
  const tenant = await startTenant(['--tls', '--tls-cert-out', authority, ...args]);
  const url = tenant.url.replace('http:', 'https:');
  const send = trusting(readFileSync(authority));
  return { ...tenant, url, host: new URL(url).host, authority, send, control: new Control(url, send) };
}

/**
 * A `fetch` that trusts the authority `ca`: Node's own takes further authorities only at its start. This one follows no
 * redirects.
 *
 * @returns {(url: string, options?: { method?: string, headers?: Record<string, string>, body?: string }) => Promise<Response>}
 */
const trusting =
  (ca) =>
  (url, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const call = request(url, { method, headers, ca }, async (answer) => {
        try {
          const chunks = [];
          for await (const chunk of answer) chunks.push(chunk);
          const received = new Headers();
          for (let at = 0; at < answer.rawHeaders.length; at += 2)
            received.append(answer.rawHeaders[at], answer.rawHeaders[at + 1]);
          resolve(
            new Response(answer.statusCode === 204 ? null : Buffer.concat(chunks), {
              status: answer.statusCode,
              headers: received,
            }),
          );
        } catch (error) {
          reject(error);
        }
      });
      call.on('error', reject).end(body);
    });

/** A `fetch` that follows no redirects, for a tenant without https. */
const unfollowed = (url, options) => fetch(url, { redirect: 'manual', ...options });
const random = (bytes) => randomBytes(bytes).toString('base64url');

/**
 * Begins an authorization code flow with PKCE: the authorize URL, and what the token request needs besides the code.
 * `more` adds or replaces parameters.
 */
export function codeFlow(tenant, redirectUri, more = {}) {
  const [codeVerifier, nonce] = [random(32), random(16)];
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: redirectUri,
    state: random(16),
    nonce,
    scope: 'openid profile offline_access User.Read Mail.ReadWrite Mail.Send Calendars.ReadWrite Contacts.ReadWrite',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  return { authorize: `${tenant.url}/organizations/oauth2/v2.0/authorize?${query}`, codeVerifier, nonce, redirectUri };
}

/** The body for the endpoint's `/exchange`; `back` is the URL that the sign-in returned to. */
export const exchangeBody = ({ codeVerifier, nonce, redirectUri }, back) => ({
  code: new URL(back).searchParams.get('code'),
  codeVerifier,
  nonce,
  redirectUri,
});

/** Creates a session at the endpoint whose routes are below `base`; gives its cookie. `origin` is the page's. */
export async function exchange(base, flow, back, origin) {
  const headers = { 'content-type': 'application/json', 'x-exo365': '1', ...(origin && { origin }) };
  const answer = await fetch(`${base}/exchange`, {
    method: 'POST',
    headers,
    body: JSON.stringify(exchangeBody(flow, back)),
  });
  if (!answer.ok) throw new Error(`${base}/exchange: ${answer.status} ${await answer.text()}`);
  return answer.headers.getSetCookie()[0].split(';')[0];
}

/**
 * Signs in without a browser, by the forms behind an authorize URL; gives the URL that it returns to (a posted form as
 * its query).
 */
export async function signInByForms({ url, send = unfollowed }, authorize, account) {
  let answer = await send(authorize);
  let cookie;
  for (const fields of [{ account }, { decision: 'accept' }, {}]) {
    if (answer.status === 302) return answer.headers.get('location');
    const html = await answer.text();
    const [, action] = html.match(/<form method="post" action="([^"]+)"/) ?? [];
    const inputs = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    const { flow } = Object.fromEntries(inputs);
    if (action?.startsWith('http')) return `${action}?${new URLSearchParams(inputs)}`;
    if (!action || !flow) throw new Error(`no form on the page:\n${html}`);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(cookie && { cookie }) };
    answer = await send(url + action, {
      method: 'POST',
      headers,
      body: String(new URLSearchParams({ flow, ...fields })),
    });
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
  }
  throw new Error(`the pages did not lead back: ${answer.status}\n${await answer.text()}`);
}

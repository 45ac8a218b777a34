// The sessions of the measured pages: a cookie of the endpoint, or what a library keeps in the tab's storage.
import { choose } from '../../tests/e2e/harness.mjs';
import { codeFlow, exchange, signInByForms } from '../../tests/e2e/microsoft/tenant.mjs';

const ADELE = 'adele@contoso.example';

/** Puts entries into the tab's storage. */
const fill = (kept) => (page) =>
  page.evaluate((kept) => {
    for (const [key, value] of kept) sessionStorage.setItem(key, value);
  }, kept);

/** Signs in by the page's button, once; gives what the library left in `sessionStorage`. */
async function signIn(browser, origin) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => document.querySelector('button').onclick);
  await page.click('#signin');
  await choose(page, ADELE);
  await page.waitForFunction(() => globalThis.shown);
  const kept = await page.evaluate(() => Object.entries(sessionStorage));
  await context.close();
  return kept;
}

/** MSAL's storage as it is an hour later: the access token has ended, the refresh token has not. */
function ended([key, value]) {
  if (!key.includes('accesstoken')) return [key, value];
  const past = String(Math.floor(Date.now() / 1000) - 60);
  return [key, JSON.stringify({ ...JSON.parse(value), expiresOn: past, extendedExpiresOn: past })];
}

/** Creates a session at the endpoint; gives its cookie. */
async function endpointSession(tenant, endpoint, origin) {
  const flow = codeFlow(tenant, `${origin}/`);
  const back = await signInByForms(tenant, flow.authorize, ADELE);
  return exchange(`${endpoint.url}/auth`, flow, back, origin);
}

/** An access token of the user. */
async function accessToken(endpoint, origin, cookie) {
  const headers = { 'content-type': 'application/json', 'x-exo365': '1', origin, cookie };
  const answer = await fetch(`${endpoint.url}/auth/token`, { method: 'POST', headers, body: '{}' });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).accessToken;
}

/**
 * Prepares the session of a page. Gives what puts it into an empty page of the origin, where it is in the storage; a
 * cookie is set by the page's server.
 */
export async function session(kind, { browser, tenant, endpoint, origin, server }) {
  if (kind === 'msal' || kind === 'oidc') return fill(await signIn(browser, origin));
  if (kind === 'ended') return fill((await signIn(browser, origin)).map(ended));
  const cookie = await endpointSession(tenant, endpoint, origin);
  if (kind === 'bare') {
    const token = await accessToken(endpoint, origin, cookie);
    return fill([['session', JSON.stringify({ name: ADELE, token })]]);
  }
  server.setCookie(`${cookie}; Path=/; Secure; HttpOnly; SameSite=Strict`);
  return undefined;
}

// `/token` of a live session: the endpoint beside Express + MSAL for Node, one after the other in this run, by wrk. And what the endpoint
// weighs with a hundred thousand sessions.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signInByForms, startSecureTenant } from '../tests/e2e/microsoft/tenant.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, scratch, startEndpoint, startTenant } from '../tests/e2e/processes.mjs';

const SECONDS = 8;
const CONNECTIONS = 32;
const ADELE = 'adele@contoso.example';
const text = (bytes) => randomBytes(bytes).toString('base64url');
const headers = { 'content-type': 'application/json', 'x-exo365': '1' };

/** What a page sends to the sign-in service, and has to say afterwards. */
function flow(tenant, redirectUri) {
  const [codeVerifier, nonce] = [text(32), text(16)];
  const query = new URLSearchParams({
    client_id: CLIENT_ID, response_type: 'code', response_mode: 'query', redirect_uri: redirectUri, state: text(8), nonce,
    scope: 'openid profile offline_access User.Read Mail.ReadWrite Mail.Send Calendars.ReadWrite Contacts.ReadWrite',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'), code_challenge_method: 'S256',
  });
  return { authorize: `${tenant.url}/organizations/oauth2/v2.0/authorize?${query}`, codeVerifier, nonce, redirectUri };
}

/** A session at `url` after a code; gives its cookie. */
async function exchange(url, { codeVerifier, nonce, redirectUri }, back, origin) {
  const code = new URL(back).searchParams.get('code');
  const answer = await fetch(`${url}/exchange`, { method: 'POST', headers: { ...headers, ...(origin && { origin }) }, body: JSON.stringify({ code, codeVerifier, nonce, redirectUri }) });
  if (!answer.ok) throw new Error(`${url}/exchange: ${answer.status} ${await answer.text()}`);
  return answer.headers.getSetCookie()[0].split(';')[0];
}

/** Requests per second and the 99th percentile in milliseconds. */
function load(url, cookie, origin) {
  const script = join(scratch(), 'token.lua');
  const lines = Object.entries({ ...headers, cookie, ...(origin && { origin }) }).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  writeFileSync(script, `wrk.method = "POST"\nwrk.body = "{}"\n${lines.join('\n')}\n`);
  const said = execFileSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '--latency', '-s', script, url], { encoding: 'utf8' });
  if (/Non-2xx|Socket errors/.test(said)) throw new Error(said);
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(said);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)[1]), p99: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit] };
}

const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

async function startPeer(tenant) {
  const child = spawn('node', [fileURLToPath(new URL('peer-server/server.mjs', import.meta.url))], {
    env: { ...process.env, NODE_ENV: 'production', NODE_EXTRA_CA_CERTS: tenant.authority, AUTHORITY: `${tenant.url}/${TENANT_ID}`, KNOWN_AUTHORITY: tenant.host, CLIENT_ID, CLIENT_SECRET },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  const port = await new Promise((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(Number(line)));
    child.once('exit', (code) => reject(new Error(`the peer ended: ${code}`)));
  });
  return { url: `http://127.0.0.1:${port}`, end: () => child.kill() };
}

/** `{ exo365, peer }`: each `{ rate, p99 }`. */
export async function token() {
  const secure = await startSecureTenant();
  const peer = await startPeer(secure);
  const own = flow(secure, 'http://localhost/');
  const theirs = load(`${peer.url}/token`, await exchange(peer.url, own, await signInByForms(secure, own.authorize, ADELE)));
  peer.end();
  await secure.end();

  const tenant = await startTenant();
  const endpoint = await startEndpoint({ login: tenant.url, limit_per_address: 0, limit_per_session: 0 });
  const base = `${endpoint.url}/auth`;
  const ours = flow(tenant, `${endpoint.url}/`);
  const plain = { url: tenant.url, send: (url, options) => fetch(url, { redirect: 'manual', ...options }) };
  const cookie = await exchange(base, ours, await signInByForms(plain, ours.authorize, ADELE), endpoint.url);
  const result = load(`${base}/token`, cookie, endpoint.url);
  await endpoint.end();
  await tenant.end();
  return { exo365: result, peer: theirs };
}

/** Resident memory of the endpoint in MiB, empty and with `count` sessions, each of which signed in. */
export async function sessions(count) {
  const tenant = await startTenant();
  const endpoint = await startEndpoint({ login: tenant.url, limit_per_address: 0, limit_per_session: 0 });
  const base = `${endpoint.url}/auth`;
  const before = memory(endpoint.pid);
  // The sign-in service knows the browser after the first time: one request for each code then.
  let cookie;
  const send = async (url, options = {}) => {
    const answer = await fetch(url, { redirect: 'manual', ...options, headers: { ...options.headers, ...(cookie && { cookie }) } });
    cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ') || cookie;
    return answer;
  };
  const first = flow(tenant, `${endpoint.url}/`);
  const one = await exchange(base, first, await signInByForms({ url: tenant.url, send }, first.authorize, ADELE), endpoint.url);
  let done = 1;
  const worker = async () => {
    while (done++ < count) {
      const next = flow(tenant, `${endpoint.url}/`);
      const back = (await fetch(next.authorize, { redirect: 'manual', headers: { cookie } })).headers.get('location');
      await exchange(base, next, back, endpoint.url);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  load(`${base}/token`, one, endpoint.url);
  const after = memory(endpoint.pid);
  await endpoint.end();
  await tenant.end();
  return { before, after, count };
}

// `/token` of a valid session, measured by wrk: the endpoint against Express + MSAL for Node, in turns. And the memory
// of each with a hundred thousand sessions.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './list.mjs';
import { codeFlow, exchange, signInByForms, startSecureTenant } from '../tests/e2e/microsoft/tenant.mjs';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  TENANT_ID,
  root,
  scratch,
  start,
  startEndpoint,
  startTenant,
} from '../tests/e2e/processes.mjs';

const SECONDS = 4;
const ROUNDS = 3;
const CONNECTIONS = 32;
/** Requests to the full peer, each for another session. */
const ASKED = 10;
const ADELE = 'adele@contoso.example';
const headers = { 'content-type': 'application/json', 'x-exo365': '1' };

/** Processor time that a process has used, in seconds. */
const processor = (pid) => {
  // Behind the name, which is in parentheses: user and system time are in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** Resident memory in MiB. */
const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/**
 * A script for wrk: always the same request, or the requests of several cookies in turn. They are prepared before the
 * measurement.
 */
const script = (cookies, file, origin, method) => `
wrk.method = "${method}"
wrk.body = ${method === 'POST' ? '"{}"' : 'nil'}
${Object.entries({ ...headers, ...(cookies[0] && { cookie: cookies[0] }), ...(origin && { origin }) })
  .map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
  .join('\n')}
${
  cookies.length <= 1
    ? ''
    : `
local all, at = {}, 0
init = function()
  for cookie in io.lines(${JSON.stringify(file)}) do
    wrk.headers.cookie = cookie
    all[#all + 1] = wrk.format()
  end
end
request = function()
  at = at % #all + 1
  return all[at]
end`
}
`;

/**
 * Runs wrk. Gives the requests per second (`rate`), the 50th and 99th percentile and the longest time in milliseconds,
 * the peak memory of the process `pid` in MiB, and the microseconds of processor time that it used for each request
 * (`work`). Rejects if a request fails.
 *
 * @param {string} url
 * @param {string[]} cookies
 * @param {{ origin?: string, pid: number, seconds?: number, dir?: string, method?: string, connections?: number }} options
 */
export async function load(
  url,
  cookies,
  { origin, pid, seconds = SECONDS, dir = scratch(), method = 'POST', connections = CONNECTIONS },
) {
  const [file, lua] = [join(dir, 'cookies'), join(dir, 'token.lua')];
  writeFileSync(file, `${cookies.join('\n')}\n`);
  writeFileSync(lua, script(cookies, file, origin, method));
  const before = processor(pid);
  const wrk = spawn(
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency', '-s', lua, url],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  wrk.stdout.setEncoding('utf8').on('data', (more) => (output += more));
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, memory(pid));
  }, 200);
  await new Promise((resolve, reject) => wrk.once('error', reject).once('close', resolve));
  clearInterval(sampling);
  const used = processor(pid) - before;
  if (/Non-2xx|Socket errors/.test(output) || !/Requests\/sec/.test(output)) throw new Error(output);
  const milliseconds = (/** @type {RegExpExecArray} */ [, value, unit]) =>
    Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit];
  const percentile = (name) => milliseconds(new RegExp(`${name}%\\s+([\\d.]+)(us|ms|s)`).exec(output));
  // wrk prints mean, deviation, longest.
  const longest = milliseconds(/Latency(?:\s+[\d.]+(?:us|ms|s)){2}\s+([\d.]+)(us|ms|s)/.exec(output));
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]),
    p50: percentile(50),
    p99: percentile(99),
    longest,
    memory: peak,
    work: (used * 1e6) / Number(/(\d+) requests in/.exec(output)[1]),
  };
}

/** Starts a server of `bench/bare`. */
export const startBare = (...args) =>
  start(`bare ${args[0]}`, process.env.EXO365_BARE_BIN ?? join(root, 'target/server/exo365-bare'), args);

async function startPeer(tenant) {
  const child = spawn('node', ['--expose-gc', fileURLToPath(new URL('peer-server/server.mjs', import.meta.url))], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NODE_EXTRA_CA_CERTS: tenant.authority,
      AUTHORITY: `${tenant.url}/${TENANT_ID}`,
      KNOWN_AUTHORITY: tenant.host,
      CLIENT_ID,
      CLIENT_SECRET,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  const port = await new Promise((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(Number(line)));
    child.once('exit', (code) => reject(new Error(`the peer ended: ${code}`)));
  });
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, end: () => child.kill() };
}

/** Median of the rounds: `{ rate, p50, p99, work }`. */
export const sum = (all) => ({
  rate: median(all.map(({ rate }) => rate)),
  p50: median(all.map(({ p50 }) => p50)),
  p99: median(all.map(({ p99 }) => p99)),
  work: median(all.map(({ work }) => work)),
});

/**
 * Measures the endpoint, the peer, and an axum server with a constant answer of the same length, in turns; gives
 * `{ rate, p50, p99, work }` of each, as medians of the rounds.
 */
export async function token() {
  const secure = await startSecureTenant();
  const peer = await startPeer(secure);
  const own = codeFlow(secure, 'http://localhost/');
  const theirs = [await exchange(peer.url, own, await signInByForms(secure, own.authorize, ADELE))];

  const tenant = await startTenant();
  const endpoint = await startEndpoint({ login: tenant.url, limit_per_address: 0, limit_per_session: 0 });
  const base = `${endpoint.url}/auth`;
  const endpointFlow = codeFlow(tenant, `${endpoint.url}/`);
  const ours = [
    await exchange(base, endpointFlow, await signInByForms(tenant, endpointFlow.authorize, ADELE), endpoint.url),
  ];

  const bare = await startBare('answer');

  const rounds = { exo365: [], peer: [], bare: [] };
  for (let round = 0; round < ROUNDS; round++) {
    rounds.bare.push(await load(`${bare.url}/token`, ours, { origin: endpoint.url, pid: bare.pid }));
    rounds.peer.push(await load(`${peer.url}/token`, theirs, { pid: peer.pid }));
    rounds.exo365.push(await load(`${base}/token`, ours, { origin: endpoint.url, pid: endpoint.pid }));
  }
  peer.end();
  for (const server of [endpoint, tenant, secure, bare]) await server.end();
  return { exo365: sum(rounds.exo365), peer: sum(rounds.peer), bare: sum(rounds.bare) };
}

/**
 * Measures the peer with `count` users, each with a session: one signs in, the others are copies. Gives its memory in
 * MiB, empty (`before`) and full (`memory`), and the milliseconds of one request when it is full (`wait`), for which
 * MSAL searches its whole cache.
 */
export async function peerSessions(count) {
  const secure = await startSecureTenant();
  const peer = await startPeer(secure);
  const before = memory(peer.pid);
  const own = codeFlow(secure, 'http://localhost/');
  await exchange(peer.url, own, await signInByForms(secure, own.authorize, ADELE));
  const answer = await fetch(`${peer.url}/fill`, { method: 'POST', headers, body: JSON.stringify({ count }) });
  if (!answer.ok) throw new Error(`${peer.url}/fill: ${answer.status} ${await answer.text()}`);
  const { cookies } = await answer.json();
  const full = memory(peer.pid);
  await secure.control.forget();
  const tokens = new Set();
  const begin = performance.now();
  for (let at = 0; at < ASKED; at++) {
    const cookie = cookies[Math.floor((at * cookies.length) / ASKED)];
    const served = await fetch(`${peer.url}/token`, { method: 'POST', headers: { ...headers, cookie }, body: '{}' });
    if (!served.ok) throw new Error(`${peer.url}/token: ${served.status} ${await served.text()}`);
    tokens.add((await served.json()).accessToken);
  }
  const wait = (performance.now() - begin) / ASKED;
  const renewed = (await secure.control.requests('/token')).length;
  if (tokens.size !== ASKED || renewed > 0)
    throw new Error(`the peer is not what it should be: ${tokens.size} tokens, ${renewed} renewals`);
  peer.end();
  await secure.end();
  return { before, count, memory: full, wait };
}

/**
 * Measures the endpoint with `count` sessions, each by a sign-in of its own: its memory when empty (`before`, MiB), and
 * the results of `load`.
 */
export async function sessions(count) {
  const tenant = await startTenant();
  const endpoint = await startEndpoint({ login: tenant.url, limit_per_address: 0, limit_per_session: 0 });
  const base = `${endpoint.url}/auth`;
  const before = memory(endpoint.pid);
  // After the first sign-in the service has a session: each further code takes one request.
  let cookie;
  const send = async (url, options = {}) => {
    const answer = await fetch(url, {
      redirect: 'manual',
      ...options,
      headers: { ...options.headers, ...(cookie && { cookie }) },
    });
    cookie =
      answer.headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ') || cookie;
    return answer;
  };
  const first = codeFlow(tenant, `${endpoint.url}/`);
  const cookies = [
    await exchange(base, first, await signInByForms({ url: tenant.url, send }, first.authorize, ADELE), endpoint.url),
  ];
  let started = 1;
  const worker = async () => {
    while (started++ < count) {
      const next = codeFlow(tenant, `${endpoint.url}/`);
      const back = (await fetch(next.authorize, { redirect: 'manual', headers: { cookie } })).headers.get('location');
      cookies.push(await exchange(base, next, back, endpoint.url));
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  const result = await load(`${base}/token`, cookies, { origin: endpoint.url, pid: endpoint.pid });
  await endpoint.end();
  await tenant.end();
  return { before, count: cookies.length, ...result };
}

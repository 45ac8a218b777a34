// The local tenant: how fast it starts and answers with 100,000 messages. Its part of the results is TENANT.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request, Agent } from 'node:http';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './list.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID } from '../tests/e2e/processes.mjs';

const STARTS = 5;
const ROUNDS = 60;
const MESSAGES = 100_000;
const results = fileURLToPath(new URL('TENANT.md', import.meta.url));

const FILTER = 'receivedDateTime ge 2020-01-01T00:00:00Z and isRead eq false';
/** Lists, with the bar of each in milliseconds. */
const LISTS = [
  {
    what: 'a filtered, ordered page of ten',
    path: `/mailFolders/inbox/messages?$filter=${FILTER}&$orderby=receivedDateTime desc&$top=10`,
    bar: 2,
  },
  { what: 'a search, ten results', path: '/messages?$search="budget"&$top=10', bar: 2 },
  { what: 'a page of ten after 90,000', path: '/mailFolders/inbox/messages?$skip=90000&$top=10', bar: 2 },
  { what: 'the first page of changes, 50 entries', path: '/mailFolders/inbox/messages/delta?$select=subject', bar: 5 },
];

const program = process.env.EXO365_TENANT_BIN ?? 'target/server/exo365-tenant';

/** Starts a tenant; gives the milliseconds until it listens, its address, and `end`. */
async function start(args) {
  const began = performance.now();
  const child = spawn(program, ['--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const milliseconds = performance.now() - began;
  const url = /listening on (\S+)/.exec(line)?.[1];
  if (!url) throw new Error(`the tenant says: ${line}`);
  const { utime } = processorTime(child.pid);
  return {
    url,
    milliseconds,
    processor: utime,
    async end() {
      process.off('exit', stop);
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** The processor time of a process so far, user and system, in milliseconds. */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  // Clock ticks of a hundredth of a second.
  return { utime: (Number(fields[11]) + Number(fields[12])) * 10 };
}

/** Medians of several starts. */
async function startsOf(args) {
  const all = [];
  for (let at = 0; at < STARTS; at++) {
    const tenant = await start(args);
    all.push(tenant);
    await tenant.end();
  }
  return { wall: median(all.map((one) => one.milliseconds)), processor: median(all.map((one) => one.processor)) };
}

/** A GET on one connection that stays open: milliseconds until the whole answer is there. */
function timed(url, headers, agent) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const call = request(encodeURI(url), { headers, agent }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(performance.now() - began)
          : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    });
    call.on('error', reject).end();
  });
}

async function lists(url) {
  const body = new URLSearchParams({
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  });
  const answer = await fetch(`${url}/${TENANT_ID}/oauth2/v2.0/token`, { method: 'POST', body });
  const { access_token: token } = await answer.json();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const rows = [];
  for (const { what, path, bar } of LISTS) {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
      const headers = { authorization: `Bearer ${token}` };
      times.push(await timed(`${url}/v1.0/users/adele@contoso.example${path}`, headers, agent));
    }
    rows.push({ what, bar, time: median(times), least: Math.min(...times) });
  }
  agent.destroy();
  return rows;
}

/** Measures, writes TENANT.md; gives `text` and `missed`, a sentence for each missed bar. */
export async function measureTenant() {
  if (!existsSync(program)) throw new Error(`${program} is missing: run cargo xtask bench --tenant`);
  const dir = mkdtempSync(join(tmpdir(), 'exo365-bench-'));
  try {
    const file = join(dir, 'tenant.json');
    const first = await start(['--seed', `${MESSAGES}-messages`, '--data', file]);
    await first.end();
    const full = await startsOf(['--seed', 'full']);
    const data = await startsOf(['--data', file]);
    const tenant = await start(['--data', file]);
    const answered = await lists(tenant.url);
    await tenant.end();
    return report([
      { what: 'starts with `--seed full`', bar: 100, time: full.wall, beside: `${full.processor} ms of processor` },
      {
        what: 'starts with `--data` of 100,000 messages',
        bar: 1000,
        time: data.wall,
        beside: `${data.processor} ms of processor`,
      },
      ...answered.map(({ least, ...row }) => ({ ...row, beside: `the least ${least.toFixed(2)} ms` })),
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function report(rows) {
  const number = (value) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en'));
  const table = rows.map(
    ({ what, bar, time, beside }) =>
      `| ${what} | ${number(time)} ms | ${beside} | ${bar} ms | ${time <= bar ? 'kept' : 'missed'} |`,
  );
  const date = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 2 ** 30);
  const text = `# Benchmark results of the local tenant

Made by \`cargo xtask bench --tenant\`; not edited by hand. ${date}, ${cpus().length} cores, ${memory} GiB, load of the
machine ${loadavg()[0].toFixed(1)}.

| what | median | beside | bar | |
|---|---:|---:|---:|---|
${table.join('\n')}

Starts: medians of ${STARTS}, from the start of the process until it listens. Lists: medians of ${ROUNDS} calls on one
connection, of a mailbox with 100,000 messages in the Inbox, from the request until its whole answer is there.
`;
  writeFileSync(results, text);
  const missed = rows
    .filter(({ time, bar }) => time > bar)
    .map(({ what, time, bar }) => `${what}: ${number(time)} ms, not ${bar} ms`);
  return { text, missed };
}

// `/token` with sessions in Redis, while the endpoint's connections to Redis are cut: the effect on clients, measured
// by wrk.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { median } from './list.mjs';
import { load } from './token.mjs';
import { codeFlow, exchange, signInByForms } from '../tests/e2e/microsoft/tenant.mjs';
import { freePort, scratch, startEndpoint, startTenant } from '../tests/e2e/processes.mjs';

const ROUNDS = 3;
const SECONDS = 4;
/** Milliseconds between two cuts. */
const PAUSE = 100;

/** Starts a Redis that writes every change to disk, with a connection for commands. */
async function startRedis() {
  const port = await freePort();
  const dir = scratch();
  const child = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--save',
      '',
    ],
    { stdio: 'ignore' },
  );
  process.once('exit', () => child.kill());
  let line;
  for (let tries = 0; ; tries++) {
    line = createConnection(port, '127.0.0.1');
    const open = await Promise.race([
      once(line, 'connect').then(() => true),
      once(line, 'error').then(() => false),
    ]).catch(() => false);
    if (open) break;
    if (tries > 200 || child.exitCode !== null) throw new Error('redis-server does not start');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  line.setEncoding('utf8');
  /** Sends one command; gives its reply, which has to be one line. */
  const ask = async (command) => {
    line.write(`${command}\r\n`);
    const [answer] = await once(line, 'data');
    if (answer.startsWith('-')) throw new Error(`${command}: ${answer}`);
    return answer.trim();
  };
  return {
    address: `redis://127.0.0.1:${port}/0`,
    ask,
    end: () => {
      line.destroy();
      child.kill();
    },
  };
}

/** Cuts every connection but our own; gives their number. */
const cut = async (redis) => Number((await redis.ask('CLIENT KILL TYPE normal SKIPME yes')).slice(1));

/**
 * Measures rounds without a cut (`before`), with one cut in the middle (`once`) and with a cut every tenth of a second
 * (`often`): medians of `{ rate, p50, p99, longest }`. `cuts` is the number of all cut connections. Rejects if a
 * request fails.
 */
export async function measureStoreFailures() {
  const redis = await startRedis();
  const tenant = await startTenant();
  const dir = scratch();
  const keys = join(dir, 'keys');
  writeFileSync(keys, `one:${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  const endpoint = await startEndpoint({
    login: tenant.url,
    dir,
    store: redis.address,
    seal_keys_file: keys,
    limit_per_address: 0,
    limit_per_session: 0,
  });
  const base = `${endpoint.url}/auth`;
  const own = codeFlow(tenant, `${endpoint.url}/`);
  const cookies = [
    await exchange(base, own, await signInByForms(tenant, own.authorize, 'adele@contoso.example'), endpoint.url),
  ];
  let cuts = 0;
  const round = async (first = 0, pause = 0) => {
    let timer;
    const again = async () => {
      cuts += await cut(redis);
      if (pause) timer = setTimeout(again, pause);
    };
    if (first) timer = setTimeout(again, first);
    const result = await load(`${base}/token`, cookies, {
      origin: endpoint.url,
      pid: endpoint.pid,
      seconds: SECONDS,
      dir,
    });
    clearTimeout(timer);
    return result;
  };
  const rounds = { before: [], once: [], often: [] };
  for (let at = 0; at < ROUNDS; at++) {
    rounds.before.push(await round());
    rounds.once.push(await round((SECONDS * 1000) / 2));
    rounds.often.push(await round(PAUSE, PAUSE));
  }
  for (const server of [endpoint, tenant, redis]) await server.end();
  if (cuts < ROUNDS * 20) throw new Error(`only ${cuts} connections were cut`);
  const sum = (all) => ({
    rate: median(all.map(({ rate }) => rate)),
    p50: median(all.map(({ p50 }) => p50)),
    p99: median(all.map(({ p99 }) => p99)),
    longest: median(all.map(({ longest }) => longest)),
  });
  return { before: sum(rounds.before), once: sum(rounds.once), often: sum(rounds.often), cuts };
}

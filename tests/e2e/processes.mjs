// Starts the tenant and the endpoint on free ports; they end with the test process in any case.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** The unpacked package. */
export const packageDir = process.env.EXO365_PACKAGE ?? join(root, 'target/pack/package');
/** The package, imported here. */
export const importPackage = () => import(pathToFileURL(join(packageDir, 'index.js')).href);
const built = (name, variable) => process.env[variable] ?? join(root, 'target/debug', name);

export const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
export const CLIENT_SECRET = 'local-tenant-secret-not-for-production';
export const TENANT_ID = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';

const running = new Set();
const folders = new Set();
process.once('exit', () => {
  for (const child of running) child.kill();
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** A temporary folder that is removed when the process ends. */
export function scratch() {
  const dir = mkdtempSync(join(tmpdir(), 'exo365-e2e-'));
  folders.add(dir);
  return dir;
}

/**
 * Starts `server` on a free port of the loopback interface; gives the port.
 *
 * @param {import('node:net').Server} server
 */
export async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

/** A port that was free a moment ago, for a server whose URL has to be known before it starts (redirect URIs). */
export async function freePort() {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Resolves when `probe` gives a value; rejects with the output of the process if that ends first, or after 30 seconds.
 */
async function until(probe, child, log, name) {
  const begin = Date.now();
  for (;;) {
    const found = probe();
    if (found) return found;
    if (child.exitCode !== null || child.signalCode)
      throw new Error(`the ${name} ended (${child.exitCode ?? child.signalCode}):\n${log()}`);
    if (Date.now() - begin > 30_000) throw new Error(`the ${name} did not start in 30 s:\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Starts a program that takes `--port-file`; `end()` stops it and waits for its end. */
export async function start(name, program, args, env = {}) {
  if (!existsSync(program)) throw new Error(`${program} is missing: run \`cargo xtask e2e\`, which builds it`);
  const portFile = join(scratch(), 'port');
  const child = spawn(program, [...args, '--port-file', portFile], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const port = await until(
    () => existsSync(portFile) && Number(readFileSync(portFile, 'utf8').trim()),
    child,
    () => output,
    name,
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    port,
    pid: child.pid,
    url: `http://localhost:${port}`,
    log: () => output,
    async end() {
      running.delete(child);
      if (child.exitCode === null && !child.signalCode) child.kill();
      await ended;
    },
  };
}

export const startTenant = (args = []) =>
  start('tenant', built('exo365-tenant', 'EXO365_TENANT_BIN'), ['--port', '0', ...args]);

/** A token of the application itself (RFC 6749 §4.4) for Graph. */
export async function applicationToken(tenant) {
  const body = new URLSearchParams({
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  });
  const answer = await fetch(`${tenant.url}/${TENANT_ID}/oauth2/v2.0/token`, { method: 'POST', body });
  return (await answer.json()).access_token;
}

const toml = (settings) =>
  Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('');

/**
 * @typedef {object} EndpointOptions
 * @property {string} login The origin of the sign-in service.
 * @property {string} [api_origin]
 * @property {string} [page] A folder that the endpoint serves on its own origin.
 * @property {number} [port]
 * @property {string} [dir] For the configuration file and the sessions.
 * @property {string | null} [secret] Null: none.
 * @property {Record<string, string>} [env] Further variables of its environment.
 */

/**
 * Starts an endpoint. Further options are settings of the configuration file.
 *
 * @param {EndpointOptions & Record<string, unknown>} options
 */
export async function startEndpoint({
  login,
  api_origin = login,
  page,
  port,
  dir = scratch(),
  secret = CLIENT_SECRET,
  env = {},
  ...settings
}) {
  port ??= await freePort();
  const origin = `http://localhost:${port}`;
  const file = join(dir, 'endpoint.toml');
  writeFileSync(
    file,
    toml({
      client_id: CLIENT_ID,
      tenant: 'organizations',
      login,
      api_origin,
      api: 'graph',
      identity: 'v2',
      scopes: ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'],
      redirect_uris: [`${origin}/`, `${origin}/index.html`],
      origins: [origin],
      listen: `127.0.0.1:${port}`,
      insecure_loopback: true,
      page,
      database: join(dir, 'sessions.db'),
      ...settings,
    }),
  );
  const server = await start('endpoint', built('exo365-endpoint', 'EXO365_ENDPOINT_BIN'), ['--config', file], {
    ...env,
    ...(secret !== null && { EXO365_CLIENT_SECRET: secret }),
  });
  return { ...server, port, url: origin, dir };
}

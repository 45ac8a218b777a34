// Makes a project outside of this repository, with the tarball installed, and runs its commands.
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { packageDir, root } from '../e2e/processes.mjs';
import { tarball } from '../package/project.mjs';

const out = process.env.EXO365_OUT ?? join(root, 'target/projects');
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);

/** All projects, and not only the short list of `cargo xtask test`. */
export const ALL = process.env.EXO365_PROJECTS !== 'short';
/** Only the projects with this in their names. */
const WORD = process.env.EXO365_PROJECT ?? '';

export const wanted = ({ name, short = false }) => name.includes(WORD) && (ALL || short);

const npm = (dir, ...args) =>
  run('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: dir });

/** Copies `from`, folders beside this file, into one under target/projects; installs its packages and the tarball. */
export const project = (name, ...from) =>
  install(
    name,
    [...from, name].map((folder) => here(`./${folder}/`)),
  );

/** The same with a folder of `examples`. Our own packages are not on npm: its lock file is without them. */
export const example = (name) => install(`examples-${name}`, [join(root, 'examples', name)]);

async function install(name, folders) {
  const dir = join(out, name);
  const lock = join(dir, 'package-lock.json');
  const before = existsSync(lock) && readFileSync(lock, 'utf8');
  mkdirSync(dir, { recursive: true });
  for (const folder of folders)
    cpSync(folder, dir, { recursive: true, filter: (path) => !path.includes('node_modules') });
  withoutOurs(join(dir, 'package.json'));
  if (existsSync(lock) && (!existsSync(join(dir, 'node_modules')) || before !== readFileSync(lock, 'utf8')))
    await npm(dir, 'ci');
  for (const old of ['node_modules/exo365', 'node_modules/.vite', 'dist', '.parcel-cache', '.next', '.angular'])
    rmSync(join(dir, old), { recursive: true, force: true });
  await npm(dir, 'install', '--no-save', '--no-package-lock', tarball());
  return dir;
}

/** Takes our own packages out of a manifest. */
function withoutOurs(file) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  for (const list of [manifest.dependencies, manifest.devDependencies])
    for (const name of Object.keys(list ?? {})) if (/^exo365(-|$)/.test(name)) delete list[name];
  writeFileSync(file, JSON.stringify(manifest));
}

/** The program of the local tenant. */
export const TENANT = process.env.EXO365_TENANT_BIN ?? join(root, 'target/debug/exo365-tenant');

/** A local tenant by the package's own helper; `token()` gives a token of Adele. */
export async function startLocalTenant() {
  const { startTenant } = await import(pathToFileURL(join(packageDir, 'testing.js')).href);
  const { client, tenant } = await startTenant({ program: TENANT });
  return { tenant, token: async () => (await client.getToken()).token };
}

const environment = (dir, more) => ({
  ...process.env,
  NODE_ENV: undefined,
  // A test that starts tests: the inner runner must not report to the outer one.
  NODE_TEST_CONTEXT: undefined,
  EXO365_TENANT_PROGRAM: TENANT,
  ...more,
  // The tenant and the endpoint lie side by side.
  PATH: [join(dir, 'node_modules/.bin'), dirname(TENANT), process.env.PATH].join(delimiter),
});

/**
 * Runs a command of the project to its end; the error of one that fails has its output.
 *
 * @param {string} dir
 * @param {string[]} line
 */
export async function command(dir, [program, ...args], env = {}) {
  try {
    return await run(program, args, { cwd: dir, env: environment(dir, env), timeout: 300_000, maxBuffer: 2 ** 24 });
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}: ${error.message}\n${error.stdout}${error.stderr}`);
  }
}

/**
 * Starts a server of the project; resolves when it writes `ready`. `end()` ends it with what it started.
 *
 * @param {string} dir
 * @param {string[]} line
 * @param {RegExp} ready
 */
export function server(dir, [program, ...args], ready, env = {}) {
  // A group of its own: some servers are started by a program that does not pass the signal on.
  const child = spawn(program, args, { cwd: dir, env: environment(dir, env), detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const runs = () => child.exitCode === null && child.signalCode === null;
  const end = async () => {
    if (runs()) process.kill(-child.pid);
    await ended;
  };
  process.once('exit', () => runs() && process.kill(-child.pid));
  let output = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (ready.test(output)) resolve({ end });
      });
    ended.then(() => reject(new Error(`${program} ${args.join(' ')} ended:\n${output}`)));
  });
}

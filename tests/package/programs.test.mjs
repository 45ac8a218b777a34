// The programs for people without Rust: their packages, installed from the tarballs in an empty project and started by
// npx. Nothing is asked of a registry: the packages of the other platforms are not there, as on a user's machine.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CLIENT_ID, CLIENT_SECRET, root } from '../e2e/processes.mjs';
import { tarball } from './project.mjs';

const made = process.env.EXO365_PROGRAMS ?? join(root, 'target/programs');
const dir = join(process.env.EXO365_OUT ?? join(root, 'target/package'), 'programs');
const HERE = `${process.platform}-${process.arch}`;
const NAMES = ['tenant', 'endpoint'];
const timeout = 60_000;

before(() => {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{ "private": true, "type": "module" }');
  const files = readdirSync(made).filter((name) => name.endsWith('.tgz'));
  const args = ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', [...args, ...files.map((name) => join(made, name))], { cwd: dir });
});

const installed = (path) => join(dir, 'node_modules', path);
const manifest = (path) => JSON.parse(readFileSync(installed(`${path}/package.json`), 'utf8'));
const npx = (args, env = {}) =>
  spawnSync('npx', ['--no-install', ...args], { cwd: dir, encoding: 'utf8', env: { ...process.env, ...env } });

/**
 * Starts a program by npx; resolves with what it wrote when that matches `ready`.
 *
 * @param {string[]} args
 * @param {RegExp} ready
 */
async function started(t, args, ready, env = {}) {
  // A process group of its own, as a terminal gives each command.
  const child = spawn('npx', ['--no-install', ...args], { cwd: dir, env: { ...process.env, ...env }, detached: true });
  // Not `exit`: npx ends at once, and its outputs are closed when the program has ended too.
  const ended = once(child, 'close');
  t.after(async () => {
    if (child.exitCode === null && !child.signalCode) child.kill();
    await ended;
  });
  let output = '';
  const found = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        const match = ready.exec(output);
        if (match) resolve(match);
      });
    ended.then(([code, signal]) => reject(new Error(`${args.join(' ')} ended (${code ?? signal}):\n${output}`)));
  });
  return { child, ended, match: await found, output: () => output };
}

const tenantOf = (t, ...args) => started(t, ['exo365-tenant', ...args], /listening on (http\S+)/);

test('each program is a script and a package for this platform, with the licences of what is in it', () => {
  for (const name of NAMES) {
    const own = manifest(`exo365-${name}`);
    assert.deepEqual(own.bin, { [`exo365-${name}`]: 'launch.mjs' });
    const platforms = Object.keys(own.optionalDependencies);
    assert.equal(platforms.length, 5);
    assert.deepEqual(new Set(Object.values(own.optionalDependencies)), new Set([own.version]));
    const ours = `@exo365/${name}-${HERE}`;
    assert.ok(platforms.includes(ours));
    const { os, cpu, version, license, repository } = manifest(ours);
    assert.deepEqual({ os, cpu, version }, { os: [process.platform], cpu: [process.arch], version: own.version });
    assert.deepEqual({ license, url: repository.url }, { license: own.license, url: own.repository.url });
    const notices = readFileSync(installed(`${ours}/THIRD-PARTY-NOTICES.md`), 'utf8');
    for (const crate of ['axum', 'ring', 'tokio']) assert.match(notices, new RegExp(`^\\| ${crate} \\d`, 'm'));
    assert.doesNotMatch(notices, /\| exo365/);
    for (const file of ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md'])
      for (const path of [`exo365-${name}`, ours])
        assert.ok(existsSync(installed(`${path}/${file}`)), `${path}/${file}`);
    assert.equal(own.scripts ?? manifest(ours).scripts, undefined, 'nothing runs while it is installed');
  }
});

test('--help and --version reach the programs', () => {
  const { version } = manifest('exo365-tenant');
  for (const name of NAMES) {
    const help = npx([`exo365-${name}`, '--help']);
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /Usage: exo365-/);
    assert.equal(npx([`exo365-${name}`, '--version']).stdout, `exo365-${name} ${version}\n`);
  }
});

test('the exit code of a program is that of npx, and arguments with spaces arrive as they are', () => {
  const wrong = npx(['exo365-tenant', '--no-such-flag']);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--no-such-flag/);
  const missing = npx(['exo365-endpoint', 'check', '--config', 'no such folder/endpoint.toml']);
  assert.equal(missing.status, 2, missing.stderr);
  assert.match(missing.stderr, /no such folder\/endpoint\.toml/);
});

// Who ends a service ends npx alone; a terminal's Ctrl-C goes to npx and to what it started.
for (const [name, end] of Object.entries({
  'SIGTERM to npx': (pid) => process.kill(pid, 'SIGTERM'),
  'Ctrl-C': (pid) => process.kill(-pid, 'SIGINT'),
}))
  test(`the tenant runs, answers, and ends by ${name}`, { timeout }, async (t) => {
    const { child, ended, match } = await tenantOf(t, '--port', '0');
    const [, url] = match;
    assert.match(await (await fetch(url)).text(), /Local tenant/);
    end(child.pid);
    await ended;
    await assert.rejects(fetch(url), 'the program has ended too');
  });

test('without npx the signal of the end is seen by who started the program', { timeout }, async (t) => {
  const launch = (...args) => spawn(process.execPath, [installed('exo365-tenant/launch.mjs'), ...args]);
  const child = launch('--port', '0');
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);

  const other = launch('--port', '0');
  await once(other.stdout, 'data');
  // SIGQUIT is not handled by the tenant, so that it ends by it.
  other.kill('SIGQUIT');
  assert.deepEqual(await once(other, 'exit'), [null, 'SIGQUIT']);
});

test('the endpoint checks a registration at the tenant', { timeout }, async (t) => {
  const { match } = await tenantOf(t, '--port', '0');
  const settings = {
    client_id: CLIENT_ID,
    tenant: 'organizations',
    login: match[1],
    api_origin: match[1],
    redirect_uris: ['http://localhost:5173/'],
    origins: ['http://localhost:5173'],
    insecure_loopback: true,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  writeFileSync(join(dir, 'endpoint.toml'), lines.join(''));
  const good = npx(['exo365-endpoint', 'check'], { EXO365_CLIENT_SECRET: CLIENT_SECRET });
  assert.equal(good.status, 0, good.stdout + good.stderr);
  const bad = npx(['exo365-endpoint', 'check'], { EXO365_CLIENT_SECRET: 'of another application' });
  assert.notEqual(bad.status, 0);
  assert.match(bad.stdout + bad.stderr, /secret/);
});

test('a tenant that other machines reach has a key and a secret of its own', { timeout }, async (t) => {
  const usual = await tenantOf(t, '--port', '0');
  const open = await tenantOf(t, '--port', '0', '--listen', '0.0.0.0');
  const kid = async ({ match }) => (await (await fetch(`${match[1]}/common/discovery/v2.0/keys`)).json()).keys[0].kid;
  assert.notEqual(await kid(open), await kid(usual));
  const secret = /client secret, made for this run: (\S+)/.exec(open.output())?.[1] ?? '';
  const status = async (tenant, client_secret) => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      client_secret,
      scope: 'https://graph.microsoft.com/.default',
    });
    const path = '/contoso.example/oauth2/v2.0/token';
    return (await fetch(tenant.match[1] + path, { method: 'POST', body })).status;
  };
  assert.equal(await status(usual, CLIENT_SECRET), 200);
  assert.equal(await status(open, CLIENT_SECRET), 401);
  assert.equal(await status(open, secret), 200);
});

/** What the script says on a machine that is not this one. */
function elsewhere(setting) {
  writeFileSync(join(dir, 'elsewhere.mjs'), setting);
  return spawnSync(
    process.execPath,
    ['--import', pathToFileURL(join(dir, 'elsewhere.mjs')).href, installed('exo365-tenant/launch.mjs'), '--help'],
    { encoding: 'utf8' },
  );
}

test('a platform without a program is told which there are and what to do', () => {
  const done = elsewhere("Object.defineProperty(process, 'platform', { value: 'sunos' });");
  assert.equal(done.status, 1);
  assert.match(done.stderr, /^exo365-tenant: there is no program for sunos-\w+, only for darwin-arm64, .*linux-x64/);
  assert.match(done.stderr, /in a container, or build it with Rust: https:/);
});

test('Alpine is told that its C library is another one', { skip: process.platform !== 'linux' }, () => {
  const done = elsewhere('process.report.getReport = () => ({ header: {} });');
  assert.equal(done.status, 1);
  assert.match(done.stderr, /there is no program for linux-\w+-musl, only for /);
});

test('where the package of the platform was left out, the cure is named', () => {
  const done = elsewhere(
    "Object.defineProperties(process, { platform: { value: 'darwin' }, arch: { value: 'x64' } });",
  );
  assert.equal(done.status, 1);
  assert.match(done.stderr, /the package @exo365\/tenant-darwin-x64 is not installed.*--omit=optional/);
});

test('exo365/testing finds the installed tenant by itself', () => {
  execFileSync('tar', ['-xzf', tarball(), '-C', dir]);
  const script = `
    import { startTenant } from './package/testing.js';
    const { client, tenant } = await startTenant();
    console.log(client.account?.username ?? 'nobody', tenant.url);
    await tenant.end();
  `;
  writeFileSync(join(dir, 'testing.mjs'), script);
  const env = { ...process.env, EXO365_TENANT_PROGRAM: '' };
  const done = spawnSync(process.execPath, ['testing.mjs'], { cwd: dir, encoding: 'utf8', env });
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /http:\/\/localhost:\d+/);
});

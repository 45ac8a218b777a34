// A service with a token of the application: `exo365-endpoint app-token` gets the token, and the example writes into a
// user's calendar.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { newPage, openBrowser } from './browser.mjs';
import { Control } from './control.mjs';
import { BEN } from './harness.mjs';
import { makeCertificate } from './microsoft/certificate.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, packageDir, root, scratch, start, startTenant } from './processes.mjs';

const run = promisify(execFile);
const program = process.env.EXO365_ENDPOINT_BIN ?? join(root, 'target/debug/exo365-endpoint');
const KEY = '0123456789abcdef0123456789abcdef';
const certificate = makeCertificate();
let tenant;
let control;
let service;
let configs = 0;
const base = scratch();

before(async () => {
  const file = join(scratch(), 'application.pem');
  writeFileSync(file, certificate.certificate);
  tenant = await startTenant(['--client-certificate', file]);
  control = new Control(tenant.url);
  // As `npm install` would leave it.
  service = scratch();
  cpSync(join(root, 'examples/node-service'), service, { recursive: true });
  mkdirSync(join(service, 'node_modules'));
  cpSync(packageDir, join(service, 'node_modules/exo365'), { recursive: true });
});
after(() => tenant?.end());

/** Writes a configuration file without a page; gives its path. */
function config(settings = {}, files = {}) {
  configs += 1;
  const dir = join(base, String(configs));
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 });
  const all = {
    client_id: CLIENT_ID,
    tenant: TENANT_ID,
    login: tenant.url,
    api_origin: tenant.url,
    insecure_loopback: true,
    ...settings,
  };
  const file = join(dir, 'app.toml');
  writeFileSync(
    file,
    Object.entries(all)
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      .join(''),
  );
  return file;
}

/** Runs `app-token`; gives its exit code and its output. */
async function command(args, /** @type {Record<string, string>} */ { secret = CLIENT_SECRET, ...env } = {}) {
  const given = { ...process.env, ...env, ...(secret && { EXO365_CLIENT_SECRET: secret }) };
  try {
    return { code: 0, ...(await run(program, ['app-token', ...args], { env: given })) };
  } catch ({ code, stdout, stderr }) {
    return { code, stdout, stderr };
  }
}

/** Starts the token source (`app-token --listen`); it ends with the test. */
async function source(t, file) {
  const from = await start('token source', program, ['app-token', '--config', file, '--listen', '127.0.0.1:0'], {
    EXO365_APP_KEY: KEY,
    EXO365_CLIENT_SECRET: CLIENT_SECRET,
  });
  t.after(() => from.end());
  return from;
}

const example = (from, args, env = {}) =>
  run(process.execPath, ['index.mjs', ...args], {
    cwd: service,
    env: {
      ...process.env,
      TOKEN_SOURCE: `http://127.0.0.1:${from.port}/token`,
      EXO365_APP_KEY: KEY,
      API_ORIGIN: tenant.url,
      ...env,
    },
  });

/** The subjects of the events that the example created in the user's calendar. */
async function subjects(token, user) {
  const path = `/v1.0/users/${user}/events?$select=subject&$filter=startsWith(subject,'Booked')`;
  const answer = await fetch(tenant.url + path, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).value.map(({ subject }) => subject);
}

test('E51 the command writes one token, by the secret and by the certificate, of both generations', async () => {
  const files = { 'cert.pem': certificate.certificate, 'key.pem': certificate.privateKey };
  const certified = { client_certificate_file: 'cert.pem', client_key_file: 'key.pem' };
  for (const settings of [{}, { identity: 'v1' }, { api: 'outlook-v2' }, { api: 'outlook-v1' }]) {
    for (const { proof, secret } of [
      { proof: {}, secret: CLIENT_SECRET },
      { proof: certified, secret: '' },
    ]) {
      const { code, stdout, stderr } = await command(['--config', config({ ...settings, ...proof }, files)], {
        secret,
      });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^\S{20,}\n$/);
    }
  }
  const forms = (await control.requests('/token')).map(({ form }) => form);
  assert.deepEqual([...new Set(forms.map(({ grant_type }) => grant_type))], ['client_credentials']);
  assert.equal(forms.filter(({ client_assertion }) => client_assertion).length, 4);
});

test('E51 where there is no token it says why in a sentence, and ends with its own code', async () => {
  /** @type {[settings: object, env: Record<string, string>, args: string[], exit: number, words: RegExp][]} */
  const refused = [
    [{}, { secret: 'not-the-secret' }, [], 9, /secret/],
    [{ tenant: 'organizations' }, {}, [], 2, /one tenant/],
    [{ login: 'http://localhost:1' }, {}, [], 9, /reached/],
    [{}, { EXO365_APP_KEY: KEY }, ['--listen', '0.0.0.0:0'], 2, /127\.0\.0\.1/],
    [{}, {}, ['--listen', '127.0.0.1:0'], 3, /EXO365_APP_KEY/],
    [{}, { EXO365_APP_KEY: 'short' }, ['--listen', '127.0.0.1:0'], 3, /openssl/],
  ];
  for (const [settings, env, args, exit, words] of refused) {
    const { code, stdout, stderr } = await command(['--config', config(settings), ...args], env);
    assert.equal(code, exit, stderr);
    assert.match(stderr, words);
    assert.equal(stdout, '');
    assert.ok(!stderr.includes('not-the-secret') && !stderr.includes(KEY), stderr);
  }
});

test("E51 the example creates an event in another user's calendar, with one token for many calls", async (t) => {
  const { stdout: token } = await command(['--config', config()]);
  const from = await source(t, config());
  await control.forget();
  const made = await example(from, [BEN, 'Booked by a service']);
  assert.equal(JSON.parse(made.stdout).subject, 'Booked by a service', made.stderr);
  await example(from, [BEN, 'Booked again']);
  assert.deepEqual((await subjects(token.trim(), BEN)).sort(), ['Booked again', 'Booked by a service']);
  assert.equal((await control.requests('/token')).length, 1, 'the source keeps its token');
  assert.ok(!from.log().includes(token.trim()) && !from.log().includes(KEY), from.log());
});

test('E51 the example on Outlook v2.0', async (t) => {
  const from = await source(t, config({ api: 'outlook-v2' }));
  const made = await example(from, [BEN, 'Booked on Outlook'], { API: 'outlook-v2' });
  assert.equal(JSON.parse(made.stdout).subject, 'Booked on Outlook', made.stderr);
});

test('a token that the API refuses is renewed, and an error is shown with its remedy', async (t) => {
  const from = await source(t, config());
  await example(from, [BEN, 'Booked early']);
  // A token that is younger than five seconds is not renewed.
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  await control.fault({ match: { path: '/events' }, kind: 'unauthorized', times: 1 });
  await control.forget();
  const made = await example(from, [BEN, 'Booked late']);
  assert.equal(JSON.parse(made.stdout).subject, 'Booked late');
  assert.equal((await control.requests('/token')).length, 1);
  await control.clearFaults();
  const failed = await example(from, ['nobody@contoso.example', 'x']).catch((error) => error);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /^\w+: .+\n.+/);
});

test('E51 a browser gets nothing from the source', async (t) => {
  const from = await source(t, config());
  const at = (headers) =>
    fetch(`http://127.0.0.1:${from.port}/token`, { method: 'POST', headers }).then(({ status }) => status);
  const key = { authorization: `Bearer ${KEY}` };
  assert.deepEqual(
    [
      await at({}),
      await at({ authorization: 'Bearer wrong' }),
      await at({ ...key, origin: 'http://localhost:3000' }),
      await at(key),
    ],
    [401, 401, 403, 200],
  );
  const browser = await openBrowser();
  t.after(() => browser.close());
  const page = await newPage(browser);
  await page.goto(`http://127.0.0.1:${from.port}/`);
  const seen = await page.evaluate(
    (headers) => fetch('/token', { method: 'POST', headers }).then((answer) => answer.status),
    key,
  );
  assert.equal(seen, 403, 'even from its own origin, and with the key');
});

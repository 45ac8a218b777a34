// Blocks of the guides that can be run with a double in place of somebody's cloud.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { parse as parseToml } from 'smol-toml';
import { parse, read, root } from './documents.mjs';
import { run } from './parsers.mjs';

const blocksOf = (path) => parse(read(path)).blocks;
const found = (blocks, language, part) =>
  blocks.find((one) => one.language === language && one.code.includes(part)).code;

/** In place of the Azure CLI: notes its arguments, and answers as it does. */
const AZ = `#!/bin/sh
echo "$*" >> az.log
case "$*" in
  *"ad app create"*) echo 11111111-2222-3333-4444-555555555555 ;;
  *"ad sp show"*) echo aaaabbbb-0000-cccc-1111-dddd2222eeee ;;
  *"credential reset"*) echo a-secret ;;
esac
`;

test('the script of registration.md registers what the endpoint is told there', (t) => {
  const blocks = blocksOf('docs/guide/registration.md');
  const dir = mkdtempSync(join(tmpdir(), 'exo365-guides-'));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'az'), AZ);
  chmodSync(join(dir, 'az'), 0o755);
  const env = { ...process.env, PATH: dir + delimiter + process.env.PATH };
  const done = run('sh', ['-c', found(blocks, 'sh', 'az ad app create')], { cwd: dir, env });
  assert.equal(done.status, 0, done.output);

  /** @type {any} */
  const endpoint = parseToml(found(blocks, 'toml', 'client_id'));
  assert.match(done.output, new RegExp(`client_id = "${endpoint.client_id}"`));
  const log = readFileSync(join(dir, 'az.log'), 'utf8');
  const asked = [...log.matchAll(/oauth2PermissionScopes\[\?value=='([\w.]+)'\]/g)].map(([, scope]) => scope);
  assert.deepEqual(asked, endpoint.scopes);
  assert.equal(log.match(/permission add .*dddd2222eeee=Scope$/gm)?.length, asked.length);
  const { web } = JSON.parse(readFileSync(join(dir, 'settings.json'), 'utf8'));
  for (const uri of endpoint.redirect_uris) assert.ok(web.redirectUris.includes(uri), uri);
  assert.ok(web.logoutUrl.startsWith(`${endpoint.origins[0]}/auth/`));
  const secret = join(dir, endpoint.client_secret_file);
  assert.equal(readFileSync(secret, 'utf8').trim(), 'a-secret');
  assert.equal(statSync(secret).mode & 0o777, 0o600, 'only its owner reads the secret');
});

test('the function of hosting.md passes a request on as it came', async (t) => {
  const load = createRequire(join(root, 'tests/documents/frameworks/package.json'));
  const { transpile, ScriptTarget, ModuleKind } = load('typescript');
  const source = found(blocksOf('docs/guide/hosting.md'), 'ts', 'onRequest');
  const code = transpile(source, { target: ScriptTarget.ES2022, module: ModuleKind.ESNext });
  const { onRequest } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const before = globalThis.fetch;
  t.after(() => {
    globalThis.fetch = before;
  });
  let asked;
  globalThis.fetch = async (/** @type {any} */ request, options) => {
    asked = { request, options };
    return new Response('{}', { headers: { 'set-cookie': '__Host-Http-exo365=x; Secure; Path=/' } });
  };
  const headers = { cookie: 'a=b', origin: 'https://app.contoso.example', 'x-exo365': '1' };
  const request = new Request('https://app.contoso.example/auth/session?x=1', { method: 'POST', headers, body: '{}' });
  const answer = await onRequest({ request, env: { ENDPOINT: 'https://endpoint.contoso.example' } });
  assert.equal(asked.request.url, 'https://endpoint.contoso.example/auth/session?x=1');
  assert.deepEqual([asked.request.method, await asked.request.text()], ['POST', '{}']);
  for (const [name, value] of Object.entries(headers)) assert.equal(asked.request.headers.get(name), value, name);
  assert.equal(asked.options.redirect, 'manual');
  assert.match(answer.headers.get('set-cookie'), /^__Host-/);
});

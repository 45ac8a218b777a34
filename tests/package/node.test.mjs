// The package in Node.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, startTenant } from '../e2e/processes.mjs';
import { project } from './project.mjs';

let dir;
let tenant;
before(async () => {
  dir = project('node');
  tenant = await startTenant();
});
after(() => tenant?.end());

async function run(script) {
  const env = { ...process.env, ORIGIN: tenant.url, TENANT: TENANT_ID, CLIENT_ID, CLIENT_SECRET };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: dir, env, timeout: 30_000 });
  return JSON.parse(stdout);
}

test('the import has no side effects in Node', async () => {
  assert.deepEqual(await run('import.mjs'), { exports: ['function', 'function', 'function'], handles: [] });
});

test('`require` gives the same package, which loads nothing later', async () => {
  assert.deepEqual(await run('require.cjs'), { exports: ['function', 'function', 'function'], subjects: 5 });
});

test('a service lists a mailbox with a token of its own', async () => {
  const { account, subjects } = await run('list.mjs');
  assert.equal(account, null);
  assert.equal(subjects.length, 5);
});

test('S24 a token with fewer permissions than asked for serves one call and is not kept', async () => {
  const { granted, more } = await run('narrow.mjs');
  assert.deepEqual(granted, { asked: 1, tokens: 1 });
  assert.deepEqual(more, { asked: 2, tokens: 2 });
});

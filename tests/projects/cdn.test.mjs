// The package on another origin than the page, as a content delivery network has it: as a module, and by a script tag
// with its integrity.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../e2e/browser.mjs';
import { freePort, packageDir, scratch, startEndpoint, startTenant } from '../e2e/processes.mjs';
import { signInAndRead } from '../package/project.mjs';
import { wanted } from './project.mjs';
import { serveStatic } from './static.mjs';

const skip = !wanted({ name: 'cdn' });
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
let tenant;
let browser;
let cdn;
let cdnOrigin;
before(async () => {
  tenant = await startTenant();
  browser = await openBrowser();
  const dir = scratch();
  cpSync(packageDir, join(dir, 'npm/exo365'), { recursive: true });
  const port = await freePort();
  cdn = await serveStatic(dir, port, '', { 'access-control-allow-origin': '*' });
  cdnOrigin = `http://localhost:${port}`;
});
after(async () => {
  await cdn?.end();
  await browser?.close();
  await tenant?.end();
});

/** Serves the page `file` of `cdn` on an origin of its own; signs in and reads. */
async function works(t, file) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const endpoint = await startEndpoint({ login: tenant.url, origins: [origin], redirect_uris: [`${origin}/`] });
  t.after(() => endpoint.end());
  const dir = scratch();
  const script = readFileSync(join(packageDir, 'dist/exo365.global.js'));
  const page = readFileSync(here(`./cdn/${file}`), 'utf8')
    .replaceAll('CDN', `${cdnOrigin}/npm/exo365`)
    .replace('INTEGRITY', `sha384-${createHash('sha384').update(script).digest('base64')}`);
  writeFileSync(join(dir, 'index.html'), page);
  const main = readFileSync(here('./page/main.js'), 'utf8');
  writeFileSync(join(dir, 'main.js'), main);
  // The same page, with the global of the script tag in place of the import.
  writeFileSync(join(dir, 'tag.js'), main.replace(/^import .*$/m, 'const { createClient } = Exo365;'));
  const served = await serveStatic(dir, port, endpoint.url);
  t.after(() => served.end());
  const { state, subjects } = await signInAndRead(browser, `${origin}/`);
  assert.equal(state, 'adele@contoso.example');
  assert.equal(subjects.length, 5);
}

test('cdn: a module from another origin needs CORS there', { timeout: 60_000, skip }, (t) => works(t, 'module.html'));

test('cdn: a script tag with integrity from another origin needs CORS there', { timeout: 60_000, skip }, (t) =>
  works(t, 'script.html'),
);

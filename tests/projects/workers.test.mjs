// Where `import()` is not allowed: service workers, and the background script of an extension (Manifest V3). And where no
// WebAssembly is compiled: at the edge.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newPage, openBrowser, openExtension } from '../e2e/browser.mjs';
import { packageDir, scratch, startEndpoint } from '../e2e/processes.mjs';
import { command, project, startLocalTenant, wanted } from './project.mjs';

let local;
before(async () => {
  local = await startLocalTenant();
});
after(() => local?.tenant.end());

/** The folder `name` with the package in it, unpacked. */
function site(name) {
  const dir = scratch();
  cpSync(fileURLToPath(new URL(`./${name}/`, import.meta.url)), dir, { recursive: true });
  cpSync(packageDir, join(dir, 'exo365'), { recursive: true });
  return dir;
}

/** What a service worker at `dir` makes of a draft. */
async function draftByWorker(t, dir, subject) {
  const endpoint = await startEndpoint({ login: local.tenant.url, page: dir });
  t.after(() => endpoint.end());
  const browser = await openBrowser();
  t.after(() => browser.close());
  const page = await newPage(browser);
  await page.goto(endpoint.url);
  return page.evaluate(
    async (message) => {
      await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage(message, [port2]);
      return new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
      });
    },
    { token: await local.token(), origin: local.tenant.url, subject },
  );
}

test('a service worker writes with exo365/full', {
  timeout: 60_000,
  skip: !wanted({ name: 'service-worker', short: true }),
}, async (t) => {
  assert.deepEqual(await draftByWorker(t, site('service-worker'), 'Draft of a service worker'), {
    subject: 'Draft of a service worker',
  });
});

test('a service worker with exo365 is told what to import', {
  timeout: 60_000,
  skip: !wanted({ name: 'service-worker' }),
}, async (t) => {
  const dir = site('service-worker');
  const file = join(dir, 'worker.js');
  writeFileSync(file, readFileSync(file, 'utf8').replace('full.js', 'index.js'));
  const { error } = await draftByWorker(t, dir, 'Never written');
  assert.match(error, /^misconfigured: .*exo365\/full/);
});

test('an extension writes with exo365/full', {
  timeout: 60_000,
  skip: !wanted({ name: 'extension', short: true }),
}, async (t) => {
  const context = await openExtension(site('extension'));
  t.after(() => context.close());
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const subject = await worker.evaluate((message) => globalThis.draft(message), {
    token: await local.token(),
    origin: local.tenant.url,
    subject: 'Draft of an extension',
  });
  assert.equal(subject, 'Draft of an extension');
});

test('a worker at the edge needs `wasm`, the compiled module', {
  timeout: 300_000,
  skip: !wanted({ name: 'edge' }),
}, async () => {
  const dir = await project('edge');
  const { stdout } = await command(dir, ['node', 'run.mjs'], { TOKEN: await local.token(), API: local.tenant.url });
  assert.deepEqual(JSON.parse(stdout), { subject: 'Draft of an edge', count: 5 });
});

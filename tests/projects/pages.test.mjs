// Pages in the projects of other people, by the bundlers that they use: built and served by the endpoint, and from the
// bundler's development server with the endpoint beside it. Each signs in, reads and writes.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser } from '../e2e/browser.mjs';
import { freePort, startEndpoint, startTenant } from '../e2e/processes.mjs';
import { signInAndRead } from '../package/project.mjs';
import { command, project, server, wanted } from './project.mjs';
import { pages } from './projects.mjs';
import { serveStatic } from './static.mjs';

let tenant;
let browser;
before(async () => {
  tenant = await startTenant();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await tenant?.end();
});

/** What the page comes to. */
async function works(url) {
  const { state, subjects } = await signInAndRead(browser, url);
  assert.equal(state, 'adele@contoso.example');
  assert.equal(subjects.length, 5);
}

/** An endpoint for a page that another server serves on a free port. */
async function endpointFor(t) {
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  const endpoint = await startEndpoint({ login: tenant.url, origins: [origin], redirect_uris: [`${origin}/`] });
  t.after(() => endpoint.end());
  return { port, origin, endpoint };
}

// Skipped, not left out: without a test, Node does not run the hook that ends the browser.
for (const { name, folder = name, build, copied = [], inline, own, serve, needs, short } of pages) {
  test(`${name} needs ${needs}`, { skip: !wanted({ name, short }) }, async (t) => {
    const dir = await project(folder, ...(own ? [] : ['page']));
    if (build)
      await t.test(`${name}: the build works`, async () => {
        await command(dir, build);
        for (const file of copied) cpSync(join(dir, file), join(dir, 'dist', file));
        if (inline) {
          const { port, origin, endpoint } = await endpointFor(t);
          const served = await serveStatic(join(dir, 'dist'), port, endpoint.url);
          t.after(() => served.end());
          return works(`${origin}/`);
        }
        const endpoint = await startEndpoint({ login: tenant.url, page: join(dir, 'dist') });
        t.after(() => endpoint.end());
        return works(`${endpoint.url}/`);
      });
    if (serve)
      await t.test(`${name}: the development server works`, async () => {
        const { port, origin, endpoint } = await endpointFor(t);
        const served = await server(dir, serve(port), new RegExp(port), { ENDPOINT: endpoint.url });
        t.after(() => served.end());
        await works(`${origin}/`);
      });
  });
}

// Next.js: a client component with the hooks of exo365/react, and a server component, in development and in production.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../e2e/browser.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, freePort, startEndpoint, startTenant } from '../e2e/processes.mjs';
import { signInAndRead } from '../package/project.mjs';
import { command, project, server, wanted } from './project.mjs';

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

const timeout = 600_000;

test('next needs nothing', { timeout, skip: !wanted({ name: 'next' }) }, async (t) => {
  const dir = await project('next');
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  const endpoint = await startEndpoint({ login: tenant.url, origins: [origin], redirect_uris: [`${origin}/`] });
  t.after(() => endpoint.end());
  const env = { ENDPOINT: endpoint.url, LOGIN: tenant.url, TENANT_ID, CLIENT_ID, CLIENT_SECRET };
  const works = async (start) => {
    const served = await server(dir, start, /Ready/, { ...env, NEXT_TELEMETRY_DISABLED: '1' });
    try {
      const report = await fetch(`${origin}/report`);
      assert.match(await report.text(), /5 messages/);
      const { state, subjects } = await signInAndRead(browser, `${origin}/`);
      assert.equal(state, 'adele@contoso.example');
      assert.equal(subjects.length, 5);
    } finally {
      await served.end();
    }
  };
  await t.test('next: the development server works', () => works(['next', 'dev', '--port', port]));
  await t.test('next: the build works', async () => {
    await command(dir, ['next', 'build'], env);
    await works(['next', 'start', '--port', port]);
  });
});

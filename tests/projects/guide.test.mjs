// docs/guide/development.md word by word, from an empty folder to an inbox: its files as they are there, with other ports.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newPage, openBrowser } from '../e2e/browser.mjs';
import { ADELE } from '../e2e/harness.mjs';
import { freePort, root, startTenant } from '../e2e/processes.mjs';
import { command, project, server, wanted } from './project.mjs';

const guide = readFileSync(join(root, 'docs/guide/development.md'), 'utf8');
/** The block behind `words`. */
const block = (words) => {
  const [, code] = /^```\w+\n(.*?)^```$/ms.exec(guide.slice(guide.indexOf(words))) ?? [];
  assert.ok(code, `the guide has a block behind ${words}`);
  return code;
};

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

test('the guide leads from an empty folder to an inbox', {
  timeout: 300_000,
  skip: !wanted({ name: 'guide' }),
}, async (t) => {
  assert.match(block('From an empty folder'), /^npm install --save-dev exo365-tenant exo365-endpoint vite$/m);
  const [page, endpoint] = [await freePort(), await freePort()];
  const here = (text) =>
    text
      .replaceAll('http://localhost:8400', tenant.url)
      .replaceAll('localhost:5173', `localhost:${page}`)
      .replaceAll('localhost:8365', `localhost:${endpoint}`);
  const dir = await project('vite8');
  for (const name of ['index.html', 'main.js']) writeFileSync(join(dir, name), block(`\`${name}\`:`));
  writeFileSync(join(dir, 'vite.config.js'), here(block('Vite, in `vite.config.js`')));

  const [, file, start] = /^(cat > endpoint\.toml .*?^END\n)(.*)$/ms.exec(here(block('## 2. The endpoint')));
  await command(dir, ['sh', '-ec', file]);
  const started = await server(dir, ['sh', '-ec', start.replace('npx ', '')], /listening/, {
    EXO365_LISTEN: `127.0.0.1:${endpoint}`,
  });
  t.after(() => started.end());
  const vite = await server(dir, ['vite', '--port', String(page), '--strictPort'], /Local/);
  t.after(() => vite.end());

  const tab = await newPage(browser);
  await tab.goto(`http://localhost:${page}/`);
  await tab.click('button');
  await tab.locator(`button[data-account="${ADELE}"]`).click();
  await tab.locator('#accept').click();
  await tab.locator('li').nth(9).waitFor();
  assert.equal(await tab.locator('button').isVisible(), false);
});

// The tenant's control page, in Chromium and in Firefox: what a person does there, by the keyboard, and in a narrow
// window.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Control } from './control.mjs';
import { BROWSERS, launch } from './demo-browser.mjs';
import { applicationToken, root, scratch, startTenant } from './processes.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = join(root, 'target/control');

for (const one of BROWSERS)
  describe(one.name, { skip: one.program ? false : `no ${one.name}` }, () => {
    let browser;
    let tenant;
    let control;
    let token;
    before(async () => {
      mkdirSync(pictures, { recursive: true });
      [browser, tenant] = await Promise.all([launch(one), startTenant()]);
      control = new Control(tenant.url);
      token = await applicationToken(tenant);
    });
    after(async () => {
      await browser?.close();
      await tenant?.end();
    });

    const graph = (path, options = {}) =>
      fetch(`${tenant.url}/v1.0/users/adele@contoso.example${path}`, {
        ...options,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });

    /** The page in a window of this size, without a message in its console. */
    async function open(width = 1200, height = 900) {
      const page = await browser.newPage();
      page.setDefaultTimeout(15_000);
      const problems = [];
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      await page.setViewport({ width, height });
      await page.goto(`${tenant.url}/_control/`);
      await page.waitForFunction(() => document.querySelector('#offset').textContent !== '');
      return { page, problems };
    }
    const reads = (page, selector, text) =>
      page.waitForFunction((one, part) => document.querySelector(one)?.textContent.includes(part), {}, selector, text);

    test('clock, faults and snapshots by the keyboard', async () => {
      const { page, problems } = await open();
      /** Moves the focus to a button as a keyboard does, and presses it. */
      const press = async (label) => {
        for (let steps = 0; steps < 80; steps++) {
          await page.keyboard.press('Tab');
          const at = await page.evaluate(() => document.activeElement.textContent);
          if (at === label) return page.keyboard.press('Enter');
        }
        throw new Error(`no button ${label} within 80 steps`);
      };
      await press('+ 1 day');
      await reads(page, '#said', '+ 1 day: done');
      assert.equal((await control.state()).offsetSeconds, 86_400);
      await press('Back to now');
      await reads(page, '#offset', 'the time of this machine');
      await press('429 once');
      await reads(page, '#fault-list', 'throttle on all requests × 1');
      assert.equal((await graph('/messages')).status, 429);
      await press('Keep');
      await reads(page, '#snapshot-list', 'before');
      const [{ id }] = (await (await graph('/messages?$top=1')).json()).value;
      assert.equal((await graph(`/messages/${id}`, { method: 'DELETE' })).status, 204);
      await press('Restore');
      await reads(page, '#said', 'Restore before: done');
      assert.equal((await graph(`/messages/${id}`)).status, 200);
      assert.deepEqual(problems, []);
      await page.close();
    });

    test('a fault by the form, and what the tenant refuses is said', async () => {
      const { page } = await open();
      await page.select('[name="kind"]', 'status');
      await page.locator('[name="path"]').fill('/contacts');
      await page.locator('[name="number"]').fill('507');
      await page.locator('#fault-form button').click();
      await reads(page, '#fault-list', 'status status 507 on /contacts always');
      assert.equal((await graph('/contacts')).status, 507);
      await page.locator('[data-call="DELETE faults"]').click();
      await reads(page, '#said', 'Cancel all: done');
      assert.equal((await graph('/contacts')).status, 200);
      // Between the page's look and the click somebody else removed the snapshot.
      await page.locator('#snapshot-form button').click();
      await reads(page, '#said', 'Keep: done');
      const headers = { 'x-tenant-control': '1' };
      await fetch(`${tenant.url}/_control/snapshots`, { method: 'DELETE', headers, body: '{"name":"before"}' });
      await page.focus('#snapshot-list button');
      await page.keyboard.press('Enter');
      await reads(page, '#said', 'Restore before: there is no snapshot `before`');
      await page.close();
    });

    test('the log follows requests and their answers, and shows no token', async () => {
      const { page, problems } = await open();
      await graph('/messages?$top=1&$select=subject');
      await reads(page, '#log', '/v1.0/users/adele@contoso.example/messages');
      const entry = '#log li:first-child';
      await page.waitForFunction((one) => document.querySelector(one)?.textContent.includes('200'), {}, entry);
      await page.locator(`${entry} summary`).click();
      await reads(page, entry, '"subject"');
      const text = await page.$eval('#log', (list) => list.textContent);
      assert.match(text, /Bearer sha256:/);
      assert.ok(!text.includes(token));
      // An entry that is open stays open while others come.
      await graph('/contacts?$top=1');
      await reads(page, entry, '/contacts');
      assert.ok(await page.$eval('#log li:nth-child(2) details', (details) => details.open));
      await page.screenshot({ path: join(pictures, `${one.kind}.png`), fullPage: true });
      await page.locator('#filter').fill('/contacts');
      assert.ok(await page.$eval('#log li:nth-child(2)', (item) => item.hidden));
      await page.locator('#follow').click();
      await page.locator('[data-call="DELETE requests"]').click();
      await page.waitForFunction(() => document.querySelector('#log').children.length === 0);
      assert.deepEqual(problems, []);
      await page.close();
    });

    test('320 px: nothing is wider than the window, and axe finds nothing', async () => {
      const { page } = await open(320, 800);
      await graph('/messages?$top=1&$filter=receivedDateTime ge 2020-01-01T00:00:00Z&$select=subject,receivedDateTime');
      await reads(page, '#log', '/messages');
      await page.locator('#log summary').click();
      await reads(page, '#log', '"subject"');
      const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= window, `${wide} > ${window}`);
      // The policy of the page lets no script in but its own; the tools of the browser may.
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        [],
      );
      await page.screenshot({ path: join(pictures, `${one.kind}-320.png`), fullPage: true });
      await page.close();
    });

    test('mailboxes go into a file and come back', {
      skip: one.kind === 'firefox' && 'no folder for downloads',
    }, async () => {
      const { page } = await open();
      const client = await page.createCDPSession();
      const folder = scratch();
      await client.send('Browser.setDownloadBehavior', {
        behavior: 'allow',
        downloadPath: folder,
        eventsEnabled: true,
      });
      const done = new Promise((resolve) =>
        client.on('Browser.downloadProgress', ({ state }) => state === 'completed' && resolve(undefined)),
      );
      await page.locator('#download').click();
      await done;
      const [{ id }] = (await (await graph('/messages?$top=1')).json()).value;
      await graph(`/messages/${id}`, { method: 'DELETE' });
      const input = /** @type {any} */ (await page.$('#upload'));
      await input.uploadFile(join(folder, 'tenant.json'));
      await reads(page, '#said', 'Load tenant.json: done');
      assert.equal((await graph(`/messages/${id}`)).status, 200);
      await page.close();
    });
  });

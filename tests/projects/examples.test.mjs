// The examples: their own commands, as their READMEs say, with other ports than those there.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newPage, openBrowser, openExtension } from '../e2e/browser.mjs';
import { choose, ADELE } from '../e2e/harness.mjs';
import { CLIENT_SECRET, freePort, startTenant } from '../e2e/processes.mjs';
import { signInAndRead } from '../package/project.mjs';
import { command, example, server, wanted } from './project.mjs';

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
/** Runs one of the short list, too: those that install little. */
const skip = (name, short = false) => !wanted({ name: `examples-${name}`, short });
const KEY = 'a-key-of-the-test-with-32-characters';

/**
 * Starts the endpoint of an example, with the page at `page` or at the endpoint itself. Variables go before the keys of
 * the example's file, so that all other keys are those that people get.
 */
async function startEndpoint(t, dir, page, ...args) {
  const port = await freePort();
  const origin = `http://localhost:${page ?? port}`;
  const env = {
    EXO365_CLIENT_SECRET: CLIENT_SECRET,
    EXO365_LISTEN: `127.0.0.1:${port}`,
    EXO365_LOGIN: tenant.url,
    EXO365_API_ORIGIN: tenant.url,
    EXO365_ORIGINS: JSON.stringify([origin]),
    EXO365_REDIRECT_URIS: JSON.stringify([`${origin}/`]),
  };
  const line = args.length ? ['exo365-endpoint', ...args] : ['npm', 'run', 'endpoint'];
  const started = await server(dir, line, /listening|are given to services/, {
    ...env,
    ...(args.length && { EXO365_APP_KEY: KEY }),
  });
  t.after(() => started.end());
  return `http://localhost:${port}`;
}

async function reads(url) {
  const { state, subjects } = await signInAndRead(browser, url);
  assert.equal(state, 'adele@contoso.example');
  assert.equal(subjects.length, 5);
}

/** Marks the first unread message as read by a click. */
async function marks(url) {
  const page = await newPage(browser);
  await page.goto(url);
  await page.click('#signin');
  await choose(page, ADELE);
  await page.waitForSelector('#inbox .unread button');
  const unread = () => page.locator('#inbox .unread').count();
  const count = await unread();
  await page.click('#inbox .unread button');
  await page.waitForFunction((more) => document.querySelectorAll('#inbox .unread').length === more, count - 1);
}

test('examples/react-vite: the development server, and the build with its types', {
  timeout,
  skip: skip('react-vite'),
}, async (t) => {
  const dir = await example('react-vite');
  await command(dir, ['npm', 'run', 'build']);
  const port = String(await freePort());
  const endpoint = await startEndpoint(t, dir, port);
  const dev = await server(dir, ['npm', 'run', 'dev', '--', '--port', port], /Local/, { ENDPOINT: endpoint });
  t.after(() => dev.end());
  await reads(`http://localhost:${port}/`);
  await marks(`http://localhost:${port}/`);
});

test('examples/next: the page and the report, in development and built', { timeout, skip: skip('next') }, async (t) => {
  const dir = await example('next');
  const port = String(await freePort());
  const endpoint = await startEndpoint(t, dir, port);
  const source = await freePort();
  await startEndpoint(t, dir, port, 'app-token', '--config', 'app.toml', '--listen', `127.0.0.1:${source}`);
  const env = {
    ENDPOINT: endpoint,
    EXO365_APP_KEY: KEY,
    TOKEN_SOURCE: `http://127.0.0.1:${source}/token`,
    API_ORIGIN: tenant.url,
    NEXT_TELEMETRY_DISABLED: '1',
  };
  const works = async (script) => {
    const served = await server(dir, ['npm', 'run', script, '--', '--port', port], /Ready/, env);
    try {
      assert.match(await (await fetch(`http://localhost:${port}/report`)).text(), /5 messages/);
      await reads(`http://localhost:${port}/`);
    } finally {
      await served.end();
    }
  };
  await t.test('next: the development server works', () => works('dev'));
  await t.test('next: the build works', async () => {
    await command(dir, ['npm', 'run', 'build'], env);
    await works('start');
  });
});

test('examples/vanilla: a script tag, served by the endpoint', { timeout, skip: skip('vanilla', true) }, async (t) => {
  const dir = await example('vanilla');
  await command(dir, ['npm', 'run', 'vendor']);
  const endpoint = await startEndpoint(t, dir);
  await reads(`${endpoint}/`);
  await marks(`${endpoint}/`);
});

test('examples/extension: the page gives it a token, and it counts', {
  timeout,
  skip: skip('extension', true),
}, async (t) => {
  const dir = await example('extension');
  await command(dir, ['npm', 'run', 'vendor']);
  const main = join(dir, 'page/main.js');
  writeFileSync(main, readFileSync(main, 'utf8').replace('http://localhost:8400', tenant.url));
  const endpoint = await startEndpoint(t, dir);
  const context = await openExtension(join(dir, 'extension'));
  t.after(() => context.close());
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const page = await context.newPage();
  await page.goto(endpoint);
  await page.click('#signin');
  await choose(page, ADELE);
  await page.click('#give');
  await page.waitForFunction(() => / unread$/.test(document.querySelector('#state').textContent));
  const shown = await worker.evaluate(() => chrome.action.getBadgeText({}));
  assert.match(shown, /^[1-9]\d*$/);
  assert.equal(await page.textContent('#state'), `${shown} unread`);
});

test('examples/node-service: an event by a token of the application', {
  timeout,
  skip: skip('node-service', true),
}, async (t) => {
  const dir = await example('node-service');
  const source = await freePort();
  await startEndpoint(t, dir, undefined, 'app-token', '--config', 'app.toml', '--listen', `127.0.0.1:${source}`);
  const env = { EXO365_APP_KEY: KEY, TOKEN_SOURCE: `http://127.0.0.1:${source}/token`, API_ORIGIN: tenant.url };
  const { stdout } = await command(dir, ['npm', 'start', '--silent', 'ben@contoso.example', 'Planning'], env);
  const { id, subject } = JSON.parse(stdout);
  assert.ok(id);
  assert.equal(subject, 'Planning');
});

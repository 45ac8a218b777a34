// A list of 100 messages in headless Chromium, against the tenant over TLS: exo365, bare fetch and the Graph client in
// one run.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPage, openBrowser } from '../tests/e2e/browser.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, listen, scratch, startTenant } from '../tests/e2e/processes.mjs';
import { bundle } from './build.mjs';

const TYPES = { 'app.js': 'text/javascript', 'wasm/exo365_bg.wasm': 'application/wasm' };
const HTML =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>list</title><p id="state"></p><script type="module" src="/app.js"></script>';

/** Serves the page and its files; `url` is its address. */
export async function serve(dir) {
  const server = createServer((request, response) => {
    const file = request.url.slice(1);
    // A cross-origin isolated page has a clock with 5 µs resolution; others have 100 µs, which is a fifth of what is
    // measured here.
    response
      .setHeader('cross-origin-opener-policy', 'same-origin')
      .setHeader('cross-origin-embedder-policy', 'require-corp');
    if (file === '') return response.setHeader('content-type', 'text/html').end(HTML);
    if (!Object.hasOwn(TYPES, file)) return response.writeHead(404).end();
    return response.setHeader('content-type', TYPES[file]).end(readFileSync(join(dir, file)));
  });
  const url = `http://localhost:${await listen(server)}/`;
  const end = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, end };
}

/** A token of the application. Requested through the browser, which accepts the tenant's certificate. */
export async function token(page, api) {
  const response = await page.request.post(`${api}/${TENANT_ID}/oauth2/v2.0/token`, {
    form: {
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      scope: 'https://graph.microsoft.com/.default',
    },
  });
  if (!response.ok()) throw new Error(`no token: ${response.status()} ${await response.text()}`);
  return (await response.json()).access_token;
}

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Measures the three clients; gives medians in milliseconds. */
export async function list(exo365, out, { top = 100, warmUps = 30, rounds = 300 } = {}) {
  const dir = await bundle('list', exo365, out);
  const tenant = await startTenant([
    '--tls',
    '--tls-cert-out',
    join(scratch(), 'authority.pem'),
    '--seed',
    '1000-messages',
  ]);
  const server = await serve(dir);
  const browser = await openBrowser();
  try {
    const api = `https://localhost:${tenant.port}`;
    const page = await newPage(browser);
    await page.goto(server.url);
    await page.waitForFunction(() => document.querySelector('#state').textContent === 'ready');
    const times = await page.evaluate((options) => globalThis.measure(options), {
      api,
      token: await token(page, api),
      top,
      warmUps,
      rounds,
    });
    const { exo365: ours, fetch, graph } = times;
    return {
      version: browser.version(),
      top,
      rounds,
      exo365: median(ours),
      fetch: median(fetch),
      graph: median(graph),
    };
  } finally {
    await browser.close();
    server.end();
    await tenant.end();
  }
}

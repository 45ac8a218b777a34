// A page load with a session, until the first list is shown, in headless Chromium: exo365 with its endpoint against
// MSAL.js + Graph client with the session in the browser's storage. The apps are those of the download comparison. They
// use the real host names of the sign-in service and of Graph, which this browser resolves to the local tenant.
import { createHash, X509Certificate } from 'node:crypto';
import { createServer, request } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { openBrowser } from '../tests/e2e/browser.mjs';
import { Control } from '../tests/e2e/control.mjs';
import { choose } from '../tests/e2e/harness.mjs';
import { makeCertificate } from '../tests/e2e/microsoft/certificate.mjs';
import { codeFlow, exchange, signInByForms } from '../tests/e2e/microsoft/tenant.mjs';
import { listen, startEndpoint, startTenant } from '../tests/e2e/processes.mjs';
import { bundled } from './build.mjs';
import { startLine } from './line.mjs';
import { median } from './list.mjs';

const ROUND_TRIP = 50;
const MEGABITS = 10;
const ROUNDS = 15;
const ADELE = 'adele@contoso.example';
const TYPES = { js: 'text/javascript', wasm: 'application/wasm', html: 'text/html; charset=utf-8' };

const GRAPH = 'https://graph.microsoft.com';
/** `modulepreload` links for the chunks that the script imports, as bundlers write them. */
const chunks = (names) =>
  names
    .filter((name) => name.endsWith('.js') && name !== 'app.js')
    .map((name) => `<link rel="modulepreload" href="/${name}">`);
/** The page. `shown` is the time at which the list appears, in milliseconds from the navigation's start. */
const html = (names) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Inbox</title>
<link rel="icon" href="data:,">
${chunks(names).join('\n')}
<script type="module" src="/app.js"></script>
<p id="state">loading</p>
<button id="signin">Sign in</button>
<ul id="inbox"></ul>
<script>new MutationObserver(() => { globalThis.shown = performance.now(); }).observe(document.querySelector('#inbox'), { childList: true });</script>
</html>`;

/** Forwards a request unchanged. */
function pass(port, incoming, outgoing) {
  const { method, url: path, headers } = incoming;
  const call = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  call.on('error', () => outgoing.destroy());
  incoming.pipe(call);
}

/** Ends a server and its connections. */
function stop(server) {
  server.close();
  server.closeAllConnections();
}

/**
 * Serves the app's files, compressed by brotli at quality 11 and cached by the browser, except for the page itself;
 * `/auth` is the endpoint.
 */
async function serveApp({ dir, first }, endpoint) {
  const compressed = (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const names = first.map((file) => relative(dir, file));
  const files = new Map(names.map((name) => [`/${name}`, compressed(readFileSync(join(dir, name)))]));
  files.set('/', compressed(html(names)));
  let cookie = '';
  const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, 'http://localhost');
    if (pathname.startsWith('/auth/')) return pass(endpoint().port, incoming, outgoing);
    // An empty page of this origin that closes its connection. It sets the session's cookie, which scripts cannot
    // (`HttpOnly`).
    if (pathname === '/empty')
      return outgoing
        .writeHead(200, {
          'content-type': TYPES.html,
          connection: 'close',
          ...(cookie && { 'set-cookie': cookie }),
        })
        .end();
    const file = files.get(pathname);
    if (!file) return outgoing.writeHead(404).end();
    const page = pathname === '/';
    const headers = {
      'content-type': TYPES[page ? 'html' : pathname.split('.').pop()],
      'content-encoding': 'br',
      'content-length': file.length,
    };
    return outgoing
      .writeHead(200, { ...headers, 'cache-control': page ? 'no-cache' : 'public, max-age=31536000, immutable' })
      .end(file);
  });
  return {
    port: await listen(server),
    /** The cookie that `/empty` sets. */
    setCookie(value) {
      cookie = value;
    },
    end: () => stop(server),
  };
}

/** Serves Graph and the sign-in service over TLS, by the tenant. */
async function serveMicrosoft(tenant, cert, key) {
  const server = createSecureServer({ cert, key, noDelay: true, keepAliveTimeout: 60_000 }, (incoming, outgoing) =>
    pass(tenant.port, incoming, outgoing),
  );
  return { port: await listen(server), end: () => stop(server) };
}

/** Signs in with MSAL.js once; gives a function that copies its `sessionStorage` into a page. */
async function msalSession(browser, origin) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => document.querySelector('button').onclick);
  await page.click('#signin');
  await choose(page, ADELE);
  await page.waitForFunction(() => globalThis.shown);
  const kept = await page.evaluate(() => Object.entries(sessionStorage));
  await context.close();
  return (page) =>
    page.evaluate((kept) => {
      for (const [key, value] of kept) sessionStorage.setItem(key, value);
    }, kept);
}

/** Creates a session at the endpoint; the app's server sets its cookie. */
async function endpointSession(tenant, endpoint, origin, server) {
  const flow = codeFlow(tenant, `${origin}/`);
  const back = await signInByForms(tenant, flow.authorize, ADELE);
  const cookie = await exchange(`${endpoint.url}/auth`, flow, back, origin);
  server.setCookie(`${cookie}; Path=/; Secure; HttpOnly; SameSite=Strict`);
}

/**
 * Measures two page loads in a fresh profile with a session: without any file of the app in the cache, and with all,
 * both over new connections.
 */
async function visit(browser, origin, session, cut) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const empty = () => page.goto(`${origin}/empty`);
    await empty();
    await session?.(page);
    const load = async () => {
      await page.goto(`${origin}/`);
      const { took, items } = await (
        await page.waitForFunction(
          () => globalThis.shown && { took: shown, items: document.querySelectorAll('#inbox li').length },
        )
      ).jsonValue();
      if (items !== 10) throw new Error(`${items} messages on ${origin}`);
      return took;
    };
    const cold = await load();
    await empty();
    cut();
    return { cold, warm: await load() };
  } finally {
    await context.close();
  }
}

/** Starts everything: an origin for each app with a simulated network, the tenant, the endpoint and a browser. */
async function setUp(exo365, out) {
  /** @type {Record<string, any>} */
  const servers = {};
  const origins = { exo365: '', msal: '' };
  const lines = [];
  const line = async (name) => {
    const one = await startLine(() => servers[name].port, { roundTrip: ROUND_TRIP, megabits: MEGABITS });
    lines.push(one);
    return one.port;
  };
  // The origins come first: the tenant and the endpoint need them when they start.
  for (const name of ['exo365', 'msal']) origins[name] = `http://localhost:${await line(name)}`;
  const tenant = await startTenant(['--spa-redirect-uri', origins.msal, '--redirect-uri', `${origins.exo365}/`]);
  const endpoint = await startEndpoint({
    login: tenant.url,
    api_origin: GRAPH,
    origins: [origins.exo365],
    redirect_uris: [`${origins.exo365}/`],
    limit_per_address: 0,
    limit_per_session: 0,
  });
  for (const name of Object.keys(origins))
    servers[name] = await serveApp(await bundled(name, exo365, out), () => endpoint);
  const { certificate, privateKey } = makeCertificate();
  servers.microsoft = await serveMicrosoft(tenant, certificate, privateKey);
  const port = await line('microsoft');
  // With an untrusted certificate the browser would open another connection.
  const key = createHash('sha256')
    .update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const rules = [new URL(GRAPH).host, 'login.microsoftonline.com']
    .map((name) => `MAP ${name}:443 127.0.0.1:${port}`)
    .join(', ');
  const browser = await openBrowser([`--host-resolver-rules=${rules}`, `--ignore-certificate-errors-spki-list=${key}`]);
  const end = async () => {
    await browser.close();
    for (const one of lines) one.end();
    for (const server of Object.values(servers)) server.end();
    await endpoint.end();
    await tenant.end();
  };
  const cut = () => {
    for (const one of lines) one.cut();
  };
  return { servers, origins, tenant, endpoint, browser, end, cut };
}

/**
 * Measures both apps. `cold` and `warm` are medians in milliseconds, from the navigation's start until the list is in
 * the document. `asked` is the number of requests to the service in both loads together, preflights included.
 */
export async function load(exo365, out) {
  const { servers, origins, tenant, endpoint, browser, end, cut } = await setUp(exo365, out);
  const control = new Control(tenant.url);
  try {
    await endpointSession(tenant, endpoint, origins.exo365, servers.exo365);
    const sessions = { exo365: undefined, msal: await msalSession(browser, origins.msal) };
    const times = { exo365: [], msal: [] };
    const asked = { exo365: 0, msal: 0 };
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, all] of Object.entries(times)) {
        await control.forget();
        const one = await visit(browser, origins[name], sessions[name], cut);
        // The first round warms the servers up.
        if (round >= 0) all.push(one);
        const requests = await control.requests(({ path }) => !path.startsWith('/_control'));
        const others = requests.filter(({ path }) => !path.startsWith('/v1.0/me/messages'));
        // Both sides have a valid access token: nobody may request one.
        if (others.length > 0) throw new Error(`${name} asked for ${others.map(({ path }) => path)}`);
        asked[name] = requests.length;
      }
    }
    const sum = (all) => ({ cold: median(all.map(({ cold }) => cold)), warm: median(all.map(({ warm }) => warm)) });
    return {
      rounds: ROUNDS,
      roundTrip: ROUND_TRIP,
      megabits: MEGABITS,
      asked,
      exo365: sum(times.exo365),
      msal: sum(times.msal),
    };
  } finally {
    await end();
  }
}

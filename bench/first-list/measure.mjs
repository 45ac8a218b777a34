// A page load with a session, until the first list is shown, in headless Chromium. All pages take turns in one run.
// They use the real host names of the sign-in service and of Graph, which this browser and the endpoint's way out resolve to
// the local tenant.
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, openProfile } from '../../tests/e2e/browser.mjs';
import { Control } from '../../tests/e2e/control.mjs';
import { makeCertificate } from '../../tests/e2e/microsoft/certificate.mjs';
import { scratch, startEndpoint, startTenant } from '../../tests/e2e/processes.mjs';
import { bundled } from '../build.mjs';
import { startLine } from '../line.mjs';
import { median } from '../list.mjs';
import { serveApp, serveMicrosoft, startWayOut } from './servers.mjs';
import { session } from './sessions.mjs';
import { VARIANTS } from './variants.mjs';

const MEGABITS = 10;
/** Round trip between endpoint and API, in milliseconds. */
const NEAR = 15;
/** How long the API takes for a call, in milliseconds. */
const WAIT = 30;

const GRAPH = 'https://graph.microsoft.com';
const HOSTS = [new URL(GRAPH).host, 'login.microsoftonline.com'];

/**
 * Measures two page loads with a session in a profile that has not seen `origin`: without any file of the app in the
 * cache, and with all, both over new connections. `watching` gets the page and what loads it.
 */
export async function visit(context, origin, session, cut, watching = async (_page, load) => load()) {
  const page = await context.newPage();
  try {
    const empty = () => page.goto(`${origin}/empty`);
    await empty();
    await session?.(page);
    const load = async () => {
      cut();
      await page.goto(`${origin}/`);
      const { took, items } = await (
        await page.waitForFunction(
          () => globalThis.shown && { took: shown, items: document.querySelectorAll('#inbox li').length },
        )
      ).jsonValue();
      if (items !== 10) throw new Error(`${items} messages on ${origin}`);
      return took;
    };
    const cold = await watching(page, load);
    await empty();
    // What a library renewed in the first load has ended again.
    await session?.(page);
    return { cold, warm: await watching(page, load) };
  } finally {
    await page.close();
  }
}

/** Starts everything: an origin for each page with a simulated network, the tenant, the endpoint and a browser. */
export async function setUp(exo365, out, names, roundTrip) {
  /** @type {Record<string, any>} */
  const servers = {};
  const lines = [];
  const line = async (name, network) => {
    const one = await startLine(() => servers[name].port, network);
    lines.push(one);
    return one.port;
  };
  const far = { roundTrip, megabits: MEGABITS };
  const origins = Object.fromEntries(names.map((name) => [name, `https://${name.toLowerCase()}.contoso.example`]));
  const { certificate, privateKey } = makeCertificate([...HOSTS, '*.contoso.example']);
  const tls = { cert: certificate, key: privateKey };
  const authority = join(scratch(), 'authority.pem');
  writeFileSync(authority, certificate);
  const uris = Object.values(origins).flatMap((origin) => [
    ...['--spa-redirect-uri', origin],
    ...['--redirect-uri', `${origin}/`],
  ]);
  const tenant = await startTenant(uris);
  servers.microsoft = await serveMicrosoft(tls, tenant, WAIT);
  const near = await line('microsoft', { roundTrip: NEAR });
  const wayOut = await startWayOut(() => near);
  const endpoint = await startEndpoint({
    login: 'https://login.microsoftonline.com',
    api_origin: GRAPH,
    origins: Object.values(origins),
    redirect_uris: Object.values(origins).map((origin) => `${origin}/`),
    behind_tls_proxy: true,
    limit_per_address: 0,
    limit_per_session: 0,
    env: { HTTPS_PROXY: wayOut.url, SSL_CERT_FILE: authority },
  });
  const rules = [];
  const bundles = new Map();
  for (const name of names) {
    const { app } = VARIANTS[name];
    if (!bundles.has(app)) bundles.set(app, await bundled(app, exo365, out));
    servers[name] = await serveApp(tls, bundles.get(app), VARIANTS[name], exo365, () => endpoint);
    rules.push(`MAP ${new URL(origins[name]).host}:443 127.0.0.1:${await line(name, far)}`);
  }
  const api = await line('microsoft', far);
  rules.push(...HOSTS.map((host) => `MAP ${host}:443 127.0.0.1:${api}`));
  // With an untrusted certificate the browser would open another connection.
  const key = createHash('sha256')
    .update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const flags = [`--host-resolver-rules=${rules.join(', ')}`, `--ignore-certificate-errors-spki-list=${key}`];
  // For the sign-ins.
  const browser = await openBrowser(flags);
  /** A new profile. Not one of `browser`: those are incognito, where Chromium ignores `preconnect`. */
  const profile = async () => (await openProfile(mkdtempSync(join(scratch(), 'profile-')), flags)).context();
  const end = async () => {
    await browser.close();
    for (const one of lines) one.end();
    for (const server of Object.values(servers)) server.end();
    await endpoint.end();
    wayOut.end();
    await tenant.end();
  };
  const cut = () => {
    // The endpoint's connections to the API stay: it keeps them warm.
    for (const one of lines) if (one.port !== near) one.cut();
  };
  return { servers, origins, tenant, endpoint, browser, profile, end, cut };
}

/** The session of each page. */
export async function sessionsOf(names, { browser, tenant, endpoint, origins, servers }) {
  const sessions = {};
  for (const name of names) {
    const place = { browser, tenant, endpoint, origin: origins[name], server: servers[name] };
    sessions[name] = await session(VARIANTS[name].session, place);
  }
  return sessions;
}

/** What a page with a valid session may ask the service for, besides the list. */
const allowed = (name, { path }) =>
  path.startsWith('/v1.0/me/messages') || (name === 'ended' && path.endsWith('/token'));

/**
 * Measures pages (all of them, unless `names` says which). Gives, for each, `cold` and `warm`: medians in milliseconds,
 * from the navigation's start until the list is in the document; and `asked`: how many requests the service got in both
 * loads together, preflights included.
 */
export async function firstLists(exo365, out, { roundTrip, rounds, names = Object.keys(VARIANTS) }) {
  const { tenant, end, ...it } = await setUp(exo365, out, names, roundTrip);
  const control = new Control(tenant.url);
  try {
    const sessions = await sessionsOf(names, { tenant, ...it });
    const times = Object.fromEntries(names.map((name) => [name, []]));
    const asked = {};
    for (let round = -1; round < rounds; round++) {
      const context = await it.profile();
      for (const name of names) {
        await control.forget();
        const one = await visit(context, it.origins[name], sessions[name], it.cut);
        // The first round warms the servers up.
        if (round >= 0) times[name].push(one);
        const requests = await control.requests(({ path }) => !path.startsWith('/_control'));
        const others = requests.filter((request) => !allowed(name, request));
        if (others.length > 0) throw new Error(`${name} asked for ${others.map(({ path }) => path)}`);
        asked[name] = requests.length;
      }
      await context.close();
    }
    const sum = (name) => ({
      cold: median(times[name].map(({ cold }) => cold)),
      warm: median(times[name].map(({ warm }) => warm)),
      asked: asked[name],
    });
    return Object.fromEntries(names.map((name) => [name, sum(name)]));
  } finally {
    await end();
  }
}

/** The network, for the text of the results. */
export const NETWORK = { megabits: MEGABITS, near: NEAR, wait: WAIT };

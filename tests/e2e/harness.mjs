// The set-up of a journey: tenant, endpoint, page and browser. A file calls `stack()` once, a test calls `open()`.
import { cpSync } from 'node:fs';
import { after, afterEach, before } from 'node:test';
import { join } from 'node:path';
import { newPage, openBrowser } from './browser.mjs';
import { Control } from './control.mjs';
import { packageDir, scratch, startEndpoint, startTenant } from './processes.mjs';
import { searchForTokens, wasBusy } from './storage.mjs';

export const ADELE = 'adele@contoso.example';
export const BEN = 'ben@contoso.example';
export const PASSWORD = 'Password1!';

/** A folder to serve: the test page with the package. */
export function assemblePage(extra = {}) {
  const dir = scratch();
  cpSync(new URL('./pages/', import.meta.url), dir, { recursive: true });
  cpSync(packageDir, join(dir, 'vendor/exo365'), {
    recursive: true,
  });
  for (const [from, to] of Object.entries(extra)) cpSync(from, join(dir, to), { recursive: true });
  return dir;
}

/**
 * Starts everything before the tests of the file and ends it after them. Pages are searched for tokens (S12): after
 * each test those that sent a request, at the end all.
 *
 * @param {object} [options]
 * @param {string[]} [options.tenant] Arguments of the tenant.
 * @param {object | ((tenant: string) => object)} [options.endpoint] Settings, or a function of the tenant's address that gives them.
 * @param {string[]} [options.browserArgs]
 * @param {object} [options.browserOptions] Of Playwright's `launch`.
 */
export function stack({ tenant: tenantArgs = [], endpoint: settings = {}, browserArgs = [], browserOptions } = {}) {
  const it = {
    /**
     * A fresh profile on the page, loaded and settled.
     *
     * @param {string} [path]
     * @param {(page: import('./browser.mjs').TestPage) => unknown} [prepare] Gets the page before it loads.
     */
    async open(path = '/', prepare = () => {}) {
      const page = await newPage(it.browser);
      await prepare(page);
      await visit(page, it.url + path);
      return page;
    },
    /** A fresh profile, signed in. */
    async signedIn(user = ADELE) {
      const page = await it.open();
      await signIn(page, user);
      return page;
    },
    async restartEndpoint(changes = {}) {
      await it.endpoint.end();
      it.endpoint = await startEndpoint({
        ...it.endpointSettings,
        port: it.endpoint.port,
        dir: it.endpoint.dir,
        ...changes,
      });
    },
  };
  before(async () => {
    it.page = assemblePage();
    it.tenant = await startTenant(tenantArgs);
    it.control = new Control(it.tenant.url);
    const chosen = typeof settings === 'function' ? settings(it.tenant.url) : settings;
    it.endpointSettings = { login: it.tenant.url, page: it.page, ...chosen };
    it.endpoint = await startEndpoint(it.endpointSettings);
    it.url = it.endpoint.url;
    it.browser = await openBrowser(browserArgs, browserOptions);
  });
  afterEach(async () => {
    for (const context of it.browser?.contexts().filter(wasBusy) ?? []) await searchForTokens(context);
  });
  after(async () => {
    try {
      for (const context of it.browser?.contexts() ?? []) await searchForTokens(context);
    } finally {
      await it.browser?.close();
      await it.endpoint?.end();
      await it.tenant?.end();
    }
  });
  return it;
}

/** Goes to `url` and waits until the page has created its client, or failed to. */
export async function visit(page, url) {
  await page.goto(url);
  await settled(page);
}

export const settled = (page) =>
  page.waitForFunction(() => document.querySelector('#state')?.textContent !== 'loading');

/** Starts a sign-in by redirect; resolves when the browser is at the sign-in service. */
export async function leave(page, options = {}) {
  const away = page.waitForURL((url) => /\/authorize|\/oauth2|\/login|\/signin|\/interaction/.test(url.pathname));
  // Not awaited: the promise of a redirect settles only if the page stays.
  await page.evaluate((options) => {
    globalThis.client.signIn(options).catch((error) => {
      globalThis.failure = error;
    });
  }, options);
  await away;
}

/** Clicks an account on the sign-in page, and accepts what the consent page lists if it comes. */
export async function choose(page, user, { consent = 'accept' } = {}) {
  const account = page.locator(`button[data-account="${user}"]`);
  const accept = page.locator('#accept');
  const back = page.locator('#state');
  // With a session at the sign-in service there is no account picker.
  await account.or(accept).first().waitFor();
  if (await account.count()) await account.click();
  await accept.or(back).first().waitFor();
  if (await accept.count()) {
    await page.click(`#${consent}`);
    await back.waitFor();
  }
  await settled(page);
}

/** The whole sign-in: redirect, account picker, consent, return. */
export async function signIn(page, user = ADELE, options = {}) {
  await leave(page, options);
  await choose(page, user);
}

/** Calls `body` in the page with `argument`. Gives `{ value }`, or `{ error }` with the plain fields of the error. */
export function attempt(page, body, argument) {
  // As one text: the page's CSP forbids `eval`, except for what the driver itself evaluates.
  return page.evaluate(`(${inPage})(${body}, ${JSON.stringify(argument)})`);
}

async function inPage(body, argument) {
  try {
    return { value: await body(argument) };
  } catch (error) {
    const { code, message, remedy, status, aadsts, claims } = error ?? {};
    return {
      error: {
        code,
        message,
        remedy,
        status,
        aadsts,
        claims,
        isError: error instanceof Error,
        isOurs: error instanceof globalThis.sdk.Exo365Error,
      },
    };
  }
}

/** Like `attempt`, for a call that has to succeed: gives the value, or fails the test. */
export async function call(page, body, argument) {
  const { value, error } = await attempt(page, body, argument);
  if (error) throw new Error(`${error.code}: ${error.message}`);
  return value;
}

/**
 * The requests that the page makes from now on: `const stop = watch(page); ...; stop()` gives them.
 *
 * @param {(request: import('playwright-core').Request) => unknown} [filter]
 */
export function watch(page, filter = () => true) {
  const seen = [];
  const note = (request) =>
    filter(request) &&
    seen.push({ method: request.method(), url: request.url(), headers: request.headers(), body: request.postData() });
  page.on('request', note);
  return () => {
    page.off('request', note);
    return seen;
  };
}

// The set-up of the demo's journeys: tenant, endpoint, the demo's page, and each browser in turn.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { join } from 'node:path';
import { Control } from './control.mjs';
import { BROWSERS, launch } from './demo-browser.mjs';
import { root, startEndpoint, startTenant } from './processes.mjs';

const PAGE = process.env.EXO365_DEMO_PAGE ?? join(root, 'target/page');
const SHORT = process.env.EXO365_JOURNEYS === 'short';
export const ADELE = 'adele@contoso.example';
export const BEN = 'ben@contoso.example';
export const GUEST = 'guest@fabrikam.example';

/**
 * `trouble` has the errors on the console. `session` speaks the protocol of Chromium.
 *
 * @typedef {import('puppeteer-core').CDPSession} Session
 * @typedef {import('puppeteer-core').Page & { trouble: string[], session?: Session }} DemoPage
 */

/**
 * Declares `journeys` once for each browser, against servers of their own. `it.open()` gives a page in a fresh profile,
 * `it.signedIn()` one with the inbox.
 *
 * @param {(it: any) => void} journeys
 * @param {{ tenant?: string[], endpoint?: object, engines?: boolean }} [options] `engines`: what the browser does itself
 *   matters here, so that the short list of `cargo xtask test` has them in each; the others it has in Chromium.
 */
export function inEachBrowser(journeys, { tenant = [], endpoint = {}, engines = false } = {}) {
  for (const browser of BROWSERS) {
    const later = SHORT && !engines && browser.kind !== 'chrome' && '`cargo xtask e2e demo` runs it in each browser';
    const skip = later || (!browser.program && `there is no ${browser.name} on this machine`);
    describe(browser.name, { skip }, () => {
      /** @type {any} */
      const it = { name: browser.name, kind: browser.kind };
      before(async () => {
        it.tenant = await startTenant(['--seed', 'full', ...tenant]);
        it.control = new Control(it.tenant.url);
        it.endpoint = await startEndpoint({
          login: it.tenant.url,
          page: PAGE,
          scopes: [
            'User.Read',
            'Mail.ReadWrite',
            'Mail.Send',
            'Calendars.ReadWrite',
            'Contacts.ReadWrite',
            'MailboxSettings.ReadWrite',
          ],
          ...endpoint,
        });
        it.browser = await launch(browser);
      });
      after(async () => {
        await it.browser?.close();
        await it.endpoint?.end();
        await it.tenant?.end();
      });
      it.open = () => open(it);
      it.signedIn = async (user = ADELE) => {
        const page = await open(it);
        await signIn(page, user);
        return page;
      };
      journeys(it);
    });
  }
}

/** @returns {Promise<DemoPage>} */
async function open(it) {
  const context = await it.browser.createBrowserContext();
  const page = /** @type {DemoPage} */ (await context.newPage());
  page.setDefaultTimeout(30_000);
  page.trouble = [];
  page.on('console', (message) => message.type() === 'error' && page.trouble.push(message.text()));
  page.on('pageerror', (/** @type {any} */ error) => page.trouble.push(`uncaught: ${error.message}`));
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(it.endpoint.url);
  await page.waitForSelector('.enter');
  return page;
}

/** From the welcome page to the inbox. */
export async function signIn(page, user = ADELE) {
  await press(page, 'Sign in');
  await chooseAccount(page, user);
  await page.waitForSelector('.shell');
  if (user !== GUEST) await page.waitForSelector('[data-message]');
}

/** At the sign-in service: the account, and the permissions where it asks for them. */
export async function chooseAccount(page, user) {
  await page.waitForSelector(`button[data-account="${user}"], #accept, .shell`);
  if (await page.$(`button[data-account="${user}"]`)) {
    await page.click(`button[data-account="${user}"]`);
    await page.waitForSelector('#accept, .shell');
  }
  if (await page.$('#accept')) await page.click('#accept');
}

/** The visible button of this name in the topmost dialog, else in the page. */
export async function button(page, name) {
  const handle = await page.waitForFunction(
    (name) => {
      const where = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
      const named = (one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === name;
      return [...where.querySelectorAll('button, a, label')].find((one) => named(one) && one.checkVisibility());
    },
    {},
    name,
  );
  return handle.asElement();
}

/** Presses a button as a user does; once more where the page drew it anew in between. */
export async function press(page, name, again = true) {
  try {
    const element = await button(page, name);
    await element.evaluate((one) => one.scrollIntoView({ block: 'center' }));
    await element.click();
  } catch (error) {
    if (!again || !/detached|not clickable/.test(error.message)) throw error;
    await press(page, name, false);
  }
}

/** Types into a field, by its name, in place of what is there. */
export async function fill(page, name, text) {
  const field = await page.waitForSelector(`dialog [name="${name}"], form [name="${name}"]`);
  await field.evaluate((one) => one.select?.());
  await field.type(text);
}

/** The value of a field. */
export const fieldValue = (page, name) =>
  page.$eval(`dialog [name="${name}"], form [name="${name}"]`, (/** @type {HTMLInputElement} */ one) => one.value);

/** Waits until the page, or what matches `within`, shows `text`. */
export const reads = (page, text, within = 'body') =>
  page.waitForFunction((text, within) => document.querySelector(within)?.textContent.includes(text), {}, text, within);

/** The text that the page shows, without what is hidden. */
export const shown = (page, within = 'body') =>
  // biome-ignore lint/performance/useDomNodeTextContent: textContent has what is hidden, too
  page.$eval(within, (/** @type {HTMLElement} */ one) => one.innerText);

/** Goes to a place of the app, and waits for what matches `selector`. */
export async function visit(page, place, selector) {
  await page.evaluate((place) => {
    location.hash = place;
  }, place);
  await page.waitForSelector(selector);
}

/** Fails where the page logged an error that is not expected. */
export const quiet = (page, expected = /never/) =>
  assert.deepEqual(
    page.trouble.filter((line) => !expected.test(line)),
    [],
  );

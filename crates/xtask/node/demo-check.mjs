// Goes through the demo in a browser: a refused consent, sign-in, inbox, step-up, sign-out. `node demo-check.mjs URL
// PICTURE` writes a picture of the inbox.
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS } from '../../../tests/e2e/chromium-flags.mjs';

const [url, picture] = process.argv.slice(2);
const ACCOUNT = 'adele@contoso.example';
const ARGS = ['--headless=new', ...CHROMIUM_FLAGS];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(20_000);
const trouble = [];
// The browser logs two expected errors: the 401 of the protected call, and that of the renewal.
const expected = (message) =>
  /status of 401/.test(message.text()) && /\/(?:mailboxSettings|auth\/token)$/.test(message.location().url);
page.on('console', (message) => message.type() === 'error' && !expected(message) && trouble.push(message.text()));
page.on('pageerror', (error) => trouble.push(`uncaught: ${error.message}`));

const button = (name) => page.getByRole('button', { name, exact: true });

/** Presses a button that opens a window, does `work` there, and waits until the window has closed itself. */
async function inWindow(name, work) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), button(name).click()]);
  popup.setDefaultTimeout(20_000);
  const closed = popup.waitForEvent('close');
  await work(popup);
  await closed;
}

/** The steps by the names that are shown for a failure. */
const STEPS = {
  'opening the page': () => page.goto(url),
  'refusing to consent for the organisation': () =>
    inWindow('Grant permissions for an organisation', (popup) => popup.click('#cancel')),
  'reading what the refusal means': () => page.getByText('The administrator did not grant the permissions.').waitFor(),
  'pressing "Sign in"': () => button('Sign in').click(),
  'choosing the account': () => page.click(`button[data-account="${ACCOUNT}"]`),
  'accepting the permissions': () => page.click('#accept'),
  'coming back to the page': () => page.waitForURL((to) => to.origin === new URL(url).origin),
  'showing the inbox': () => page.locator('[data-message]').nth(4).waitFor(),
  'looking at the address bar': async () => {
    const { href, pathname } = new URL(page.url());
    if (/[?&#](?:code|state)=/.test(href))
      throw new Error(`it still has the answer of the sign-in service: ${pathname}`);
  },
  'taking the picture': () => page.screenshot({ path: picture }),
  'marking all messages as read': () => button('Mark all as read').click(),
  'reading how many they were': () => page.getByText(/ marked as read$/).waitFor(),
  'seeing none that is unread': async () => {
    await page.locator('[data-message]').nth(4).waitFor();
    if (await page.locator('[data-message].unread').count()) throw new Error('some are unread still');
  },
  'opening the settings': () => page.getByRole('link', { name: 'Settings' }).click(),
  'saving what is guarded': () => button('Save').click(),
  'confirming with a second factor': () => inWindow('Confirm that it is you', (popup) => popup.click('#take')),
  'saving after all': () => page.getByText('Saved: automatic replies are off').waitFor(),
  'opening the account': () => page.locator('.me').click(),
  'signing out of Microsoft too': () => button('Sign out of Microsoft too').click(),
  'coming back signed out': () => page.getByText('You are signed out, here and at Microsoft.').waitFor(),
  'signing in in a window': () =>
    inWindow('Sign in with a pop-up window', (popup) => popup.click(`button[data-account="${ACCOUNT}"]`)),
  'showing the inbox again': () => page.locator('[data-message]').nth(4).waitFor(),
  'opening the account again': () => page.locator('.me').click(),
  'signing out of the app': () => button('Sign out of this app').click(),
  'reading that the user is signed out': () => page.getByText('You are signed out.').waitFor(),
};

try {
  for (const [name, step] of Object.entries(STEPS)) {
    await step().catch((error) => {
      throw new Error(`${name}: ${error.message.split('\n')[0]}`);
    });
    console.log(`  ${name}: done`);
  }
  if (trouble.length > 0) throw new Error('the console shows errors');
} catch (error) {
  console.error(`failed at ${error.message}`);
  const body = await page.textContent('body').catch(() => '');
  console.error(`the page says: ${body.replace(/\s+/g, ' ').trim().slice(0, 400)}`);
  for (const line of trouble) console.error(`the console says: ${line}`);
  await page.screenshot({ path: picture });
  process.exitCode = 1;
} finally {
  await browser.close();
}

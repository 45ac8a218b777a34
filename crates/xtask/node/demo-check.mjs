// Drives the demo as a newcomer would, from sign-in to inbox: `node demo-check.mjs URL PICTURE`.
import { chromium } from 'playwright-core';

const [url, picture] = process.argv.slice(2);
const ACCOUNT = 'adele@contoso.example';
const ARGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(20_000);
const trouble = [];
page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
page.on('pageerror', (error) => trouble.push(`uncaught: ${error.message}`));

/** The steps, by the name that a failure is told with. */
const STEPS = {
  'opening the page': () => page.goto(url),
  'pressing "Sign in"': () => page.getByRole('button', { name: /sign in/i }).first().click(),
  'choosing the account': () => page.click(`button[data-account="${ACCOUNT}"]`),
  'accepting the permissions': () => page.click('#accept'),
  'coming back to the page': () => page.waitForURL((to) => to.origin === new URL(url).origin),
  'showing the inbox': () => page.locator('[data-message]').nth(4).waitFor(),
};

try {
  for (const [name, step] of Object.entries(STEPS)) {
    await step().catch((error) => { throw new Error(`${name}: ${error.message.split('\n')[0]}`); });
    console.log(`  ${name}: done`);
  }
  const left = new URL(page.url());
  if (/[?&#](?:code|state)=/.test(left.href)) throw new Error(`the address bar still has the answer of the sign-in service: ${left.pathname}`);
  if (trouble.length > 0) throw new Error('the console shows errors');
} catch (error) {
  console.error(`failed at ${error.message}`);
  const body = await page.textContent('body').catch(() => '');
  console.error(`the page says: ${body.replace(/\s+/g, ' ').trim().slice(0, 400)}`);
  for (const line of trouble) console.error(`the console says: ${line}`);
  process.exitCode = 1;
} finally {
  await page.screenshot({ path: picture });
  await browser.close();
}

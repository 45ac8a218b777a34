// Headless Chromium: one browser for a test file, one fresh profile for a test.
import { chromium } from 'playwright-core';
import { execFileSync } from 'node:child_process';

const ARGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome'], { encoding: 'utf8' }).trim();
}

/** Opens the browser; `close()` ends it. */
export const openBrowser = (args = []) => chromium.launch({ executablePath: executable(), args: [...ARGS, ...args], headless: true });

/** A page with a profile of its own; what the page says on its console is kept in `page.said`. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.said = [];
  page.on('console', (message) => page.said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => page.said.push(`uncaught: ${error.message}`));
  return page;
}

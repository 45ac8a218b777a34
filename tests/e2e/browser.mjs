// Headless Chromium: one browser for a test file, one fresh profile for a test.
import { chromium } from 'playwright-core';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM_FLAGS } from './chromium-flags.mjs';
import { noteTokens, searchForTokens } from './storage.mjs';

const ARGS = ['--headless=new', ...CHROMIUM_FLAGS];

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome'], {
    encoding: 'utf8',
  }).trim();
}

/** @typedef {import('playwright-core').Page & { consoleMessages: string[] }} TestPage */

/** Opens the browser; `close()` ends it. */
export const openBrowser = (args = [], options = {}) =>
  chromium.launch({ executablePath: executable(), args: [...ARGS, ...args], headless: true, ...options });

/**
 * A page in a new profile. The profile is searched for tokens before it closes; `page.consoleMessages` has the page's console
 * messages.
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  noteTokens(context);
  const close = context.close.bind(context);
  context.close = async () => {
    await searchForTokens(context);
    await close();
  };
  return pageOf(context);
}

/**
 * A page whose profile is the folder `dir` and allows third-party cookies in frames. `page.context().close()` ends the
 * browser.
 */
export async function openProfile(dir, args = []) {
  mkdirSync(join(dir, 'Default'), { recursive: true });
  writeFileSync(
    join(dir, 'Default/Preferences'),
    JSON.stringify({ profile: { cookie_controls_mode: 0, block_third_party_cookies: false } }),
  );
  return pageOf(
    await chromium.launchPersistentContext(dir, {
      executablePath: executable(),
      args: [...ARGS, ...args],
      headless: true,
      ignoreHTTPSErrors: true,
    }),
  );
}

/** A new profile with the extension at `dir`; gives the context. Chromium's headless shell has no extensions. */
export const openExtension = (dir) =>
  chromium.launchPersistentContext('', {
    executablePath: executable(),
    args: [...ARGS, `--disable-extensions-except=${dir}`, `--load-extension=${dir}`],
    ignoreDefaultArgs: ['--disable-extensions'],
    headless: true,
  });

async function pageOf(context) {
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.consoleMessages = [];
  page.on('console', (message) => page.consoleMessages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => page.consoleMessages.push(`uncaught: ${error.message}`));
  return page;
}

// The browsers of the demo's journeys: Chromium and Firefox, both by Puppeteer, so that one text drives both.
// (Playwright drives Chromium only, unless it brings a Firefox of its own.)
import puppeteer from 'puppeteer-core';
import { execFileSync } from 'node:child_process';
import { CHROMIUM_FLAGS } from './chromium-flags.mjs';

// What Firefox does at its start by itself would go to the internet.
const FIREFOX_PREFERENCES = {
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'dom.disable_open_during_load': false,
  // As in Chromium below: frames that nobody looks at cost time.
  'ui.prefersReducedMotion': 1,
};

function find(variable, ...names) {
  if (process.env[variable]) return process.env[variable];
  try {
    const script = names.map((name) => `command -v ${name}`).join(' || ');
    return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Each browser with its program; without one its journeys are skipped. */
export const BROWSERS = [
  { name: 'Chromium', kind: 'chrome', program: find('CHROMIUM', 'chromium', 'chromium-browser', 'google-chrome') },
  { name: 'Firefox', kind: 'firefox', program: find('FIREFOX', 'firefox-esr', 'firefox') },
];

/** Starts one of them; `close()` ends it. */
export const launch = ({ kind, program }) =>
  puppeteer.launch({
    browser: kind,
    executablePath: program,
    headless: true,
    ...(kind === 'chrome'
      ? { args: [...CHROMIUM_FLAGS, '--force-prefers-reduced-motion'] }
      : { extraPrefsFirefox: FIREFOX_PREFERENCES }),
  });

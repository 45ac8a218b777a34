// Browsers under one small interface: a tab goes somewhere, runs a function in its page, and clicks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import puppeteer from 'puppeteer-core';
import { freePort } from '../e2e/processes.mjs';

/**
 * @typedef {object} Tab
 * @property {(url: string) => Promise<void>} goto
 * @property {() => Promise<string>} url
 * @property {(body: Function, argument?: unknown) => Promise<any>} run Runs the function in the page; its promise is waited for.
 * @property {(selector: string) => Promise<void>} click
 * @property {(selector: string) => Promise<Tab>} clickOpens Clicks what opens a window, and gives the window.
 *
 * @typedef {object} Engine
 * @property {string} version
 * @property {() => Promise<Tab>} open A tab in a fresh profile.
 * @property {() => Promise<void>} end
 */

/** Longest wait for what a page comes to, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Waits until `probe` gives a value. What it throws while pages change is no answer.
 *
 * @param {string} what
 * @param {() => any} probe
 */
export async function until(what, probe) {
  const begin = Date.now();
  for (;;) {
    const found = await Promise.resolve()
      .then(probe)
      .catch((error) => {
        if (Date.now() - begin > PATIENCE) throw error;
      });
    if (found) return found;
    if (Date.now() - begin > PATIENCE) throw new Error(`not in ${PATIENCE / 1000} s: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/** Firefox by WebDriver BiDi. */
export async function firefox(executablePath) {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  const tab = (page) => ({
    goto: (url) => page.goto(url).then(() => {}),
    url: async () => page.url(),
    run: (body, argument) => page.evaluate(`(${body})(${JSON.stringify(argument) ?? ''})`),
    click: (selector) => page.click(selector),
    async clickOpens(selector) {
      const [opened] = await Promise.all([new Promise((resolve) => page.once('popup', resolve)), page.click(selector)]);
      return tab(opened);
    },
  });
  return {
    version: await browser.version(),
    open: async () => tab(await (await browser.createBrowserContext()).newPage()),
    end: () => browser.close(),
  };
}

/** WebKitGTK by its own driver, which speaks plain WebDriver, on a screen of its own. */
export async function webkit({ driver, browser, xvfbRun }) {
  const port = await freePort();
  const child = spawn(xvfbRun, ['--auto-servernum', driver, `--port=${port}`], {
    stdio: 'ignore',
    detached: true,
  });
  const gone = once(child, 'exit');
  let session = '';
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${session}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error} ${value?.message}`);
    return value;
  };
  await until('WebKitWebDriver', () => ask('GET', '/status'));
  const begun = await ask('POST', '/session', {
    capabilities: {
      alwaysMatch: { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } },
    },
  });
  session = `/session/${begun.sessionId}`;
  await ask('POST', '/timeouts', { script: PATIENCE });

  /** Commands go to the window that is current: each first names its own. */
  const tab = (handle) => {
    const here = () => ask('POST', '/window', { handle });
    const click = async (selector) => {
      await here();
      const element = await ask('POST', '/element', { using: 'css selector', value: selector });
      await ask('POST', `/element/${Object.values(element)[0]}/click`, {});
    };
    return {
      goto: async (url) => {
        await here();
        await ask('POST', '/url', { url });
      },
      url: async () => {
        await here();
        return ask('GET', '/url');
      },
      async run(body, argument) {
        await here();
        const script = `const done = arguments[arguments.length - 1];
          Promise.resolve().then(() => (${body})(${JSON.stringify(argument) ?? ''})).then(
            (value) => done({ value }), (error) => done({ error: String(error?.message ?? error) }));`;
        const { value, error } = await ask('POST', '/execute/async', { script, args: [] });
        if (error) throw new Error(error);
        return value;
      },
      click,
      async clickOpens(selector) {
        await here();
        const before = await ask('GET', '/window/handles');
        await click(selector);
        const opened = await until('a window', async () =>
          (await ask('GET', '/window/handles')).find((one) => !before.includes(one)),
        );
        return tab(opened);
      },
    };
  };
  return {
    version: `${begun.capabilities.browserName} ${begun.capabilities.browserVersion}`,
    open: async () => tab(await ask('GET', '/window')),
    async end() {
      await ask('DELETE', '').catch(() => {});
      // xvfb-run passes no signal on: its whole group ends.
      process.kill(-child.pid, 'SIGTERM');
      await gone;
    },
  };
}

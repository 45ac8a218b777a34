// The demo for everybody: axe over every page, light and dark, from a narrow phone to a wide screen, and in the colours
// of the user's own; what the keys reach; and addresses that are none.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GUEST, inEachBrowser, press, quiet, reads, shown, visit } from './demo.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = [320, 768, 1280, 1920];
/** The rules of axe that a theme can break. The others are about the tree, which is the same in every theme. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
/**
 * Puppeteer emulates themes in Chromium only; Firefox has its own theme.
 *
 * @type {Record<string, { features?: import('puppeteer-core').MediaFeature[], rules?: string[], widths: number[] }[]>}
 */
const THEMES = {
  chrome: [
    { features: [{ name: 'prefers-color-scheme', value: 'light' }], widths: WIDTHS },
    { features: [{ name: 'prefers-color-scheme', value: 'dark' }], rules: COLOURS, widths: [320, 1280] },
    {
      features: [
        { name: 'prefers-color-scheme', value: 'light' },
        { name: 'forced-colors', value: 'active' },
      ],
      rules: COLOURS,
      widths: [320, 1280],
    },
  ],
  firefox: [{ widths: [320, 1280] }],
};

/** What axe finds in every theme and width; animations are over by then. */
async function violations(it, page, name) {
  await page.evaluate(AXE);
  const found = [];
  for (const { features, rules, widths } of THEMES[it.kind]) {
    if (features) await emulate(page, features);
    for (const width of widths) {
      await page.setViewport({ width, height: 800 });
      await page.evaluate(() =>
        Promise.all(
          document
            .getAnimations()
            .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
            .map((one) => one.finished.catch(() => {})),
        ),
      );
      const broken = await page.evaluate(async (runOnly) => {
        const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'], runOnly });
        const wide = document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the window'] : [];
        return [
          ...violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
          ),
          ...wide,
        ];
      }, rules);
      found.push(
        ...broken.map(
          (one) => `${name}, ${features?.map(({ value }) => value).join(' ') ?? 'own theme'}, ${width} px: ${one}`,
        ),
      );
    }
  }
  await page.setViewport({ width: 1280, height: 800 });
  return found;
}

/** Puppeteer refuses `forced-colors`, which the protocol has. */
async function emulate(page, features) {
  page.session ??= await page.createCDPSession();
  await page.session.send('Emulation.setEmulatedMedia', { features });
}

/** Each page of the demo: how to come to it. */
const PAGES = {
  inbox: (page) => visit(page, '#/mail/inbox', '[data-message]'),
  message: async (page) => {
    const place = await page.$eval('[data-message] a', (/** @type {HTMLAnchorElement} */ link) => link.hash);
    await visit(page, place, '.reader');
  },
  agenda: (page) => visit(page, '#/agenda', '.agenda .event'),
  contacts: (page) => visit(page, '#/contacts', '.people-list a'),
  contact: async (page) => {
    const place = await page.$eval('.people-list a', (/** @type {HTMLAnchorElement} */ link) => link.hash);
    await visit(page, place, 'article.card');
  },
  'contact form': (page) => visit(page, '#/contacts/new', 'form.card'),
  settings: (page) => visit(page, '#/settings', '.settings form:not([hidden])'),
  console: async (page) => {
    await visit(page, '#/console', '.console');
    await press(page, 'Newest three');
    await page.waitForSelector('.answer pre');
  },
  'message form': async (page) => {
    await visit(page, '#/mail/inbox', '[data-message]');
    await press(page, 'New message');
    await page.waitForSelector('dialog[open]');
  },
};

inEachBrowser((it) => {
  test('axe finds nothing on any page, in any theme and width', async () => {
    const page = await it.open();
    const found = await violations(it, page, 'welcome');
    await page.browserContext().close();
    const inside = await it.signedIn();
    for (const [name, come] of Object.entries(PAGES)) {
      await come(inside);
      found.push(...(await violations(it, inside, name)));
    }
    await inside.keyboard.press('Escape');
    await PAGES.agenda(inside);
    await inside.click('.event');
    await inside.waitForSelector('dialog[open]');
    found.push(...(await violations(it, inside, 'meeting')));
    assert.equal(found.join('\n'), '');
    await inside.browserContext().close();
  });

  test('every page has one h1 that screen readers find, also while reading on a phone', async () => {
    const page = await it.signedIn();
    for (const width of [1280, 390]) {
      await page.setViewport({ width, height: 800 });
      for (const name of ['inbox', 'message', 'agenda', 'contacts', 'contact', 'settings']) {
        await PAGES[name](page);
        const headings = await page.$$eval('h1', (all) => all.filter((one) => one.checkVisibility()).length);
        assert.equal(headings, 1, `${name} at ${width}`);
      }
    }
    await page.browserContext().close();
  });

  test('addresses that are none lead to the inbox', async () => {
    const page = await it.signedIn();
    for (const place of ['#/__proto__', '#/constructor/x', '#/%E0%A4%A', '#//', '#mail']) {
      await visit(page, '#/agenda', '.agenda');
      await visit(page, place, '.mail');
    }
    // The service refuses the folder `x`.
    quiet(page, /status of 400/);
    await page.browserContext().close();
  });

  test('a guest without mailbox reads what to do, and gets no button that cannot help', async () => {
    const page = await it.signedIn(GUEST);
    await reads(page, 'This account has no mailbox.');
    const text = await shown(page, '.list');
    assert.match(text, /Use another account/);
    assert.doesNotMatch(text, /Try again|signIn|CORS|connect-src/);
    await page.browserContext().close();
  });

  test('the keys scroll the answer of the console', async () => {
    const page = await it.signedIn();
    await PAGES.console(page);
    await page.focus('.answer pre');
    await page.keyboard.press('ArrowDown');
    const seen = await page.$eval('.answer pre', (one) => ({
      height: one.scrollHeight > one.clientHeight,
      top: one.scrollTop,
    }));
    if (seen.height) await page.waitForFunction(() => document.querySelector('.answer pre').scrollTop > 0);
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'pre');
    await page.browserContext().close();
  });
});

// The whole journey in one browser, in direct and in proxy mode: sign-in, calls, an upload, reload, window, sign-out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, assemblePage } from '../e2e/harness.mjs';
import { startEndpoint, startTenant } from '../e2e/processes.mjs';
import { until } from './drivers.mjs';

/** Registers the tests of an engine, which `launch` starts. @param {() => Promise<import('./drivers.mjs').Engine>} launch */
export function journey(name, launch) {
  for (const mode of ['direct', 'proxy']) {
    test(`${name}, ${mode} mode: from sign-in to sign-out`, { timeout: 240_000 }, async (t) => {
      const tenant = await startTenant();
      const endpoint = await startEndpoint({ login: tenant.url, page: assemblePage(), mode });
      const engine = await launch();
      t.diagnostic(engine.version);
      try {
        await walk(await engine.open(), endpoint.url, mode, t);
      } finally {
        await engine.end();
        await endpoint.end();
        await tenant.end();
      }
    });
  }
}

/** @param {import('./drivers.mjs').Tab} tab */
async function walk(tab, url, mode, t) {
  const state = () => tab.run(() => document.querySelector('#state')?.textContent);
  const settled = (wanted) => until(wanted, async () => (await state()) === wanted);
  const has = (window, selector) => window.run((selector) => Boolean(document.querySelector(selector)), selector);
  const SIGNED_IN = `signed in: ${ADELE}`;

  await t.test('sign-in by redirect, back to the place', async () => {
    await tab.goto(`${url}/?view=week#top`);
    await settled('signed out');
    await tab.run(() => {
      client.signIn().catch(() => {});
    });
    const account = `button[data-account="${ADELE}"]`;
    await until('the accounts', () => has(tab, account));
    await tab.click(account);
    await until('the consent', () => has(tab, '#accept'));
    await tab.click('#accept');
    await settled(SIGNED_IN);
    assert.equal(await tab.url(), `${url}/?view=week#top`);
  });

  await t.test('calls, a draft, a file of four megabytes', async () => {
    const done = await tab.run(async () => {
      const { items } = await client.mail.messages.list({ top: 5, select: ['subject'] });
      const draft = await client.mail.messages.create({ subject: 'From another engine' });
      const file = new File([new Uint8Array(4 * 1024 * 1024).fill(65)], 'large.bin', { type: 'text/plain' });
      let sent = 0;
      await client.mail.messages.attachments(draft.id).add(file, {
        onProgress: (bytes) => {
          sent = bytes;
        },
      });
      const attached = await client.mail.messages.attachments(draft.id).list();
      await client.mail.messages.delete(draft.id);
      return { items: items.length, sent, size: attached.items[0].size };
    });
    assert.equal(done.items, 5);
    assert.equal(done.sent, 4 * 1024 * 1024);
    assert.ok(done.size >= done.sent, `${done.size}`);
  });

  await t.test('renewal, and the session after a reload', async () => {
    const renewed = () =>
      client.getToken({ forceRefresh: true }).then(
        ({ expiresIn }) => expiresIn > 0,
        ({ code }) => code,
      );
    assert.equal(await tab.run(renewed), mode === 'proxy' ? 'misconfigured' : true);
    await tab.goto(`${url}/index.html`);
    await settled(SIGNED_IN);
    assert.equal(await tab.run(async () => (await client.mail.messages.list({ top: 1 })).items.length), 1);
  });

  await t.test('sign-in in a window of its own', async () => {
    await tab.run(() => {
      globalThis.result = undefined;
      const button = document.body.appendChild(document.createElement('button'));
      button.id = 'go';
      button.textContent = 'Sign in';
      button.onclick = () =>
        client.signIn({ mode: 'popup', prompt: 'select_account' }).then(
          ({ username }) => {
            globalThis.result = username;
          },
          ({ code, message }) => {
            globalThis.result = `${code}: ${message}`;
          },
        );
    });
    const popup = await tab.clickOpens('#go');
    const account = `button[data-account="${ADELE}"]`;
    await until('the accounts in the window', () => has(popup, account));
    await popup.click(account).catch(() => {});
    assert.equal(await until('the account', () => tab.run(() => globalThis.result)), ADELE);
  });

  await t.test('sign-out, and nobody after a reload', async () => {
    await tab.run(() => client.signOut());
    assert.equal(await tab.run(() => client.account), null);
    await tab.goto(`${url}/`);
    await settled('signed out');
  });
}

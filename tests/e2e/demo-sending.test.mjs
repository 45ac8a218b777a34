// The demo: files go up with a progress bar, drafts keep their files, and a refused message is sent after a sign-in.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ADELE, chooseAccount, fieldValue, fill, inEachBrowser, press, reads, shown, visit } from './demo.mjs';
import { scratch } from './processes.mjs';

const gone = (page, selector) => page.waitForFunction((one) => !document.querySelector(one), {}, selector);

const folder = scratch();

/** A file of so many megabytes. */
function fileOf(megabytes) {
  const path = join(folder, 'figures.bin');
  writeFileSync(path, Buffer.alloc(megabytes * 1024 * 1024, 7));
  return path;
}

/** Opens the form of a new message, fills it and attaches a file. */
async function write(page, { subject, megabytes = 0 }) {
  await press(page, 'New message');
  await fill(page, 'to', 'ben@contoso.example');
  await fill(page, 'subject', subject);
  await fill(page, 'body', 'With figures');
  if (megabytes === 0) return;
  const input = await page.waitForSelector('dialog input[type="file"]');
  await input.uploadFile(fileOf(megabytes));
  await reads(page, 'figures.bin', 'dialog .files');
}

inEachBrowser((it) => {
  test('9 MB go up with a progress bar, which says how much is there', async () => {
    const page = await it.signedIn();
    await page.evaluate(() => {
      globalThis.seen = [];
      new MutationObserver(() => {
        const bar = document.querySelector('.progress:not([hidden])');
        if (bar) globalThis.seen.push([bar.querySelector('progress').value, bar.textContent]);
      }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    await write(page, { subject: 'Large', megabytes: 9 });
    await press(page, 'Send');
    await reads(page, 'Sent', '#status');
    await gone(page, 'dialog');
    const seen = await page.evaluate(() => globalThis.seen);
    const values = seen.map(([value]) => value);
    assert.ok(
      values.some((value) => value > 0 && value < 1),
      `some part was reported: ${JSON.stringify(seen)}`,
    );
    assert.equal(Math.max(...values), 1);
    assert.ok(seen.some(([, text]) => /^Sending: .* of 9\.4 MB$/.test(text)));
    await page.browserContext().close();
  });

  test('a draft keeps its files', async () => {
    const page = await it.signedIn();
    await write(page, { subject: 'Draft with figures', megabytes: 5 });
    await press(page, 'Save draft');
    await reads(page, 'Saved in Drafts', '#status');
    await gone(page, 'dialog');
    await visit(page, '#/mail/drafts', '[data-message]');
    await reads(page, 'Draft with figures', '.messages');
    await page.click('[data-message] a');
    await page.waitForSelector('.reader .file');
    await page.browserContext().close();
  });

  test('a message that was refused for the lack of a sign-in is sent after it, with its file', async () => {
    const page = await it.signedIn();
    await write(page, { subject: 'After the sign-in', megabytes: 1 });
    await it.control.fault({ match: { path: '/sendMail' }, kind: 'unauthorized', variant: 'claims', times: 1 });
    await it.control.revoke(ADELE);
    await press(page, 'Send');
    await page.waitForSelector('dialog .error .primary');
    assert.equal(await fieldValue(page, 'body'), 'With figures');
    const [popup] = await Promise.all([
      new Promise((resolve) => page.once('popup', resolve)),
      page.click('dialog .error .primary'),
    ]);
    const closed = new Promise((resolve) => popup.once('close', resolve));
    // Where the sign-in service asks nothing, the window closes itself at once.
    await Promise.race([closed, chooseAccount(popup, ADELE).catch(() => closed)]);
    await reads(page, 'Sent', '#status');
    await gone(page, 'dialog');
    await visit(page, '#/mail/sentitems', '[data-message]');
    await reads(page, 'After the sign-in', '.messages');
    await page.browserContext().close();
  });

  test('a write whose answer is lost is neither called done nor not done: message, draft, meeting, contact', async () => {
    const page = await it.signedIn();
    /** Presses `button` while no answer of `path` comes; the page then says `doubt` and, when it is left, `left`. */
    const lose = async (path, button, doubt, left) => {
      await it.control.fault({ match: { path, method: 'POST' }, kind: 'drop' });
      await press(page, button);
      await reads(page, `The ${doubt}: no answer came`);
      assert.doesNotMatch(await shown(page), /That did not work|not been sent|not been saved|Nothing has been saved/);
      await it.control.clearFaults();
      await leave();
      await reads(page, left);
      assert.doesNotMatch(await shown(page), /not been saved|Nothing has been saved/);
    };
    let leave = () => page.keyboard.press('Escape');
    await write(page, { subject: 'In doubt' });
    await lose('/sendMail', 'Send', 'message may have been sent', 'It may have been sent: look in “Sent”.');
    assert.doesNotMatch(await shown(page), /has not been sent/);
    await press(page, 'Discard');
    await gone(page, 'dialog');

    await visit(page, '#/agenda', '.agenda .event');
    await press(page, 'New meeting');
    await fill(page, 'subject', 'In doubt');
    await lose(
      '/events',
      'Save meeting',
      'meeting may have been saved',
      'It may have been saved: look at your calendar.',
    );
    await press(page, 'Discard');
    await gone(page, 'dialog');

    await visit(page, '#/contacts/new', 'form.card');
    await fill(page, 'given', 'In doubt');
    leave = () => press(page, 'Cancel');
    await lose('/contacts', 'Save', 'contact may have been saved', 'It may have been saved: look at your contacts.');
    await press(page, 'Discard');
    await page.browserContext().close();
  });

  test('a draft without subject stays without one', async () => {
    const page = await it.signedIn();
    await press(page, 'New message');
    await fill(page, 'to', 'ben@contoso.example');
    await fill(page, 'body', 'Nameless');
    await press(page, 'Save draft');
    await gone(page, 'dialog');
    await visit(page, '#/mail/drafts', '[data-message]');
    await page.click('[data-message] a');
    await press(page, 'Edit');
    await page.waitForSelector('dialog[open] [name="subject"]');
    assert.equal(await fieldValue(page, 'subject'), '');
    await page.browserContext().close();
  });
});

// Firefox keeps the failure of an `import()` that was made offline.
inEachBrowser(
  (it) => {
    test('what never left is not called doubtful', async () => {
      const page = await it.signedIn();
      await write(page, { subject: 'Offline' });
      await page.setOfflineMode(true);
      await press(page, 'Send');
      await reads(page, 'There is no connection to the service.', 'dialog .error');
      assert.doesNotMatch(await shown(page), /may have been sent/);
      await page.keyboard.press('Escape');
      await reads(page, 'It has not been sent.');
      await press(page, 'Keep writing');
      await page.setOfflineMode(false);
      await press(page, 'Try again');
      await reads(page, 'Sent', '#status');
      await gone(page, 'dialog');
      return page.browserContext().close();
    });
  },
  { engines: true },
);

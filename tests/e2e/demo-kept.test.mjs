// The demo: a text that somebody wrote is never lost, and the page says nothing that is not so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, fill, inEachBrowser, press, reads, shown, signIn, fieldValue, visit } from './demo.mjs';

/** Opens the form of a new message and fills it. */
async function write(page, { to = 'ben@contoso.example', subject = 'Kept', body = 'A long text' } = {}) {
  await press(page, 'New message');
  await fill(page, 'to', to);
  await fill(page, 'subject', subject);
  await fill(page, 'body', body);
}

const strip = (page) => page.waitForSelector('.unfinished:not([hidden]) [data-kept]');
const stored = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('.kept.')));
const gone = (page, selector) => page.waitForFunction((one) => !document.querySelector(one), {}, selector);

inEachBrowser((it) => {
  test('a message survives a reload, and is offered again until it is sent', async () => {
    const page = await it.signedIn();
    await write(page);
    await page.reload();
    await strip(page);
    assert.match(await shown(page, '.unfinished'), /Unfinished message: Kept/);
    await page.locator('.unfinished button').click();
    await page.waitForSelector('dialog[open] [name="body"]');
    for (const [name, value] of [
      ['to', 'ben@contoso.example'],
      ['subject', 'Kept'],
      ['body', 'A long text'],
    ])
      assert.equal(await fieldValue(page, name), value);
    await gone(page, '.unfinished:not([hidden])'); // it is open, so it is not offered
    await press(page, 'Send');
    await reads(page, 'Sent', '#status');
    await gone(page, 'dialog');
    assert.deepEqual(await stored(page), []);
    assert.equal(await page.$('.unfinished:not([hidden])'), null);
    await page.browserContext().close();
  });

  test('a message survives the end of the session', async () => {
    const page = await it.signedIn();
    await write(page);
    await it.control.revoke(ADELE);
    await it.control.advance(7200);
    await press(page, 'Send');
    const end = await page.waitForFunction(() => {
      const card = document.querySelector('dialog[open] .error');
      return card ? 'card' : document.querySelector('.enter') && 'welcome';
    });
    if ((await end.jsonValue()) === 'card') {
      assert.equal(await fieldValue(page, 'body'), 'A long text');
      await page.reload();
      await page.waitForSelector('.enter, .shell');
    } else assert.match(await shown(page, '.notice'), /What you were writing is kept/);
    if (await page.$('.enter')) await signIn(page);
    await strip(page);
    await page.locator('.unfinished button').click();
    await page.waitForSelector('dialog[open] [name="body"]');
    assert.equal(await fieldValue(page, 'body'), 'A long text');
    await page.browserContext().close();
  });

  test('a closed dialog asks, and the back button of the browser loses nothing', async () => {
    const page = await it.signedIn();
    await write(page);
    await page.keyboard.press('Escape');
    await reads(page, 'It has not been sent.');
    await press(page, 'Keep writing');
    assert.equal(await fieldValue(page, 'body'), 'A long text');
    await page.evaluate(() => {
      location.hash = '#/agenda';
    });
    await gone(page, 'dialog');
    await strip(page);
    await page.locator('.unfinished button.quiet').click();
    await press(page, 'Discard');
    await gone(page, '.unfinished:not([hidden])');
    assert.deepEqual(await stored(page), []);
    await page.browserContext().close();
  });

  test('a half-typed meeting and a half-typed contact are kept', async () => {
    const page = await it.signedIn();
    await visit(page, '#/agenda', '.agenda .event');
    await press(page, 'New meeting');
    await fill(page, 'subject', 'Half a meeting');
    await page.keyboard.press('Escape');
    await reads(page, 'Discard this meeting?');
    await press(page, 'Keep writing');
    await visit(page, '#/contacts/new', 'form.card');
    await fill(page, 'given', 'Half');
    await fill(page, 'surname', 'Person');
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('[data-kept]').length === 2);
    const text = await shown(page, '.unfinished');
    assert.match(text, /Unfinished meeting: Half a meeting/);
    assert.match(text, /Unfinished contact: Half Person/);
    await page.locator('[data-kept="contact"] button').click();
    await page.waitForFunction(
      () => /** @type {HTMLInputElement} */ (document.querySelector('[name="given"]'))?.value === 'Half',
    );
    await press(page, 'Cancel');
    await reads(page, 'Discard this contact?');
    await press(page, 'Discard');
    await page.locator('[data-kept="meeting"] button').click();
    await page.waitForSelector('dialog[open] [name="subject"]');
    assert.equal(await fieldValue(page, 'subject'), 'Half a meeting');
    await page.keyboard.press('Escape');
    await press(page, 'Discard');
    await gone(page, 'dialog');
    assert.deepEqual(await stored(page), []);
    await page.browserContext().close();
  });

  test('a text is offered to its own account only, and signing out asks what becomes of it', async () => {
    const page = await it.signedIn();
    await write(page, { subject: 'Private' });
    await page.reload();
    await strip(page);
    const [name] = await stored(page);
    await page.evaluate((name) => {
      const other = name.replace(
        /kept\.[^.]+\.[^.]+/,
        'kept.11111111-1111-1111-1111-111111111111.22222222-2222-2222-2222-222222222222',
      );
      localStorage.setItem(other, localStorage.getItem(name).replace('Private', 'Of somebody else'));
    }, name);
    await page.reload();
    await strip(page);
    assert.match(await shown(page, '.unfinished'), /Private/);
    assert.doesNotMatch(await shown(page, '.unfinished'), /somebody else/);
    await page.click('.me');
    await press(page, 'Sign out of this app');
    await reads(page, 'You have unfinished texts (1).');
    await press(page, 'Discard them');
    await page.waitForSelector('.enter');
    assert.equal((await stored(page)).length, 1); // that of the other account
    await page.browserContext().close();
  });

  test('a half-typed automatic reply is kept over a reload, another view and the end of the session', async () => {
    const page = await it.signedIn();
    const ready = '.settings form:not([hidden])';
    const typed = () =>
      page.waitForFunction(
        () =>
          /** @type {HTMLTextAreaElement} */ (document.querySelector('[name="message"]'))?.value === 'Away until May',
      );
    await visit(page, '#/settings', ready);
    await fill(page, 'message', 'Away until May');
    await page.reload();
    await strip(page);
    assert.match(await shown(page, '.unfinished'), /Unfinished automatic reply/);
    await press(page, 'Continue. Unfinished automatic reply');
    await typed();
    await gone(page, '.unfinished:not([hidden])');
    await visit(page, '#/agenda', '.agenda .event');
    await it.control.revoke(ADELE);
    await it.control.advance(7200);
    await visit(page, '#/mail/inbox', '.enter, .error');
    await page.reload();
    await page.waitForSelector('.enter, .shell');
    if (await page.$('.enter')) await signIn(page);
    await strip(page);
    await press(page, 'Continue. Unfinished automatic reply');
    await typed();
    await gone(page, '.unfinished:not([hidden])'); // it is open, so it is not offered
    assert.equal((await stored(page)).length, 1);
    await page.browserContext().close();
  });

  test('Escape while sending says that it is being sent, and stopping does not claim that it was not', async () => {
    const page = await it.signedIn();
    await write(page, { subject: 'On its way' });
    await it.control.fault({ match: { path: '/sendMail' }, kind: 'hold' });
    await press(page, 'Send');
    await page.waitForFunction(() => document.querySelector('dialog fieldset:disabled'));
    await page.keyboard.press('Escape');
    await reads(page, 'The message is being sent');
    assert.doesNotMatch(await shown(page), /has not been sent/);
    await press(page, 'Stop');
    await reads(page, 'The message may have been sent');
    await page.keyboard.press('Escape');
    await reads(page, 'It may have been sent');
    assert.doesNotMatch(await shown(page), /has not been sent/);
    await it.control.clearFaults();
    await page.browserContext().close();
  });
});

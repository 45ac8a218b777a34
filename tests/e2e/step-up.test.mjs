// Conditional Access: a protected call is challenged, its error leads to the second factor, and then the call succeeds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, attempt, call, settled, signIn, stack, visit, watch } from './harness.mjs';

const SCOPES = ['User.Read', 'Mail.ReadWrite', 'MailboxSettings.ReadWrite'];
const it = stack({ tenant: ['--step-up', 'PATCH /me/mailboxSettings'], endpoint: { scopes: SCOPES } });

const guarded = () => client.settings.update({ timeFormat: 'HH:mm' });
const form = async () => (await it.control.requests((one) => one.form?.grant_type === 'refresh_token')).at(-1)?.form;
const patches = () => it.control.requests((one) => one.method === 'PATCH');

async function signedIn() {
  const page = await it.open();
  await signIn(page, ADELE);
  return page;
}

/** Makes the protected call, which is refused; its error stays in the page as `refused`. */
async function refuse(page) {
  const { error } = await attempt(page, async () => {
    try {
      await client.settings.update({ timeFormat: 'HH:mm' });
    } catch (error) {
      globalThis.refused = error;
      throw error;
    }
  });
  return error;
}

/** Starts the step-up by `resolve()`, with a redirect; resolves at the page with the code. */
async function resolve(page) {
  await page.evaluate(() => {
    refused.resolve().catch((error) => {
      globalThis.failure = error;
    });
  });
  await page.locator('#code').waitFor();
}

/** The same with a pop-up window. */
async function resolveInWindow(page) {
  await page.evaluate(() => {
    const button = document.body.appendChild(document.createElement('button'));
    button.id = 'go';
    button.onclick = () => {
      button.remove();
      globalThis.result = undefined;
      refused.resolve({ mode: 'popup' }).then(
        ({ username }) => {
          globalThis.result = { username };
        },
        ({ code }) => {
          globalThis.result = { code };
        },
      );
    };
  });
  const [popup] = await Promise.all([page.context().waitForEvent('page'), page.click('#go')]);
  await popup.locator('#code').waitFor();
  return popup;
}
const result = async (page) => (await page.waitForFunction(() => globalThis.result)).jsonValue();

test('S27 S28 a guarded call: one renewal with the claims, then interaction_required that carries them', async () => {
  const page = await signedIn();
  await it.control.forget();
  const stop = watch(page, (request) => request.url().endsWith('/auth/token'));
  const error = await refuse(page);
  assert.equal(error.code, 'interaction_required');
  assert.deepEqual(error.aadsts, [50076]);
  assert.equal(JSON.parse(error.claims).access_token.acrs.value, 'c1');
  assert.ok(error.message.length > 20 && error.remedy, `${error.message} ${error.remedy}`);
  assert.equal(stop().length, 1);
  assert.equal((await patches()).length, 1, 'nothing is sent again with a token that is known not to do');
  const claims = JSON.parse((await form()).claims).access_token;
  assert.deepEqual([claims.acrs, claims.xms_cc], [{ essential: true, value: 'c1' }, { values: ['cp1'] }]);
  assert.equal(
    (await call(page, () => client.mail.messages.list({ top: 1 }))).items.length,
    1,
    'what is not guarded goes on',
  );
});

test('resolve() leads to the second factor, and the call goes through when the page is back', async () => {
  const page = await signedIn();
  await visit(page, `${it.url}/?view=settings`);
  await refuse(page);
  await resolve(page);
  const code = await page.textContent('#code');
  await page.fill('input[name=otc]', code === '000000' ? '000001' : '000000');
  await page.click('#verify');
  assert.match(await page.textContent('#error'), /AADSTS500121/);
  await page.fill('input[name=otc]', code);
  await page.click('#verify');
  await page.locator('#state').waitFor();
  await settled(page);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
  assert.equal(page.url(), `${it.url}/?view=settings`);
  const stop = watch(page, (request) => request.url().endsWith('/auth/token'));
  assert.equal((await call(page, guarded)).timeFormat, 'HH:mm');
  assert.deepEqual(stop(), [], 'with the token of the sign-in');
  await page.reload();
  await settled(page);
  assert.equal((await call(page, guarded)).timeFormat, 'HH:mm', 'and after a reload');
});

test('resolve() in a window of its own: the page stays, and its call goes through', async () => {
  const page = await signedIn();
  await refuse(page);
  const popup = await resolveInWindow(page);
  const closed = popup.waitForEvent('close');
  await popup.click('#take');
  await closed;
  assert.deepEqual(await result(page), { username: ADELE });
  assert.equal((await call(page, guarded)).timeFormat, 'HH:mm');
});

/** Makes the protected call, which is refused, and then the step-up. */
async function stepUp(page) {
  await refuse(page);
  await resolve(page);
  await page.click('#take');
  await page.locator('#state').waitFor();
  await settled(page);
}

test('whoever gives up at the second factor stays signed in, and the call stays refused', async () => {
  const page = await signedIn();
  await refuse(page);
  await resolve(page);
  await page.click('#back');
  await page.locator('#state').waitFor();
  await settled(page);
  assert.equal(await page.evaluate(() => globalThis.failure?.code), 'cancelled');
  await visit(page, it.url);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
  assert.equal((await refuse(page)).code, 'interaction_required');
  const popup = await resolveInWindow(page);
  const closed = popup.waitForEvent('close');
  await popup.click('#back');
  await closed;
  assert.deepEqual(await result(page), { code: 'cancelled' });
  assert.equal(await page.evaluate(() => client.account.username), ADELE);
});

test('S27 the second factor of one tab serves the other: one renewal with the claims, no sign-in', async () => {
  const page = await signedIn();
  const other = await page.context().newPage();
  await visit(other, it.url);
  await stepUp(page);
  await it.control.forget();
  assert.equal((await call(other, guarded)).timeFormat, 'HH:mm');
  assert.equal((await patches()).length, 2, 'refused and repeated');
});

test('a renewal long after keeps what the second factor gave', async () => {
  const page = await signedIn();
  await stepUp(page);
  await it.control.advance(30 * 3600);
  await it.control.forget();
  assert.equal((await call(page, guarded)).timeFormat, 'HH:mm');
  assert.equal((await it.control.requests((one) => one.form?.grant_type === 'refresh_token')).length, 1);
});

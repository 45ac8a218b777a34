// Sign-in and an administrator's consent in a pop-up window, in spite of Microsoft's `Cross-Origin-Opener-Policy`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, BEN, attempt, settled, stack, visit, watch } from './harness.mjs';
import { answer, inWindow, result } from './window.mjs';

const it = stack();

test('S20 S22 the page stays where it is, the window closes itself, the account is there', async () => {
  const page = await it.open('/?keep=me');
  const stop = watch(page, (request) => request.url().includes('/auth/'));
  await answer(await inWindow(page, 'signIn'), ADELE);
  assert.equal((await result(page)).value.username, ADELE);
  assert.equal(new URL(page.url()).search, '?keep=me');
  assert.deepEqual(
    stop().map(({ url }) => new URL(url).pathname),
    ['/auth/exchange', '/auth/session'],
    'exchanged once, by the page that started the sign-in; then it asks whether the cookie is there',
  );
  assert.equal(await page.evaluate(() => client.account.username), ADELE);
  assert.ok((await page.evaluate(async () => (await client.mail.messages.list({ top: 1 })).items.length)) === 1);
  await visit(page, it.url);
  assert.equal(await page.evaluate(() => client.account.username), ADELE, 'and after a reload');
});

test('a refusal in the window is one of the call; who was signed in stays', async () => {
  const page = await it.signedIn();
  await answer(await inWindow(page, 'signIn', { prompt: 'consent' }), ADELE, 'cancel');
  const { code } = await result(page);
  assert.match(code, /^(cancelled|access_denied)$/);
  assert.equal(await page.evaluate(() => client.account.username), ADELE);
});

test('aborted: the call ends, and the late answer changes nothing', async () => {
  const page = await it.open();
  await page.evaluate(() => {
    globalThis.controller = new AbortController();
  });
  await page.evaluate(() => {
    const button = document.body.appendChild(document.createElement('button'));
    button.id = 'go';
    button.onclick = () =>
      client.signIn({ mode: 'popup', signal: controller.signal }).catch(({ code }) => {
        globalThis.result = { code };
      });
  });
  const [popup] = await Promise.all([page.context().waitForEvent('page'), page.click('#go')]);
  await page.evaluate(() => controller.abort());
  assert.equal((await result(page)).code, 'aborted');
  await answer(popup, ADELE);
  assert.equal(await page.evaluate(() => client.account), null);
});

test('S21 two at once: each window answers its own call', async () => {
  const page = await it.open();
  const first = await inWindow(page, 'signIn');
  await page.evaluate(() => {
    globalThis.firstResult = undefined;
    globalThis.result = undefined;
  });
  const second = await inWindow(page, 'signIn');
  await answer(second, BEN);
  assert.equal((await result(page)).value.username, BEN);
  await first.close();
});

test('popup_blocked is reported with its remedy, also where the page could not hear from the window', async () => {
  const page = await it.open();
  const blocked = async () => {
    const { error } = await attempt(page, () => {
      globalThis.open = () => null;
      return client.signIn({ mode: 'popup' });
    });
    assert.equal(error.code, 'popup_blocked');
    assert.match(`${error.message} ${error.remedy}`, /no BroadcastChannel.* click.* 'redirect'/);
  };
  await blocked();
  await page.addInitScript(() => {
    delete globalThis.BroadcastChannel;
  });
  await page.reload();
  await settled(page);
  await blocked();
});

test('S21 an answer without a sign-in is passed to no page, and no code is exchanged', async () => {
  const page = await it.open();
  const stop = watch(page, (request) => request.url().includes('/auth/exchange'));
  await page.goto(`${it.url}/?code=forged&state=${'A'.repeat(43)}.p`);
  await settled(page);
  assert.equal(await page.evaluate(() => client.signInError.code), 'state_mismatch');
  assert.deepEqual(stop(), []);
  assert.equal(new URL(page.url()).search, '');
});

test('E54 an administrator consents: for which organisation, to what; a refusal reads well', async () => {
  const page = await it.open();
  await answer(await inWindow(page, 'adminConsent'), 'admin@contoso.example');
  const { value, ...failed } = await result(page);
  assert.ok(value, JSON.stringify(failed));
  assert.match(value.tenant, /^[\da-f-]{36}$/);
  assert.ok(
    value.scopes.some((scope) => /Mail/.test(scope)),
    value.scopes.join(),
  );
  assert.equal(await page.evaluate(() => client.account), null, 'it allows nothing by itself');
  await answer(await inWindow(page, 'adminConsent'), 'admin@contoso.example', 'cancel');
  const refused = await result(page);
  assert.match(refused.code ?? '', /^(access_denied|consent_required|cancelled)$/);
  assert.ok(refused.message.length > 10);
});

test('a sign-in in one tab is one in the other', async () => {
  const context = await it.open();
  const other = await context.context().newPage();
  await visit(other, it.url);
  await other.evaluate(() => {
    client.on('signedin', ({ username }) => {
      globalThis.signedInAs = username;
    });
  });
  await answer(await inWindow(context, 'signIn'), ADELE);
  await result(context);
  await other.waitForFunction(() => globalThis.signedInAs);
  assert.deepEqual(await other.evaluate(() => [globalThis.signedInAs, client.account.username]), [ADELE, ADELE]);
});

// A page with Microsoft's own libraries, MSAL.js and the Graph client, at the local tenant: without exo365 between
// them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openProfile } from './browser.mjs';
import { ADELE, BEN, choose, settled, visit, watch } from './harness.mjs';
import { servePage } from './microsoft/page.mjs';
import { startSecureTenant } from './microsoft/tenant.mjs';
import { TENANT_ID, freePort, scratch } from './processes.mjs';

let tenant;
let server;
let page;
let origin;

const state = () => page.textContent('#state');
const silently = (more) => page.evaluate((more) => silently(more), more);
const grants = async () => (await tenant.control.requests('/oauth2/v2.0/token')).map(({ form }) => form.grant_type);

before(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  tenant = await startSecureTenant([
    '--strict-rotation',
    '--spa-redirect-uri',
    `${origin}/app.html`,
    '--spa-redirect-uri',
    `${origin}/bridge.html`,
  ]);
  server = await servePage(port, tenant.url);
  page = await openProfile(scratch());
  await visit(page, `${origin}/app.html`);
});
after(async () => {
  await page?.context().close();
  await server?.end();
  await tenant?.end();
});

test('MSAL.js: signs in by redirect, with PKCE and no secret', async () => {
  assert.equal(await state(), 'signed out', page.consoleMessages.join('\n'));
  await page.evaluate(() => {
    app.loginRedirect({ scopes });
  });
  await page.waitForURL(/\/authorize/);
  await choose(page, ADELE);
  assert.equal(await state(), `signed in: ${ADELE}`, page.consoleMessages.join('\n'));
  const { tenantId, idTokenClaims, scopes: granted } = await page.evaluate(() => result);
  assert.equal(tenantId, TENANT_ID);
  assert.equal(idTokenClaims.iss, `${tenant.url}/${TENANT_ID}/v2.0`);
  assert.ok(
    granted.some((scope) => scope.toLowerCase() === 'mail.readwrite'),
    `permissions in the form they were asked in: ${granted}`,
  );
});

test('MSAL.js: the next token comes from its cache', async () => {
  await tenant.control.forget();
  const { fromCache, username, refused } = await silently();
  assert.deepEqual({ fromCache, username, refused }, { fromCache: true, username: ADELE, refused: undefined });
  assert.deepEqual(await grants(), []);
});

test('MSAL.js: renews with the refresh token, which changes each time: one used twice would end it all', async () => {
  await tenant.control.forget();
  const tokens = new Set();
  for (let round = 0; round < 2; round++) tokens.add((await silently({ forceRefresh: true })).accessToken);
  assert.equal(tokens.size, 2);
  const asked = await tenant.control.requests('/oauth2/v2.0/token');
  assert.deepEqual(
    asked.map(({ form }) => form.grant_type),
    ['refresh_token', 'refresh_token'],
  );
  assert.notEqual(asked[0].form.refresh_token, asked[1].form.refresh_token);
});

test('Graph client in a page: lists with a query, follows the next link, sends a mail', async () => {
  const { subjects, more } = await page.evaluate(async () => {
    const first = await graphApi.api('/me/messages').select('subject').top(5).get();
    const second = await graphApi.api(first['@odata.nextLink']).get();
    return { subjects: first.value.map(({ subject }) => subject), more: second.value.length };
  });
  assert.deepEqual([subjects.length, more], [5, 5]);
  const subject = 'From the Graph client';
  await page.evaluate((message) => graphApi.api('/me/sendMail').post({ message }), {
    subject,
    body: { contentType: 'text', content: 'At noon?' },
    toRecipients: [{ emailAddress: { address: BEN } }],
  });
  const found = await page.evaluate(
    (subject) => graphApi.api('/me/mailFolders/sentitems/messages').filter(`subject eq '${subject}'`).get(),
    subject,
  );
  assert.equal(found.value[0]?.toRecipients[0].emailAddress.address, BEN);
});

test('Graph client in a page: a throttled call is repeated after the time that the answer names', async () => {
  await tenant.control.fault({
    kind: 'throttle',
    retryAfterSeconds: 1,
    times: 1,
    match: { path: '/v1.0/me/messages' },
  });
  const stop = watch(page, (request) => request.url().includes('/me/messages') && request.method() === 'GET');
  const { value } = await page.evaluate(() => graphApi.api('/me/messages').top(1).get());
  assert.equal(value.length, 1);
  assert.equal(stop().length, 2);
});

test('Graph client in a page: a large attachment goes to another host, without the token and the headers of Graph', async () => {
  const stop = watch(page, (request) => request.method() === 'PUT');
  const { location, size } = await page.evaluate(async () => {
    const { id } = await graphApi.api('/me/messages').post({ subject: 'Large' });
    const file = new File([new Uint8Array(5 * 1024 * 1024).fill(7)], 'plan.bin');
    const session = await LargeFileUploadTask.createUploadSession(
      graphApi,
      `/me/messages/${id}/attachments/createUploadSession`,
      { AttachmentItem: { attachmentType: 'file', name: file.name, size: file.size } },
    );
    const { location } = await new LargeFileUploadTask(graphApi, new FileUpload(file, file.name, file.size), session, {
      rangeSize: 12 * 320 * 1024,
    }).upload();
    return {
      location,
      size: (await graphApi.api(`/me/messages/${id}/attachments`).select('size').get()).value[0].size,
    };
  });
  assert.match(location, /attachments\('/i);
  assert.ok(size >= 5 * 1024 * 1024, String(size));
  const sent = stop();
  assert.equal(sent.length, 2);
  for (const { url, headers } of sent)
    assert.deepEqual(
      [new URL(url).hostname, headers.authorization, headers.sdkversion],
      ['127.0.0.1', undefined, undefined],
    );
});

test('MSAL.js: a pop-up that asks by POST comes back, though the service cuts it off from its opener', async () => {
  const opened = page.context().waitForEvent('page');
  const outcome = page.evaluate(
    async () =>
      (
        await app.loginPopup({
          scopes,
          prompt: 'select_account',
          httpMethod: 'POST',
          redirectUri: `${location.origin}/bridge.html`,
        })
      ).account.username,
  );
  const popup = await opened;
  await popup.click(`button[data-account="${ADELE}"]`);
  assert.equal(await outcome, ADELE);
  assert.equal((await tenant.control.requests('/authorize')).at(-1).method, 'POST');
});

test('MSAL.js: single sign-on in a hidden frame', async () => {
  const username = await page.evaluate(
    async () =>
      (
        await app.ssoSilent({
          scopes,
          loginHint: app.getAllAccounts()[0].username,
          redirectUri: `${location.origin}/bridge.html`,
        })
      ).account.username,
  );
  assert.equal(username, ADELE);
});

test('MSAL.js: after a revocation it asks for interaction, and a new sign-in heals it', async () => {
  await tenant.control.revoke(ADELE);
  await tenant.control.advance(1);
  const { refused } = await silently({ forceRefresh: true });
  assert.equal(refused?.interaction, true, JSON.stringify(refused));
  await page.evaluate(() => {
    app.acquireTokenRedirect({ scopes, account: app.getAllAccounts()[0] });
  });
  await page.waitForURL(/\/authorize/);
  await choose(page, ADELE);
  assert.equal((await silently({ forceRefresh: true })).username, ADELE);
});

test('MSAL.js: signs out of the page and of the service, and comes back', async () => {
  const away = page.waitForRequest((request) => request.url().includes('/oauth2/v2.0/logout'));
  const back = page.waitForEvent('load');
  await page.evaluate(() => {
    app.logoutRedirect();
  });
  await away;
  await back;
  await settled(page);
  assert.equal(await state(), 'signed out');
  assert.equal((await tenant.control.requests('/logout')).length, 1);
  const refused = await page.evaluate(() =>
    app
      .ssoSilent({ scopes, loginHint: 'adele@contoso.example', redirectUri: `${location.origin}/bridge.html` })
      .catch(({ errorCode }) => errorCode),
  );
  assert.equal(refused, 'login_required');
});

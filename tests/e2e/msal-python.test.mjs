// Microsoft's libraries for Python at the local tenant: MSAL at the v2 endpoints, and ADAL, which is no longer
// maintained, at v1.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADELE } from './harness.mjs';
import { skip, startPython } from './microsoft/python.mjs';
import { signInByForms, startSecureTenant } from './microsoft/tenant.mjs';
import { CLIENT_ID, TENANT_ID } from './processes.mjs';

if (skip) console.log(skip);

const OUTLOOK = 'https://outlook.office365.com/';
let tenant;
let python;
let adal;

before(async () => {
  if (skip) return;
  tenant = await startSecureTenant();
  python = await startPython(tenant);
});
after(async () => {
  await python?.end();
  await tenant?.end();
});

test('MSAL Python: the code flow by a posted form, with PKCE, nonce and the secret', { skip }, async () => {
  const address = await python.call('msal_begin', ['Mail.Read']);
  assert.match(address, /response_mode=form_post/);
  const back = new URL(await signInByForms(tenant, address, ADELE));
  const answer = await python.call('msal_finish', Object.fromEntries(back.searchParams));
  assert.equal(answer.error_description, undefined);
  assert.equal(answer.id_token_claims.preferred_username, ADELE);
  const { status, body } = await python.call('api', { path: '/v1.0/me/messages?$top=2', token: answer.access_token });
  assert.deepEqual([status, body.value.length], [200, 2]);
});

test('MSAL Python: from the cache, by the refresh token, and refused after a revocation', { skip }, async () => {
  await tenant.control.forget();
  const cached = await python.call('msal_silently', { scopes: ['Mail.Read'] });
  assert.equal(cached.token_source, 'cache');
  const fresh = await python.call('msal_silently', { scopes: ['Mail.Read'], force: true });
  assert.equal(fresh.token_source, 'identity_provider', fresh.error_description);
  assert.deepEqual(
    (await tenant.control.requests('/token')).map(({ form }) => form.grant_type),
    ['refresh_token'],
  );
  await tenant.control.revoke(ADELE);
  const refused = await python.call('msal_silently', { scopes: ['Mail.Read'], force: true });
  assert.equal(refused.error, 'invalid_grant');
  assert.deepEqual(refused.error_codes, [50173]);
  await tenant.control.reset();
});

test('MSAL Python: an application in its own name, and with a wrong secret', { skip }, async () => {
  const answer = await python.call('msal_own_name');
  const { status } = await python.call('api', {
    path: `/v1.0/users/${ADELE}/messages?$top=1`,
    token: answer.access_token,
  });
  assert.equal(status, 200);
  const refused = await python.call('msal_own_name', 'not the secret');
  assert.deepEqual([refused.error, refused.error_codes], ['invalid_client', [7000215]]);
});

test('ADAL: a code of the v1 endpoint for Outlook', { skip }, async () => {
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: 'http://localhost/',
    resource: OUTLOOK,
    state: 'a-state',
  });
  const back = new URL(await signInByForms(tenant, `${tenant.url}/${TENANT_ID}/oauth2/authorize?${query}`, ADELE));
  adal = await python.call('adal_code', { code: back.searchParams.get('code'), resource: OUTLOOK });
  assert.equal(adal.userId, ADELE);
  assert.equal(adal.resource, OUTLOOK);
  const { status, body } = await python.call('api', { path: '/api/v1.0/me/messages?$top=2', token: adal.accessToken });
  assert.deepEqual([status, body.value.length], [200, 2]);
});

test('ADAL: from its cache, and by the refresh token for another resource', { skip }, async () => {
  assert.equal((await python.call('adal_cached', { resource: OUTLOOK, user: ADELE })).accessToken, adal.accessToken);
  await tenant.control.consent(ADELE, ['*']);
  const resource = 'https://graph.microsoft.com/';
  const fresh = await python.call('adal_refresh', { token: adal.refreshToken, resource });
  const { status, body } = await python.call('api', { path: '/v1.0/me', token: fresh.accessToken });
  assert.deepEqual([status, body.mail], [200, ADELE]);
});

test('ADAL: an application in its own name, and with a wrong secret', { skip }, async () => {
  const answer = await python.call('adal_own_name', { resource: OUTLOOK });
  const { status } = await python.call('api', {
    path: `/api/v1.0/users/${ADELE}/messages?$top=1`,
    token: answer.accessToken,
  });
  assert.equal(status, 200);
  const { error } = await python.attempt('adal_own_name', { resource: OUTLOOK, secret: 'not the secret' });
  assert.equal(error.name, 'AdalError');
  assert.deepEqual([error.response.error, error.response.error_codes], ['invalid_client', [7000215]]);
});

// A server with Microsoft's MSAL for Node at the local tenant: codes, refresh tokens, tokens of the application, and
// refusals.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ADELE } from './harness.mjs';
import { makeCertificate } from './microsoft/certificate.mjs';
import { startProgram } from './microsoft/program.mjs';
import { signInByForms, startSecureTenant } from './microsoft/tenant.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, scratch } from './processes.mjs';

const redirectUri = 'http://localhost/';
let tenant;
let program;
const { certificate, ...clientCertificate } = makeCertificate();

before(async () => {
  const file = join(scratch(), 'application.pem');
  writeFileSync(file, certificate);
  tenant = await startSecureTenant(['--client-certificate', file]);
  program = await startProgram(tenant);
  await program.call(
    ({ host, clientId, clientSecret, authority }) => {
      globalThis.newApplication = (more = {}) =>
        new msal.ConfidentialClientApplication({
          auth: { clientId, clientSecret, authority, knownAuthorities: [host], ...more },
        });
      globalThis.application = newApplication();
      /** The fields of a result that tests look at. */
      globalThis.plain = ({ account, accessToken, fromCache, scopes, tenantId }) => ({
        username: account?.username,
        accessToken,
        fromCache,
        scopes,
        tenantId,
      });
    },
    { host: tenant.host, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, authority: `${tenant.url}/${TENANT_ID}` },
  );
});
after(async () => {
  await program?.end();
  await tenant?.end();
});

/** Signs a user in and gives the code: what a web server does in two requests. */
async function signIn(scopes, more = {}) {
  const authorize = await program.call(
    async (request) => {
      const { verifier, challenge } = await new msal.CryptoProvider().generatePkceCodes();
      globalThis.verifier = verifier;
      return application.getAuthCodeUrl({
        ...request,
        codeChallenge: challenge,
        codeChallengeMethod: 'S256',
        responseMode: 'query',
      });
    },
    { scopes, redirectUri, state: 'a-state', ...more },
  );
  const back = new URL(await signInByForms(tenant, authorize, ADELE));
  assert.equal(back.searchParams.get('state'), 'a-state', String(back));
  return back.searchParams.get('code');
}

const redeem = (request) =>
  program.attempt(
    async (request) => plain(await application.acquireTokenByCode({ codeVerifier: verifier, ...request })),
    {
      redirectUri,
      ...request,
    },
  );
const silently = (request) =>
  program.attempt(async (request) => {
    const [account] = await application.getTokenCache().getAllAccounts();
    return plain(await application.acquireTokenSilent({ account, ...request }));
  }, request);

test('msal-node: a code with PKCE and the secret', async () => {
  const scopes = ['User.Read', 'Mail.Read'];
  const { value, error } = await redeem({ scopes, code: await signIn(scopes) });
  assert.equal(value?.username, ADELE, JSON.stringify(error));
  assert.equal(value.tenantId, TENANT_ID);
  const me = await program.call(
    (token) =>
      graphClient(async () => token)
        .api('/me')
        .get(),
    value.accessToken,
  );
  assert.equal(me.mail, ADELE);
});

test('msal-node: the next token comes from its cache, a forced one by the refresh token', async () => {
  await tenant.control.forget();
  assert.equal((await silently({ scopes: ['Mail.Read'] })).value.fromCache, true);
  const forced = await silently({ scopes: ['Mail.Read'], forceRefresh: true });
  assert.equal(forced.value?.fromCache, false, JSON.stringify(forced.error));
  assert.deepEqual(
    (await tenant.control.requests('/token')).map(({ form }) => form.grant_type),
    ['refresh_token'],
  );
});

test('msal-node: a refresh token from elsewhere', async () => {
  const value = await program.call(async () => {
    const [{ secret }] = Object.values(JSON.parse(application.getTokenCache().serialize()).RefreshToken);
    return plain(await newApplication().acquireTokenByRefreshToken({ refreshToken: secret, scopes: ['Mail.Read'] }));
  });
  assert.equal(value.username, ADELE);
});

test('msal-node: `.default` is cached as such', async () => {
  const scopes = ['https://graph.microsoft.com/.default'];
  const { value } = await redeem({ scopes, code: await signIn(scopes) });
  assert.ok(value.scopes.includes(scopes[0]), String(value.scopes));
  assert.equal((await silently({ scopes })).value.fromCache, true);
});

for (const segment of ['organizations', 'common', 'contoso.example']) {
  test(`msal-node: the authority may be /${segment}`, async () => {
    await program.call((authority) => {
      globalThis.application = newApplication({ authority });
    }, `${tenant.url}/${segment}`);
    const scopes = ['Mail.Read'];
    const { value, error } = await redeem({ scopes, code: await signIn(scopes) });
    assert.deepEqual([value?.username, value?.tenantId], [ADELE, TENANT_ID], JSON.stringify(error));
    assert.equal((await silently({ scopes })).value?.fromCache, true);
    assert.equal((await silently({ scopes, forceRefresh: true })).value?.fromCache, false);
    await program.call(() => {
      globalThis.application = newApplication();
    });
    const again = await redeem({ scopes, code: await signIn(scopes) });
    assert.equal(again.value.username, ADELE);
  });
}

test('msal-node: a permission that nobody agreed to asks for interaction', async () => {
  await tenant.control.consent(ADELE, ['User.Read', 'Mail.Read']);
  const { error } = await silently({ scopes: ['Contacts.Read'] });
  assert.equal(error.name, 'InteractionRequiredAuthError');
  assert.equal(error.subError, 'consent_required');
});

test('msal-node: a code goes once, and only with its verifier', async () => {
  const scopes = ['Mail.Read'];
  const code = await signIn(scopes);
  const wrong = await redeem({ scopes, code, codeVerifier: 'x'.repeat(43) });
  assert.match(wrong.error?.message, /AADSTS501481/);
  assert.ok((await redeem({ scopes, code })).value);
  assert.match((await redeem({ scopes, code })).error?.message, /AADSTS54005/);
});

test('msal-node: continuous access evaluation, from the challenge of Graph to a new sign-in', async () => {
  await program.call(() => {
    globalThis.application = newApplication({ clientCapabilities: ['CP1'] });
  });
  const scopes = ['Mail.Read'];
  const { value } = await redeem({ scopes, code: await signIn(scopes) });
  await tenant.control.revoke(ADELE);
  const claims = await program.call(async (token) => {
    const error = await graphClient(async () => token)
      .api('/me/messages')
      .get()
      .then(
        () => undefined,
        (error) => error,
      );
    return error?.statusCode === 401 && atob(error.headers.get('www-authenticate').match(/claims="([^"]+)"/)[1]);
  }, value.accessToken);
  assert.ok(JSON.parse(claims).access_token.nbf.essential);
  const { error } = await silently({ scopes, claims });
  assert.equal(error?.name, 'InteractionRequiredAuthError', JSON.stringify(error));
  assert.equal(error.errorCode, 'invalid_grant');
  await tenant.control.advance(1);
  const again = await redeem({ scopes, claims, code: await signIn(scopes, { claims }) });
  const { length } = await program.call(
    async (token) =>
      (
        await graphClient(async () => token)
          .api('/me/messages')
          .top(3)
          .get()
      ).value,
    again.value.accessToken,
  );
  assert.equal(length, 3);
});

test('msal-node: an application in its own name', async () => {
  const scopes = ['https://graph.microsoft.com/.default'];
  const [first, second] = await program.call(
    async (scopes) => [
      plain(await application.acquireTokenByClientCredential({ scopes })),
      plain(await application.acquireTokenByClientCredential({ scopes })),
    ],
    scopes,
  );
  assert.deepEqual([first.fromCache, second.fromCache, second.accessToken === first.accessToken], [false, true, true]);
  const subjects = await program.call(
    async ({ token, user }) =>
      (
        await graphClient(async () => token)
          .api(`/users/${user}/messages`)
          .select('subject')
          .top(2)
          .get()
      ).value.length,
    { token: first.accessToken, user: ADELE },
  );
  assert.equal(subjects, 2);
  const { error } = await program.attempt(
    (token) =>
      graphClient(async () => token)
        .api('/me')
        .get(),
    first.accessToken,
  );
  assert.equal(error.statusCode, 400);
});

test('msal-node: a certificate in place of the secret', async () => {
  await tenant.control.forget();
  const attempt = (clientCertificate) =>
    program.attempt(async (clientCertificate) => {
      const signed = newApplication({ clientSecret: undefined, clientCertificate });
      return plain(await signed.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] }));
    }, clientCertificate);
  const { value, error } = await attempt(clientCertificate);
  assert.ok(value?.accessToken, JSON.stringify(error));
  const [{ form }] = await tenant.control.requests('/token');
  assert.ok(form.client_assertion && !form.client_secret);
  const { certificate: _, ...strange } = makeCertificate();
  assert.match((await attempt(strange)).error?.message, /AADSTS700027/);
  assert.match(
    (await attempt({ ...strange, thumbprintSha256: clientCertificate.thumbprintSha256 })).error?.message,
    /AADSTS700027/,
  );
});

test('msal-node: a wrong secret, and an application that names no tenant, are refused by number', async () => {
  const attempt = (more) =>
    program.attempt(
      async (more) =>
        plain(
          await newApplication(more).acquireTokenByClientCredential({
            scopes: ['https://graph.microsoft.com/.default'],
          }),
        ),
      more,
    );
  const wrong = await attempt({ clientSecret: 'not the secret' });
  assert.equal(wrong.error?.errorCode, 'invalid_client');
  assert.match(wrong.error.message, /AADSTS7000215/);
  assert.ok((await attempt({ authority: `${tenant.url}/organizations` })).error);
});

// Authlib and Microsoft's Graph SDK for Python, unmodified, at the local tenant: sign-in by the code flow, mail,
// calendar and contacts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ADELE } from './harness.mjs';
import { sdk, skipAuthlib, skipGraphSdk, startPython } from './microsoft/python.mjs';
import { signInByForms, startSecureTenant } from './microsoft/tenant.mjs';

for (const one of [skipAuthlib, skipGraphSdk]) if (one) console.log(one);

/** A tenant and a program at it, and the steps that both programs have. */
function witness(program, skip, tests) {
  describe(program, { skip }, () => {
    const it = { tenant: undefined, python: undefined };
    before(async () => {
      it.tenant = await startSecureTenant();
      it.python = await startPython(it.tenant, program, sdk);
    });
    after(async () => {
      await it.python?.end();
      await it.tenant?.end();
    });
    tests(it);
  });
}

witness('authlib_client.py', skipAuthlib, (it) => {
  test('the code flow with PKCE, and the ID token is valid', async () => {
    const back = await signInByForms(it.tenant, await it.python.call('begin'), ADELE);
    const { user, scope } = await it.python.call('finish', back);
    assert.equal(user, ADELE);
    assert.match(scope, /Mail\.ReadWrite/);
  });

  test('a new token by the refresh token', async () => {
    assert.deepEqual(await it.python.call('renew'), { fresh: true });
  });

  test('mail, calendar and contacts', async () => {
    assert.deepEqual(await it.python.call('mail', ADELE), ['From Authlib']);
    assert.deepEqual(await it.python.call('calendar'), ['2026-12-24T09:00:00.0000000']);
    assert.deepEqual(await it.python.call('contacts'), { name: 'Petra Probe', company: 'Fabrikam' });
  });
});

witness('graph_sdk.py', skipGraphSdk, (it) => {
  test('the code flow by azure-identity', async () => {
    const back = await signInByForms(it.tenant, await it.python.call('begin'), ADELE);
    assert.equal(await it.python.call('finish', back), ADELE);
  });

  test('mail: sent, found, changed and deleted', async () => {
    assert.deepEqual(await it.python.call('mail', ADELE), {
      html: true,
      read: true,
      categories: ['Blue'],
      time: true,
    });
  });

  test('the iterator reads all pages', async () => {
    const { all, different, first } = await it.python.call('pages');
    assert.equal(first, 40);
    assert.ok(all > 80, String(all));
    assert.equal(all, different);
  });

  test('calendar and contacts', async () => {
    assert.deepEqual(await it.python.call('calendar'), ['2026-12-24T09:00:00.0000000']);
    assert.deepEqual(await it.python.call('contacts'), {
      name: 'Petra Probe',
      company: 'Fabrikam',
      gone: [404, 'ErrorItemNotFound'],
    });
  });
});

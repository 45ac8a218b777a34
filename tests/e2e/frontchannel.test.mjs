// Front-channel logout: signing out at Microsoft ends the endpoint's sessions of that sign-in, by a frame in its
// sign-out page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, BEN, attempt, settled, stack } from './harness.mjs';
import { freePort } from './processes.mjs';

// The tenant has to know the endpoint's address before the endpoint starts.
const port = await freePort();
const it = stack({
  tenant: ['--frontchannel-logout', `http://localhost:${port}/auth/frontchannel-logout`],
  endpoint: { port },
});

test('E43 signed out at Microsoft: the session of that browser ends, and no other', async () => {
  const [page, other] = [await it.signedIn(), await it.signedIn(BEN)];
  const elsewhere = await page.context().newPage();
  const framed = elsewhere.waitForResponse((response) => response.url().includes('/auth/frontchannel-logout'));
  // Not started by this page: another application of the same sign-in signs out.
  await elsewhere.goto(`${it.tenant.url}/organizations/oauth2/v2.0/logout`);
  assert.equal((await framed).status(), 200);

  const { error } = await attempt(page, () => client.getToken({ forceRefresh: true }));
  assert.equal(error?.code, 'signed_out');
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#state'), 'signed out');
  await other.reload();
  await settled(other);
  assert.equal(await other.textContent('#state'), `signed in: ${BEN}`);
});

test('E43 a sid that nobody has ends nothing, and gets the same answer', async () => {
  const page = await it.signedIn();
  const response = await fetch(`${it.url}/auth/frontchannel-logout?sid=00000000-0000-0000-0000-000000000000`);
  assert.equal(response.status, 200);
  await page.reload();
  await settled(page);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
});

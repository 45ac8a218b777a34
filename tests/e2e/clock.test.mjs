// A device whose clock is hours off: the lifetime of tokens follows a clock that nobody can set, and no call waits for
// hours.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ADELE, attempt, call, choose, leave, stack, watch } from './harness.mjs';

const it = stack();
afterEach(() => it.control.clearFaults());

/** Sets the clock of the device (`Date`); the monotonic clock (`performance`) is unchanged. */
const wrong = (hours) => (page) =>
  page.addInitScript((hours) => {
    const Real = Date;
    let by = hours * 3_600_000;
    globalThis.jump = (hours) => {
      by += hours * 3_600_000;
    };
    globalThis.Date = new Proxy(Real, {
      construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [Real.now() + by], made),
      get: (target, name) => (name === 'now' ? () => Real.now() + by : Reflect.get(target, name)),
    });
  }, hours);

const list = (page) => call(page, () => client.mail.messages.list({ top: 1 }));

for (const [name, hours] of Object.entries({ 'six hours behind': -6, 'six hours ahead': 6 })) {
  test(`a clock ${name}: sign-in, calls, and no renewal before its time`, async () => {
    const page = await it.open('/', wrong(hours));
    const off = (await page.evaluate(() => Date.now())) - Date.now();
    assert.ok(Math.abs(off - hours * 3_600_000) < 60_000, 'the clock of the page is off');
    await leave(page);
    await choose(page, ADELE);
    assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
    const stop = watch(page, (request) => request.url().endsWith('/auth/token'));
    for (let round = 0; round < 5; round++) assert.equal((await list(page)).items.length, 1);
    assert.deepEqual(stop(), [], 'the token of the sign-in is good for all of them');
    const again = watch(page, (request) => request.url().endsWith('/auth/token'));
    await it.control.advance(25 * 3600);
    for (let round = 0; round < 5; round++) assert.equal((await list(page)).items.length, 1);
    assert.equal(again().length, 1, 'one renewal, where the service says that it is time');
    await it.control.advance(-25 * 3600);
  });

  test(`a clock ${name}: a Retry-After that is a date keeps no call waiting for hours`, {
    timeout: 60_000,
  }, async () => {
    const page = await it.open('/', wrong(hours));
    await leave(page);
    await choose(page, ADELE);
    await it.control.forget();
    const date = new Date(Date.now() + 1_000).toUTCString();
    await it.control.fault({
      match: { path: '/v1.0/me', method: 'GET' },
      kind: 'status',
      status: 503,
      headers: { 'retry-after': date },
      body: '',
      times: 1,
    });
    const begin = performance.now();
    const { value, error } = await attempt(page, () => client.mail.messages.list({ top: 1 }));
    assert.ok(performance.now() - begin < 20_000, 'it settled');
    // A clock that is behind would mean a wait of hours, so the call fails; with one that is ahead it is repeated at
    // once.
    if (hours < 0) assert.equal(error?.code, 'service_unavailable');
    else assert.equal(value?.items.length, 1);
    const asked = await it.control.requests((one) => one.method === 'GET' && one.path.startsWith('/v1.0/me'));
    assert.equal(asked.length, hours < 0 ? 1 : 2);
    assert.equal((await list(page)).items.length, 1, 'the next call works');
  });
}

test('a token has ended when either clock says so: after a sleep, in which the monotonic clock stood still', async () => {
  const page = await it.open('/', wrong(0));
  await leave(page);
  await choose(page, ADELE);
  const renewals = async (hours) => {
    const stop = watch(page, (request) => request.url().endsWith('/auth/token'));
    await page.evaluate((hours) => jump(hours), hours);
    await list(page);
    const { expiresIn } = await call(page, () => client.getToken().then(({ expiresIn }) => ({ expiresIn })));
    assert.ok(expiresIn > 0 && expiresIn <= 86_400, `${expiresIn}`);
    return stop().length;
  };
  assert.equal(await renewals(26), 1);
  assert.equal(await renewals(0), 0, 'the new token is good');
  assert.equal(await renewals(-12), 0, 'a clock that is set back makes none younger: the other one counts');
});

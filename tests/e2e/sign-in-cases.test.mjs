// The sign-in in pages that have a life of their own: other libraries with `code` and `state`, links in new tabs, routers
// that are quicker, several clients and copies of the package, users who choose another account or give up.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ADELE, BEN, attempt, call, choose, leave, settled, signIn, stack, visit, watch } from './harness.mjs';

const SCOPES = ['User.Read', 'Mail.ReadWrite', 'MailboxSettings.ReadWrite'];
const it = stack({ tenant: ['--step-up', 'PATCH /me/mailboxSettings'], endpoint: { scopes: SCOPES } });
afterEach(() => it.control.clearFaults());

const state = (page) => page.textContent('#state');
const kept = (page) => page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith('exo365.')));
const SIGNED_IN = `signed in: ${ADELE}`;

test("S39 another library's response, and parameters of the page, are left alone, with a session and without", async () => {
  for (const page of [await it.open(), await it.signedIn()]) {
    const before = await state(page);
    const queries = ['?code=theirs&state=their-state', '?state=CA&code=94105', '?code=VOUCHER10', '#code=x&state=y'];
    for (const query of queries) {
      await page.goto(`${it.url}/elsewhere.html`);
      await visit(page, `${it.url}/${query}`);
      assert.deepEqual([await state(page), page.url()], [before, `${it.url}/${query}`]);
      assert.equal(await page.evaluate(() => client.signInError), null);
    }
  }
  const page = await it.open();
  await leave(page);
  await visit(page, `${it.url}/?code=VOUCHER10`);
  assert.deepEqual([await state(page), page.url()], ['signed out', `${it.url}/?code=VOUCHER10`]);
});

test('S39 where the browser forbids its storage, parameters of the page are left alone, and the client is there', async () => {
  for (const [query, shown, failure] of [
    ['?state=CA&code=94105', '?state=CA&code=94105', null],
    [`?code=old&state=${'Z'.repeat(43)}.r`, '', 'state_mismatch'],
  ]) {
    const page = await it.open(`/${query}`, async (page) => {
      await page.addInitScript(() => {
        for (const name of ['localStorage', 'sessionStorage'])
          Object.defineProperty(globalThis, name, {
            get() {
              throw new DOMException('forbidden', 'SecurityError');
            },
          });
      });
      await page.route('**/page.js', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).replace(/const config = .*;/, CONFIG) });
      });
    });
    assert.deepEqual([await state(page), page.url()], ['signed out', `${it.url}/${shown}`]);
    assert.equal(await page.evaluate(() => client.signInError?.code ?? null), failure);
  }
});
const CONFIG = "const config = { endpoint: '/auth' };";

test('S18 a history that refuses to be written does not end the sign-in', async () => {
  const page = await it.open('/?view=week');
  await leave(page);
  await page.addInitScript(() => {
    history.replaceState = () => {
      throw new DOMException('too often', 'SecurityError');
    };
  });
  await choose(page, ADELE);
  assert.equal(await state(page), SIGNED_IN);
});

test('S42 an old answer while signed in: the session, the failure beside it, and a way on', async () => {
  const page = await it.open();
  await page.addInitScript(() => {
    globalThis.events = [];
  });
  await leave(page);
  const { searchParams } = new URL(page.url());
  await choose(page, ADELE);
  for (const query of [`code=old&state=${searchParams.get('state')}`, `code=old&state=${'Z'.repeat(43)}.r`]) {
    await page.route('**/page.js', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(
        'globalThis.client = client;',
        "globalThis.client = client; client.on('signinfailed', ({ code }) => events.push(code));",
      );
      await route.fulfill({ response, body });
    });
    await visit(page, `${it.url}/?${query}`);
    assert.deepEqual([await state(page), page.url()], [SIGNED_IN, `${it.url}/`]);
    await page.waitForFunction(() => events.length > 0);
    assert.deepEqual(await page.evaluate(() => events), ['state_mismatch']);
    await page.unroute('**/page.js');
  }
  const away = page.waitForRequest((request) => request.url().includes('/authorize'));
  await page.evaluate(() => void client.signInError.resolve().catch(() => {}));
  await away;
});

test('S40 E85 the user who was asked for is the user who gets in: another one is wrong_account, the first stays', async () => {
  const page = await it.open();
  await signIn(page, BEN);
  await signIn(page, ADELE, { prompt: 'select_account' });
  const refuse = () =>
    attempt(page, async () => {
      try {
        await client.settings.update({ timeFormat: 'HH:mm' });
      } catch (error) {
        globalThis.refused = error;
        throw error;
      }
    });
  assert.equal((await refuse()).error.code, 'interaction_required');
  let asked;
  // Ben in place of her: what a sign-in service does that lets the user choose all the same.
  await page.route(/\/oauth2\/v2\.0\/authorize/, async (route) => {
    const url = new URL(route.request().url());
    asked = url.searchParams.get('login_hint');
    url.searchParams.set('login_hint', BEN);
    url.searchParams.delete('claims');
    await route.continue({ url: url.href });
  });
  await page.evaluate(() => void refused.resolve().catch(() => {}));
  await page
    .locator('#state')
    .or(page.locator(`button[data-account="${BEN}"]`))
    .first()
    .waitFor();
  if (await page.locator(`button[data-account="${BEN}"]`).count()) await choose(page, BEN);
  await settled(page);
  const hint = await page.evaluate(() => client.account.loginHint ?? client.account.username);
  assert.equal(asked, hint);
  assert.deepEqual(
    [await state(page), await page.evaluate(() => client.signInError.code)],
    [SIGNED_IN, 'wrong_account'],
  );
  assert.equal(await call(page, async () => (await client.user()).mail), ADELE);
  await page.unroute(/\/oauth2\/v2\.0\/authorize/);
  const away = page.waitForRequest((request) => request.url().includes('/authorize'));
  await page.evaluate(() => void client.signInError.resolve().catch(() => {}));
  const { searchParams } = new URL((await away).url());
  assert.deepEqual([searchParams.get('login_hint'), searchParams.get('prompt')], [hint, null]);
});

test('S11 any address of the page is a good place: the sign-in starts there and comes back', async () => {
  const page = await it.signedIn();
  for (const place of [
    '/?path=C%3A%5CUsers',
    '/?text=first%0Asecond',
    '/#/a\\b',
    '/?next=//evil.example',
    '/index.html?a=%2F%2F',
  ]) {
    await visit(page, it.url + place);
    const before = page.url();
    // Who is signed in at the service already is not asked again.
    const exchanged = page.waitForResponse((response) => response.url().endsWith('/auth/exchange'));
    await page.evaluate(() => void client.signIn().catch(() => {}));
    assert.equal((await exchanged).status(), 200);
    await settled(page);
    assert.deepEqual([await state(page), page.url()], [SIGNED_IN, before]);
  }
});

test('S11 the place is kept over a refusal, a cancellation and a sign-in that nobody was asked in', async () => {
  const place = '/?folder=archive&id=42#attachments';
  const page = await it.open(place);
  await leave(page, { prompt: 'consent' });
  await choose(page, ADELE, { consent: 'cancel' });
  assert.deepEqual([page.url(), await state(page)], [it.url + place, 'failed: cancelled']);
  const other = await it.open(place);
  await other.evaluate(() => void client.signIn({ prompt: 'none' }).catch(() => {}));
  await other.waitForFunction(() => globalThis.failure?.code === 'interaction_required');
  assert.equal(other.url(), it.url + place);
});

test('S11 where the place is another page, the failure is told there', async () => {
  const page = await it.open('/');
  await leave(page, { returnTo: '/index.html?folder=archive#x', prompt: 'consent' });
  await choose(page, ADELE, { consent: 'cancel' });
  await page.waitForURL(`${it.url}/index.html?folder=archive#x`);
  await settled(page);
  assert.equal(await state(page), 'failed: cancelled');
  assert.deepEqual(await kept(page), []);
});

/** Puts the address of a sign-in into the page, as a link. */
const link = (page) =>
  page.evaluate(() => {
    const a = document.body.appendChild(document.createElement('a'));
    a.id = 'link';
    a.textContent = 'Sign in';
    a.href = client.authorizeUrl();
  });

test('S43 a link works as long as its page is open: clicked eleven minutes later it signs in', async () => {
  const page = await it.open('/?view=week');
  await page.clock.install();
  await link(page);
  await page.clock.fastForward(11 * 60 * 1000);
  await page.click('#link');
  await choose(page, ADELE);
  assert.deepEqual([await state(page), page.url()], [SIGNED_IN, `${it.url}/?view=week`]);
});

test('S41 S43 a link works in another tab, while its page is open; the record is given once', async () => {
  const page = await it.open('/?view=week');
  await link(page);
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/more.js')),
  );
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.click('#link', { modifiers: ['ControlOrMeta'] }),
  ]);
  await choose(tab, ADELE);
  assert.deepEqual([await state(tab), tab.url()], [SIGNED_IN, `${it.url}/?view=week`]);
  assert.deepEqual([await kept(page), await kept(tab)], [[], []]);
  await page.waitForFunction(() => client.account);
  const places = await tab.evaluate(async () => [
    JSON.stringify(localStorage),
    document.cookie,
    (await indexedDB.databases()).length,
  ]);
  assert.doesNotMatch(places.join(), /verifier|nonce/);
});

test('S46 two clients with other settings, and a second copy of the package, know the user after the redirect', async () => {
  const page = await it.open('/', (page) =>
    page.route('**/page.js', async (route) => {
      const response = await route.fetch();
      const body = `${await response.text()}
        const copy = await import('./vendor/exo365/index.js?copy');
        globalThis.twins = Promise.all([
          sdk.createClient({ ...config, retries: 1 }),
          copy.createClient(config),
          copy.createClient({ ...config, timeout: 20000 }),
        ]);`;
      await route.fulfill({ response, body });
    }),
  );
  await leave(page);
  const stop = watch(page, (request) => request.url().endsWith('/auth/exchange'));
  await choose(page, ADELE);
  const names = () => page.evaluate(async () => [client, ...(await twins)].map(({ account }) => account?.username));
  assert.deepEqual(await names(), [ADELE, ADELE, ADELE, ADELE]);
  assert.equal(stop().length, 1);
  await call(page, () => client.signOut());
  assert.deepEqual(await names(), [undefined, undefined, undefined, undefined]);
});

test('S46 a router that replaces the address before the client is there does not lose the sign-in', async () => {
  const page = await it.open('/', (page) =>
    page.route('**/page.js', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(
        'const config =',
        "history.replaceState(null, '', '/routed'); const config =",
      );
      await route.fulfill({ response, body });
    }),
  );
  await leave(page, { returnTo: '/routed?x=1' });
  await choose(page, ADELE);
  assert.deepEqual([await state(page), page.url()], [SIGNED_IN, `${it.url}/routed?x=1`]);
  assert.deepEqual(await kept(page), []);
});

test('S45 a sign-out without network is told as what it is, and made up for when the network is back', async () => {
  const page = await it.signedIn();
  const other = await page.context().newPage();
  await visit(other, it.url);
  await page.evaluate(() => {
    globalThis.events = [];
    client.on('signedout', ({ reason }) => events.push(reason));
  });
  // The part that explains it is loaded by then.
  await page.evaluate(() => client.mail.messages.create({ subject: 'x' }).then(() => {}));
  await page.route('**/auth/logout', (route) => route.abort('internetdisconnected'));
  const { error } = await attempt(page, () => client.signOut());
  assert.equal(error.code, 'network');
  assert.match(`${error.message} ${error.remedy}`, /did not reach the endpoint.*tried again/);
  assert.deepEqual(await page.evaluate(() => [events, client.account]), [[], null]);
  assert.equal(await other.evaluate(() => client.account?.username), ADELE);
  await page.unroute('**/auth/logout');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForFunction(() => events.length > 0);
  await other.waitForFunction(() => client.account === null);
  await visit(page, it.url);
  assert.equal(await state(page), 'signed out');
});

test('S45 a sign-out that did not reach the endpoint is made up for by a reload', async () => {
  const page = await it.signedIn();
  await page.route('**/auth/logout', (route) => route.abort('internetdisconnected'), { times: 1 });
  assert.equal((await attempt(page, () => client.signOut())).error.code, 'network');
  await visit(page, it.url);
  assert.equal(await state(page), 'signed out');
  assert.equal(await page.evaluate(() => client.account), null);
  await visit(page, it.url);
  assert.equal(await state(page), 'signed out');
});

test('S44 a browser that keeps no cookie: told so after the sign-in', async () => {
  const page = await it.open('/', (page) =>
    page.route('**/auth/exchange', async (route) => {
      const response = await route.fetch();
      const { 'set-cookie': _, ...headers } = response.headers();
      // Playwright keeps it for the browser.
      await page.context().clearCookies({ name: /^exo365/ });
      await route.fulfill({ response, headers });
    }),
  );
  await leave(page);
  await choose(page, ADELE);
  assert.equal(await state(page), 'failed: misconfigured');
  assert.match(await page.evaluate(() => `${failure.message} ${failure.remedy}`), /cookie.*Allow cookies/);
});

test('S44 another sign-in in front of the endpoint: a sentence that leads there', async () => {
  const page = await it.signedIn();
  for (const answer of [
    { status: 302, headers: { location: 'https://access.contoso.example/login' } },
    { status: 200, contentType: 'text/html', body: '<!doctype html>Sign in' },
    { status: 403, contentType: 'text/html', body: '<!doctype html>Sign in' },
  ]) {
    await page.route('**/auth/token', (route) => route.fulfill(answer), { times: 1 });
    const { error } = await attempt(page, () => client.getToken({ forceRefresh: true }));
    assert.equal(error.code, 'interaction_required', JSON.stringify(answer));
    assert.match(error.message, /another sign-in .*in front.*reload/);
    assert.equal(await page.evaluate(() => client.account?.username), ADELE);
  }
});

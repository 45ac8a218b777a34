// Authorization responses that are forged, broken, late or repeated: each ends in its error code beside a client that
// opens, no code is exchanged, and an existing session stays. What is not ours is left alone.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ADELE, call, choose, leave, settled, stack, visit } from './harness.mjs';

const it = stack();
const codeRequests = () =>
  it.control.requests((one) => one.path.endsWith('/token') && one.form?.grant_type === 'authorization_code');
beforeEach(() => it.control.forget());

/** The error code of the page's `createClient`, or of the sign-in that it told beside, or undefined. */
const failureCode = (page) => page.evaluate(() => (globalThis.failure ?? client.signInError)?.code);
/** A `state` of our form that nobody made. */
const forged = (letter) => `${letter.repeat(43)}.r`;

/** Starts a sign-in and returns with `change(params)` in place of the real response. */
async function comeBack(page, change) {
  await leave(page);
  const params = new URLSearchParams({ code: 'a-code', state: new URL(page.url()).searchParams.get('state') });
  await visit(page, `${it.url}/?${change(params) ?? params}`);
}

const withAnotherLetter = (state) => (state.startsWith('-') ? '_' : '-') + state.slice(1);

const TABLE = [
  ['S5 a state that nobody made', (p) => p.set('state', forged('A')), 'state_mismatch'],
  ['E8 a state with another letter', (p) => p.set('state', withAnotherLetter(p.get('state'))), 'state_mismatch'],
  ['S39 the state of another library', (p) => p.set('state', 'A'.repeat(43)), undefined],
  ['S5 S39 an empty state', (p) => p.set('state', ''), undefined],
  ['S5 S39 no state', (p) => p.delete('state'), undefined],
  ['E8 S39 the beginning of the state', (p) => p.set('state', p.get('state').slice(0, -1)), undefined],
  ['E8 S39 the state and more', (p) => p.set('state', `${p.get('state')}A`), undefined],
  ['S8 two states', (p) => p.append('state', p.get('state')), 'invalid_callback', 'state_mismatch'],
  ['S8 two codes', (p) => p.append('code', 'another'), 'invalid_callback'],
  ['neither code nor error', (p) => p.delete('code'), 'invalid_callback'],
  ['S9 the answer of another issuer', (p) => p.set('iss', 'https://login.example/other/v2.0'), 'issuer_mismatch'],
  [
    'S7 a refusal',
    (p) => {
      p.delete('code');
      p.set('error', 'access_denied');
      p.set('error_description', 'AADSTS65004: declined');
    },
    'access_denied',
    'cancelled',
  ],
  [
    'S7 a forged refusal',
    (p) => {
      p.delete('code');
      p.set('error', 'access_denied');
      p.set('state', forged('B'));
    },
    'state_mismatch',
  ],
  [
    "S7 S39 another library's refusal",
    (p) => {
      p.delete('code');
      p.set('error', 'access_denied');
      p.set('state', 'B'.repeat(43));
    },
    undefined,
  ],
];

for (const [name, change, ...wanted] of TABLE) {
  test(`${name}: ${wanted[0]}`, async () => {
    const page = await it.open();
    await comeBack(page, change);
    assert.ok(
      wanted.includes(await failureCode(page)),
      `${await failureCode(page)} on ${await page.textContent('#state')}`,
    );
    assert.equal((await codeRequests()).length, 0, 'no code was exchanged');
    if (wanted[0] === undefined) {
      assert.match(page.url(), /[?&](?:code|error)=/, "the address is the page's own");
      return page.context().close();
    }
    assert.doesNotMatch(page.url(), /[?&#](?:code|state|error)=/, 'the address bar is clean');
    const { message, remedy } = await page.evaluate(() => {
      const { message, remedy } = globalThis.failure ?? client.signInError;
      return { message, remedy };
    });
    assert.ok(message.length > 10 && remedy.length > 10, 'a sentence, and what to do');
    await page.context().close();
  });
}

test('S7 an error that nobody asked for neither ends the session nor shows its text', async () => {
  const page = await it.signedIn();
  await visit(page, `${it.url}/?error=access_denied&error_description=pay-here&state=${forged('B')}`);
  assert.equal(await failureCode(page), 'state_mismatch');
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
  assert.doesNotMatch(
    await page.evaluate(() => JSON.stringify([client.signInError, document.body.textContent])),
    /pay-here/,
  );
  await visit(page, `${it.url}/`);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
});

test('S18 the address bar is clean before the code goes out', async () => {
  const page = await it.open();
  let shown;
  await page.route('**/auth/exchange', async (route) => {
    shown = await page.evaluate(() => location.href);
    await route.continue();
  });
  await leave(page);
  await choose(page, ADELE);
  assert.equal(shown, `${it.url}/`);
});

test('E46 a foreign page cannot exchange a code of its own', async () => {
  const page = await it.open();
  const trade = JSON.stringify({ code: 'theirs', codeVerifier: 'v'.repeat(43), nonce: 'n', redirectUri: `${it.url}/` });
  const body = `<!doctype html><form method="post" enctype="text/plain" action="${it.url}/auth/exchange"><input name='${trade}'></form>`;
  // The tenant's port is another origin of the same site: SameSite cookies are no protection here.
  await page.route(`${it.tenant.url}/foreign`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(`${it.tenant.url}/foreign`);
  const [answer] = await Promise.all([
    page.waitForResponse(`${it.url}/auth/exchange`),
    page.evaluate(() => document.forms[0].submit()),
  ]);
  assert.deepEqual([answer.status(), await page.context().cookies(it.url), await codeRequests()], [403, [], []]);
});

test("E46 the redirect of somebody else's sign-in, opened here, signs nobody in", async () => {
  const page = await it.open(`/?code=theirs&state=${forged('C')}`);
  assert.equal(await failureCode(page), 'state_mismatch');
  assert.deepEqual([await page.context().cookies(it.url), await codeRequests()], [[], []]);
});

test('E5 a sign-in that took more than ten minutes: state_expired, with a way on', async () => {
  const page = await it.open();
  await page.clock.install();
  await leave(page);
  const state = new URL(page.url()).searchParams.get('state');
  await page.clock.fastForward(11 * 60 * 1000);
  await visit(page, `${it.url}/?code=a-code&state=${state}`);
  assert.equal(await failureCode(page), 'state_expired');
  assert.equal(await page.evaluate(() => typeof client.signInError.resolve), 'function');
  assert.equal((await codeRequests()).length, 0);
});

test('S5 S6 a state that was used already is refused, and the session stays', async () => {
  const page = await it.open();
  await leave(page);
  const state = new URL(page.url()).searchParams.get('state');
  await choose(page, ADELE);
  await it.control.forget();
  await visit(page, `${it.url}/?code=another-code&state=${state}`);
  assert.equal((await codeRequests()).length, 0);
  await visit(page, `${it.url}/`);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
});

test('a code that was used already: the sign-in ends in an error, and can be started again', async () => {
  const page = await it.open();
  await leave(page);
  let landing;
  await page.route(`${it.url}/auth/exchange`, async (route) => {
    landing = route.request().postDataJSON();
    const first = await route.fetch();
    assert.equal(first.status(), 200);
    await route.continue();
  });
  await choose(page, ADELE);
  assert.ok(landing.code);
  assert.equal(await failureCode(page), 'interaction_required');
  await page.unroute(`${it.url}/auth/exchange`);
});

test('E7 two sign-ins at once in one browser both succeed', async () => {
  const one = await it.open();
  const two = await one.context().newPage();
  await visit(two, `${it.url}/`);
  await leave(one);
  await leave(two);
  await choose(one, ADELE);
  await choose(two, ADELE);
  for (const page of [one, two]) {
    assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
    assert.equal((await call(page, () => client.mail.messages.list({ top: 1 }))).items.length, 1);
  }
});

test('S19 inside a frame the sign-in does not start: navigation_blocked', async () => {
  const page = await it.open();
  const blocked = await page.evaluate(async (url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
    await new Promise((resolve) => {
      frame.onload = resolve;
    });
    return frame.contentDocument?.querySelector('#state')?.textContent ?? 'refused to be framed';
  }, `${it.url}/`);
  assert.match(blocked, /navigation_blocked|refused to be framed/);
});

test('a client id or redirect URI that the tenant does not know: its own page says so, and the page can go on', async () => {
  const page = await it.open();
  const url = new URL(await call(page, () => client.authorizeUrl()));
  for (const [name, value, number] of [
    ['client_id', '99999999-2222-3333-4444-555555555555', '700016'],
    ['redirect_uri', 'https://elsewhere.example/', '50011'],
  ]) {
    const wrong = new URL(url);
    wrong.searchParams.set(name, value);
    await page.goto(wrong.href);
    assert.equal(await page.getAttribute('#error', 'data-aadsts'), number);
  }
  await visit(page, `${it.url}/`);
  await settled(page);
  assert.equal(await page.textContent('#state'), 'signed out');
});

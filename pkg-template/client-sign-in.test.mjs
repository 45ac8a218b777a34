// How a client signs in: by redirect, in a window, by a link; and what comes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.ts';
import { Exo365Error } from './error.ts';
import { ADELE, Core, failure } from './tests/fake-wasm.mjs';
import { it, later, signedIn, withPages } from './tests/signed-in.mjs';

withPages();

test('signIn: leaves for the address of the core; coming back or staying is cancelled', async () => {
  const { client, core } = signedIn();
  const first = client.signIn({ loginHint: 'adele@contoso.example', prompt: 'login' });
  assert.deepEqual(core.seen, [['authorize_url', { loginHint: 'adele@contoso.example', prompt: 'login' }]]);
  assert.deepEqual(it.went, ['https://login.example/authorize?state=STATE'], 'within the click');
  it.fire('pageshow', { persisted: false });
  it.fire('pageshow', { persisted: true });
  await assert.rejects(first, { code: 'cancelled' });
  const second = client.signIn();
  assert.equal(it.timers.at(-1).after, 60_000);
  it.timers.at(-1).run();
  await assert.rejects(second, { code: 'cancelled' });
});

test('signIn: what the core refuses comes through', async () => {
  const { client, core } = signedIn();
  core.authorize_url = () => {
    throw failure('navigation_blocked');
  };
  await assert.rejects(client.signIn(), { code: 'navigation_blocked' });
  assert.throws(
    () => client.authorizeUrl(),
    (/** @type {any} */ error) =>
      Object.getPrototypeOf(error) === Exo365Error.prototype && error.code === 'navigation_blocked',
  );
  assert.deepEqual(it.went, []);
});

/** A sign-in in a window of its own, up to where the window is there. */
function inWindow(client, method = 'signIn', options = {}) {
  const windows = [];
  const waiting = () => it.timers.filter(({ after }) => after === 600_000).length;
  const before = waiting();
  globalThis.open = (...all) => /** @type {any} */ (windows.push(all));
  const promise = client[method]({ mode: 'popup', ...options });
  promise.catch(() => {});
  /** Resolves when it listens. */
  const listening = async () => {
    while (waiting() === before) await later();
  };
  return {
    promise,
    windows,
    listening,
    say: (text, name = 'STATE.p') => {
      const channel = new BroadcastChannel(`exo365.${name}`);
      channel.postMessage(text);
      setImmediate(() => channel.close());
    },
  };
}

test('S20 S21 S22 popup: opened within the click, heard by its own channel, judged by the core', async () => {
  const { client, core } = signedIn();
  core.authorize_url = (options) => {
    core.seen.push(['authorize_url', JSON.parse(options)]);
    return 'https://login.example/authorize?state=STATE.p';
  };
  const events = [];
  client.on('signedin', ({ username }) => events.push(username));
  const { promise, windows, say, listening } = inWindow(client, 'signIn', { loginHint: 'ben@contoso.example' });
  assert.deepEqual(windows, [
    ['https://login.example/authorize?state=STATE.p', '_blank', 'popup,width=480,height=640'],
  ]);
  assert.deepEqual(core.seen, [['authorize_url', { mode: 'popup', loginHint: 'ben@contoso.example' }]]);
  await listening();
  const other = { ...ADELE, objectId: 'ben', username: 'ben@contoso.example' };
  core.answer = async (name) => {
    if (name === 'enter') core.who = other;
  };
  say('{"search":"?state=OTHER.p"}');
  say('{"search":"?code=c&state=STATE.p"}');
  assert.equal((await promise).username, 'ben@contoso.example');
  assert.deepEqual(
    core.seen.slice(-2),
    [
      ['enter', '{"search":"?code=c&state=STATE.p"}'],
      ['enter', undefined],
    ],
    'what belongs to another sign-in is not heard; then the endpoint is asked whether the session is there',
  );
  await later();
  assert.deepEqual(events, ['ben@contoso.example']);
  assert.ok([...it.store.values()].includes('t ben'), 'other tabs learn of it');
});

test('popup: blocked, aborted, refused, too long', async () => {
  const { client, core } = signedIn();
  core.authorize_url = () => 'https://login.example/authorize?state=STATE.p';
  globalThis.open = () => null;
  await assert.rejects(client.signIn({ mode: 'popup' }), { code: 'popup_blocked' });
  // As where the page is sandboxed, or a script of the page stands in for it.
  const cause = new DOMException('no', 'SecurityError');
  globalThis.open = () => {
    throw cause;
  };
  await assert.rejects(client.signIn({ mode: 'popup' }), { code: 'popup_blocked', cause });
  const controller = new AbortController();
  const aborted = inWindow(client, 'signIn', { signal: controller.signal });
  controller.abort();
  await assert.rejects(aborted.promise, { code: 'aborted' });
  const refused = inWindow(client);
  await refused.listening();
  core.answer = async () => {
    throw failure('access_denied');
  };
  refused.say('STATE.p');
  await assert.rejects(refused.promise, { code: 'access_denied' });
  assert.deepEqual(client.account, ADELE, 'whoever was signed in still is');
  const late = inWindow(client);
  await late.listening();
  for (const { run } of it.timers.filter(({ after }) => after === 600_000)) run();
  await assert.rejects(late.promise, { code: 'timeout' });
});

test('E54 adminConsent: the same ways; it tells for which organisation and to what', async () => {
  const { client, core } = signedIn();
  core.authorize_url = (options) => {
    core.seen.push(['authorize_url', JSON.parse(options)]);
    return 'https://login.example/adminconsent?state=STATE.p';
  };
  const { promise, say, listening } = inWindow(client, 'adminConsent');
  assert.deepEqual(core.seen[0], ['authorize_url', { mode: 'popup', adminConsent: true }]);
  await listening();
  core.answer = async () => ({ tenant: 't1', scopes: ['Mail.Read'] });
  say('STATE.p');
  assert.deepEqual(await promise, { tenant: 't1', scopes: ['Mail.Read'] });
  const redirect = client.adminConsent();
  assert.deepEqual(it.went, ['https://login.example/adminconsent?state=STATE.p']);
  it.fire('pageshow', { persisted: true });
  await assert.rejects(redirect, { code: 'cancelled' });
});

test('authorizeUrl: the address, at once', async () => {
  const { client, core } = signedIn();
  assert.equal(client.authorizeUrl({ domainHint: 'contoso.example' }), 'https://login.example/authorize?state=STATE');
  assert.equal(client.authorizeUrl(null), 'https://login.example/authorize?state=STATE');
  // Nobody would hear a window of its own: what opens the link asks this page for the record.
  client.authorizeUrl({ mode: 'popup' });
  /** @type {any} */
  const odd = {
    get prompt() {
      throw new Error('of the page');
    },
  };
  assert.throws(() => client.authorizeUrl(odd), { code: 'invalid_argument' });
  assert.deepEqual(
    core.seen.map(([, options]) => options),
    [{ domainHint: 'contoso.example' }, {}, {}],
  );
  await later();
});

test('S42 a sign-in that failed is told beside the client: by a property, by an event, with a way on', async () => {
  const core = new Core({ who: ADELE });
  const client = new Client(
    /** @type {any} */ (core),
    { endpoint: '/auth' },
    () => {},
    new Set(),
    failure('state_expired', 'late'),
  );
  const heard = [];
  client.on('signinfailed', (error) => heard.push(error));
  const { signInError } = client;
  assert.deepEqual([client.account, signInError.code, Boolean(signInError.remedy)], [ADELE, 'state_expired', true]);
  assert.ok(signInError instanceof Exo365Error);
  it.timers.find(({ after }) => after === undefined).run();
  await later();
  assert.deepEqual(heard, [signInError]);
  signInError.resolve().catch(() => {});
  await later();
  assert.deepEqual(core.seen[0], ['authorize_url', { sameAccount: true }]);
  assert.equal(new Client(/** @type {any} */ (new Core()), { endpoint: '/auth' }, () => {}).signInError, null);
});

test('S40 what an error asks for is asked of the same account; what the page asks for is its own', async () => {
  const { client, core } = signedIn(() => Promise.reject(failure('interaction_required', 'again', { claims: '{}' })));
  const error = await client.mail.messages.list().catch((error) => error);
  const asked = [];
  core.authorize_url = (options) => {
    asked.push(JSON.parse(options));
    return 'https://login.example/authorize?state=STATE';
  };
  for (const options of [
    undefined,
    { prompt: 'login' },
    { prompt: 'select_account' },
    { loginHint: 'ben@contoso.example' },
  ])
    error.resolve(options).catch(() => {});
  client.signIn().catch(() => {});
  await later();
  assert.deepEqual(asked, [
    { claims: '{}', sameAccount: true },
    { prompt: 'login', claims: '{}', sameAccount: true },
    { prompt: 'select_account', claims: '{}', sameAccount: false },
    { claims: '{}', sameAccount: true, loginHint: 'ben@contoso.example' },
    {},
  ]);
});

test('S44 a sign-in whose cookie the browser did not keep is none', async () => {
  const { client, core } = signedIn();
  core.authorize_url = () => 'https://login.example/authorize?state=STATE.p';
  const { promise, say, listening } = inWindow(client);
  await listening();
  core.answer = async (name, response) => {
    if (name === 'enter') core.who = response ? ADELE : null;
  };
  say('STATE.p');
  const error = await promise.catch((error) => error);
  assert.equal(error.code, 'misconfigured');
  assert.match(`${error.message} ${error.remedy}`, /cookie.*Allow cookies/s);
});

test('S46 one page, one session: another client of the page signs in and out along', async () => {
  const one = signedIn();
  const two = signedIn(undefined, { endpoint: '/auth', retries: 1 });
  const elsewhere = signedIn(undefined, { endpoint: '/other' });
  await one.client.signOut();
  await later();
  assert.deepEqual([two.client.account, two.events, elsewhere.events], [null, ['other-tab'], []]);
  two.core.answer = async () => {
    two.core.who = ADELE;
  };
  one.core.answer = async (name) => {
    if (name === 'enter') one.core.who = ADELE;
  };
  one.core.authorize_url = () => 'https://login.example/authorize?state=STATE.p';
  const { promise, say, listening } = inWindow(one.client);
  await listening();
  say('STATE.p');
  await promise;
  await later();
  await later();
  assert.equal(two.client.account?.username, ADELE.username);
});

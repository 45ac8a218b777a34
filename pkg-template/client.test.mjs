// The client over a core that a test controls: every promise settles, events come once, nothing outlives dispose.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, test } from 'node:test';
import { ADELE, Core, failure } from './tests/fake-wasm.mjs';
import { page } from './tests/fake-page.mjs';

const { Client } = await import('./client.ts');
const { Exo365Error } = await import('./error.ts');

const WHO = `${ADELE.tenantId} ${ADELE.objectId}`;
const MARK = 'exo365:https://app.contoso.example/auth';
const invalid = (error) => error instanceof Exo365Error && error.code === 'invalid_argument' && Boolean(error.remedy);
const later = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
const never = () => new Promise(() => {});

let it;
beforeEach(() => {
  it = page();
});
afterEach(() => {
  // Channels of links end with the page.
  it.fire('pagehide');
  it.end();
});

/**
 * A client of Adele's over a core; `answer` is what the core's promises do.
 *
 * @param {Core['answer']} [answer]
 * @param {any} [settings]
 */
function signedIn(answer, settings = { endpoint: '/auth' }) {
  const core = new Core({ who: ADELE, answer });
  let forgotten = 0;
  const client = new Client(/** @type {any} */ (core), settings, () => {
    forgotten++;
  });
  const events = [];
  client.on('signedout', ({ reason }) => events.push(reason));
  return { client, core, events, forgotten: () => forgotten };
}

/** Every method that gives a promise, with arguments that it takes. */
const METHODS = {
  list: (client, options) => client.mail.messages.list(options),
  get: (client, options) => client.contacts.get('x', options),
  create: (client, options) => client.calendar.events.create({}, options),
  update: (client, options) => client.mail.messages.update('x', {}, options),
  delete: (client, options) => client.mail.folder('inbox').messages.delete('x', options),
  count: (client, options) => client.mailbox('ben@contoso.example').mail.messages.count(options),
  all: (client, options) => client.mail.messages.all(options).next(),
  view: (client, options) => client.calendar.view('2026-12-01', '2026-12-02').list(options),
  send: (client, options) => client.mail.send({}, options),
  request: (client, options) => client.request('GET', '/me', options),
  getToken: (client, options) => client.getToken(options),
  signIn: (client, options) => client.signIn(options),
  signOut: (client, options) => client.signOut(options),
};

test('the account is that of the core, and the same object as long as it is', () => {
  const { client, core } = signedIn();
  assert.deepEqual(client.account, ADELE);
  assert.equal(client.account, client.account);
  core.who = null;
  assert.equal(client.account, null);
  assert.equal(new Client(/** @type {any} */ (new Core()), { endpoint: '/auth' }, () => {}).account, null);
});

test('a call: options as text, the keys of every call allowed, the body as it is, a signal always', async () => {
  const { client, core } = signedIn(() => Promise.resolve('answer'));
  const body = new Blob(['x']);
  assert.equal(
    await client.request('patch', '/me/x?$top=1', {
      query: { $select: 'a' },
      body,
      as: 'text',
      ifMatch: 'W/1',
      timeout: 5,
      headers: { a: 'b' },
    }),
    'answer',
  );
  const [{ signal, allowed, ...call }] = core.calls;
  assert.deepEqual(call, {
    method: 'patch',
    user: undefined,
    path: '/me/x?$top=1',
    ids: undefined,
    options: { query: { $select: 'a' }, as: 'text', ifMatch: 'W/1', timeout: 5, headers: { a: 'b' } },
    body,
  });
  assert.equal(call.body, body);
  assert.deepEqual(allowed, ['timeout', 'timeZone', 'headers', 'ifMatch', 'query', 'as']);
  assert.ok(signal instanceof AbortSignal);
  await client.request('GET', '/me');
  assert.deepEqual([core.calls[1].options, core.calls[1].body], [{}, undefined]);
});

test("mailbox: the user goes along; what cannot be one is left to the core's refusal", async () => {
  const { client, core } = signedIn();
  await client.mailbox('sales@contoso.example').contacts.get('x');
  for (const odd of [undefined, null, 5, {}, Symbol('x'), ''])
    await client.mailbox(/** @type {any} */ (odd)).contacts.get('x');
  assert.deepEqual(
    core.calls.map(({ user }) => user),
    ['sales@contoso.example', '', '', '', '', '', ''],
  );
});

test('options that cannot cross are refused', async () => {
  const { client, core } = signedIn();
  const circular = {};
  circular.self = circular;
  for (const odd of /** @type {any[]} */ ([{ top: 1n }, { headers: circular }]))
    await assert.rejects(client.mail.messages.list(odd), invalid);
  await assert.rejects(client.getToken({ scopes: [/** @type {any} */ (1n)] }), invalid);
  assert.throws(() => client.authorizeUrl({ loginHint: /** @type {any} */ (1n) }), invalid);
  for (const [method, path] of /** @type {any[][]} */ ([[undefined, '/me'], ['GET'], ['GET', 5], [{}, {}]]))
    await assert.rejects(client.request(method, path), invalid);
  for (const id of /** @type {any[]} */ ([undefined, null, 5])) await client.contacts.get(id).catch(() => {});
  assert.deepEqual(
    core.calls.map(({ ids }) => ids),
    [[null], [null], [5]],
    "ids are the core's to judge",
  );
});

for (const [name, run] of Object.entries(METHODS)) {
  test(`${name}: settles on abort, before and during; refuses what is no signal; takes null for options`, async () => {
    const { client, core } = signedIn(never);
    const stopped = AbortSignal.abort('not now');
    await assert.rejects(
      run(client, { signal: stopped }),
      (error) =>
        error instanceof Exo365Error && error.code === 'aborted' && error.cause === 'not now' && Boolean(error.remedy),
    );
    assert.deepEqual([core.seen, it.went], [[], []], 'nothing was started');

    const caller = new AbortController();
    const promise = run(client, { signal: caller.signal });
    await later();
    const [call] = core.calls;
    caller.abort('left the page');
    await assert.rejects(promise, { code: 'aborted', cause: 'left the page' });
    if (call)
      assert.deepEqual(
        [call.signal.aborted, call.signal.reason],
        [true, 'left the page'],
        'the request itself is stopped',
      );

    for (const odd of ['x', 5, {}, true]) await assert.rejects(run(client, { signal: odd }), invalid);
    for (const nothing of [null, undefined])
      run(client, nothing).catch((error) => assert.ok(error instanceof Exo365Error));
    await later();
  });

  test(`${name}: settles on dispose, and after it nothing is sent any more`, async () => {
    const { client, core } = signedIn(never);
    const promise = run(client);
    await later();
    client[Symbol.dispose]();
    await assert.rejects(promise, { code: 'aborted' });
    assert.ok(core.calls.every(({ signal }) => signal.aborted));
    const [sent, went] = [core.calls.length, it.went.length];
    await assert.rejects(run(client), { code: 'aborted' });
    assert.deepEqual([core.calls.length, it.went.length], [sent, went]);
  });
}

test("a caller's signal that is used again and again keeps nothing of the calls that ended", async () => {
  const { client, core } = signedIn(() => Promise.resolve({ value: [] }));
  const caller = new AbortController();
  await client.mail.messages.list({ signal: caller.signal });
  await client.mail.messages.list();
  for (const { signal } of core.calls) assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('errors of the core get our prototype and, with an endpoint, a cure', async () => {
  const { client } = signedIn(() => Promise.reject(failure('interaction_required', 'again', { claims: '{}' })));
  const error = await client.mail.messages.list().catch((error) => error);
  assert.equal(Object.getPrototypeOf(error), Exo365Error.prototype);
  error.resolve({ loginHint: 'adele@contoso.example' }).catch(() => {});
  await later();
  assert.deepEqual(it.went, ['https://login.example/authorize?state=STATE']);

  const alone = signedIn(() => Promise.reject(failure('interaction_required')), {});
  assert.equal(
    (await alone.client.mail.messages.list().catch((error) => error)).resolve,
    undefined,
    'the page gives the tokens: no sign-in of ours cures it',
  );
});

test('S25 a failure that a sign-in would cure starts none', async () => {
  for (const code of ['interaction_required', 'consent_required', 'signed_out', 'wrong_account']) {
    const { client } = signedIn(() => Promise.reject(failure(code)));
    await assert.rejects(client.mail.messages.list(), { code });
    await assert.rejects(client.getToken({ forceRefresh: true }), { code });
  }
  await later();
  assert.deepEqual(it.went, []);
});

test('what is thrown and is not ours gets our class, with what it was as its cause', async () => {
  const odd = new RangeError('odd');
  const { client } = signedIn(() => {
    throw odd;
  });
  for (const call of [() => client.mail.messages.list(), () => client.signOut()]) {
    const error = await call().catch((error) => error);
    assert.deepEqual([error instanceof Exo365Error, error.cause, error.code], [true, odd, 'invalid_argument']);
  }
});

test('a session that ended is told once, however many calls find out', async () => {
  const { client, core, events } = signedIn(() => later().then(() => core.expire()));
  const all = await Promise.allSettled([
    client.contacts.get('a'),
    client.contacts.get('b'),
    client.getToken(),
    client.mail.messages.list(),
  ]);
  await assert.rejects(client.contacts.get('c'), { code: 'signed_out' });
  await later();
  assert.ok(
    all.every((/** @type {PromiseRejectedResult} */ { reason }) => reason.code === 'signed_out' && reason.resolve),
  );
  assert.deepEqual(events, ['expired']);
  assert.equal(client.account, null);
});

test('a refusal of one call is not the end of the session', async () => {
  const { client, events } = signedIn(() => Promise.reject(failure('signed_out')));
  await assert.rejects(client.contacts.get('a'), { code: 'signed_out' });
  await later();
  assert.deepEqual(events, [], 'the core still has the account');
});

test('listeners: several, the same one twice, and off again; what they throw is theirs', async () => {
  const { client, events } = signedIn();
  const twice = () => events.push('twice');
  const [first, second] = [client.on('signedout', twice), client.on('signedout', twice)];
  client.on('signedout', () => events.push('other'))();
  first();
  first();
  const thrown = [];
  const { queueMicrotask } = globalThis;
  globalThis.queueMicrotask = (run) =>
    queueMicrotask(() => {
      try {
        run();
      } catch (error) {
        thrown.push(error.message);
      }
    });
  client.on('signedout', () => {
    throw new Error("the page's own");
  });
  client.on('signedout', () => events.push('last'));
  await client.signOut();
  await later();
  globalThis.queueMicrotask = queueMicrotask;
  second();
  assert.deepEqual(events, ['user', 'twice', 'last']);
  assert.deepEqual(thrown, ["the page's own"]);
  for (const [type, listener] of /** @type {any[][]} */ ([
    ['signedIn', () => {}],
    ['signedout', 5],
    [undefined, undefined],
  ]))
    assert.throws(() => client.on(type, listener), invalid);
});

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

test('a sign-in in another tab is one here, where nobody was signed in', async () => {
  const core = new Core({
    answer: async (name) => {
      if (name === 'enter') core.who = ADELE;
    },
  });
  const client = new Client(/** @type {any} */ (core), { endpoint: '/auth' }, () => {});
  const events = [];
  client.on('signedin', (account) => events.push(account.username));
  it.store.set([...it.store.keys()][0] ?? `exo365:${new URL('/auth', document.baseURI)}`, 't adele');
  it.fire('storage');
  await later();
  await later();
  assert.deepEqual([events, client.account], [[ADELE.username], ADELE]);
});

test('diagnostics: what failed, newest first, without secrets; what was refused here is none', async () => {
  const { client, core } = signedIn(() =>
    Promise.reject(
      failure('throttled', 'Too many', {
        status: 429,
        requestId: 'r',
        clientRequestId: 'c',
        attempts: 4,
        headers: new Headers({ 'retry-after': '7' }),
      }),
    ),
  );
  const heard = [];
  client.on('diagnostic', (one) => heard.push(one.code));
  await assert.rejects(client.mail.messages.get('secret-id'), { code: 'throttled' });
  core.answer = () => Promise.reject(failure('network'));
  await assert.rejects(client.request('GET', '/me'), { code: 'network' });
  core.answer = () => Promise.reject(failure('invalid_argument'));
  await assert.rejects(client.request('GET', '/me'), { code: 'invalid_argument' });
  const [second, first, ...none] = client.diagnostics.list();
  assert.deepEqual(none, []);
  assert.deepEqual(
    { ...first, at: undefined, durationMs: undefined },
    {
      at: undefined,
      method: 'GET',
      url: 'messages/{}',
      status: 429,
      code: 'throttled',
      durationMs: undefined,
      attempts: 4,
      clientRequestId: 'c',
      requestId: 'r',
      headers: { 'retry-after': '7' },
    },
  );
  assert.deepEqual([second.code, second.attempts, second.headers], ['network', 1, {}]);
  assert.match(first.at, /^\d{4}-.*Z$/);
  await later();
  assert.deepEqual(heard, ['throttled', 'network']);
  for (let at = 0; at < 60; at++) await client.request('GET', '/me', { headers: {} }).catch(() => {});
  core.answer = () => Promise.reject(failure('network'));
  for (let at = 0; at < 60; at++) await client.request('POST', '/me').catch(() => {});
  assert.equal(client.diagnostics.list().length, 50);
  client.diagnostics.clear();
  assert.deepEqual(client.diagnostics.list(), []);
});

test('authorizeUrl: the address, at once', async () => {
  const { client, core } = signedIn();
  assert.equal(client.authorizeUrl({ domainHint: 'contoso.example' }), 'https://login.example/authorize?state=STATE');
  assert.equal(client.authorizeUrl(null), 'https://login.example/authorize?state=STATE');
  assert.deepEqual(
    core.seen.map(([, options]) => options),
    [{ domainHint: 'contoso.example' }, {}],
  );
  await later();
});

test('getToken: what the core gives', async () => {
  const token = { token: 't', expiresIn: 5, scopes: ['a'] };
  const { client, core } = signedIn(() => Promise.resolve(token));
  assert.equal(await client.getToken({ scopes: ['a'], forceRefresh: true }), token);
  await client.getToken();
  assert.deepEqual(core.seen, [
    ['token', { scopes: ['a'], forceRefresh: true }],
    ['token', {}],
  ]);
});

test('signOut: forgets at once, and tells so when the endpoint has answered', async () => {
  let answer;
  const { client, core, events } = signedIn(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const promise = client.signOut();
  assert.equal(client.account, null);
  assert.equal(it.store.get(MARK), WHO);
  assert.deepEqual(core.seen[0], ['sign_out', false]);
  await later();
  assert.deepEqual(events, []);
  answer(undefined);
  assert.equal(await promise, undefined);
  assert.equal(it.store.get(MARK), '');
  await later();
  assert.deepEqual(events, ['user']);
  assert.deepEqual(it.went, []);
});

test('signOut: at Microsoft the page leaves; it settles where it comes back', async () => {
  const { client, core } = signedIn(() => Promise.resolve('https://login.example/logout'));
  const promise = client.signOut({ scope: 'microsoft' });
  await later();
  assert.deepEqual(core.seen[0], ['sign_out', true]);
  assert.deepEqual(it.went, ['https://login.example/logout']);
  it.fire('pageshow', { persisted: true });
  await promise;
});

test('signOut: what did not reach the endpoint is not told as done, and is tried again', async () => {
  const { client, core, events } = signedIn(() => Promise.reject(failure('network')));
  const error = await client.signOut().catch((error) => error);
  assert.deepEqual([error.code, error.cause.code], ['network', 'network']);
  assert.match(`${error.message} ${error.remedy}`, /session goes on.*tried again/);
  assert.equal(client.account, null, 'this page has forgotten the user');
  await later();
  assert.deepEqual([events, it.store.get(MARK), it.store.get(`${MARK}#signout`)], [[], WHO, '1']);
  it.fire('online');
  await later();
  assert.deepEqual(events, [], 'still no network');
  core.answer = async () => undefined;
  it.fire('online');
  await later();
  await later();
  assert.deepEqual([events, it.store.get(MARK), it.store.has(`${MARK}#signout`)], [['user'], '', false]);
  const before = core.seen.length;
  it.fire('online');
  await later();
  assert.equal(core.seen.length, before, 'once');
  for (const odd of /** @type {any[]} */ ([{ scope: 'all' }, { scop: 'app' }, { scope: null }]))
    await assert.rejects(client.signOut(odd), invalid);
});

test('S32 a sign-out in another tab ends this one, and a second one is not told again', async () => {
  const { client, core, events } = signedIn();
  assert.equal(it.store.get(MARK), WHO);
  it.fire('storage', {});
  assert.deepEqual(client.account, ADELE, 'not by a change of something else');
  it.store.set(MARK, '');
  it.fire('storage', {});
  it.fire('storage', {});
  assert.equal(client.account, null);
  assert.deepEqual(core.seen[0], ['forget'], 'tokens too');
  await later();
  assert.deepEqual(events, ['other-tab']);
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

test('S24 somebody else who signs in in another tab ends this one; the same user does not', async () => {
  const { client, events } = signedIn();
  it.store.set(MARK, WHO);
  it.fire('storage', {});
  assert.deepEqual(client.account, ADELE);
  it.store.set(MARK, 't ben');
  it.fire('storage', {});
  assert.equal(client.account, null);
  await later();
  assert.deepEqual(events, ['other-tab']);
});

test('S33 a page that comes back from the cache after a sign-out has no account and no token', async () => {
  const { client, core, events } = signedIn();
  it.fire('pageshow', { persisted: true });
  assert.deepEqual(client.account, ADELE, 'nobody signed out');
  it.store.set(MARK, '');
  it.fire('pageshow', { persisted: true });
  assert.equal(client.account, null);
  assert.deepEqual(core.seen, [['forget']]);
  await later();
  assert.deepEqual(events, ['other-tab']);
});

test('a storage that was emptied, or is forbidden, ends nothing', async () => {
  const { client } = signedIn();
  it.store.clear();
  it.fire('storage', {});
  assert.deepEqual(client.account, ADELE);
  Object.defineProperty(globalThis, 'localStorage', {
    get() {
      throw new DOMException('no', 'SecurityError');
    },
    configurable: true,
  });
  it.fire('storage', {});
  assert.deepEqual(client.account, ADELE);
  const other = signedIn();
  assert.deepEqual(other.client.account, ADELE);
  await other.client.signOut();
});

test('S12 the mark for other tabs names the user and holds no token', () => {
  signedIn();
  assert.deepEqual([...it.store], [[MARK, WHO]]);
  for (const same of ['/auth/', 'https://app.contoso.example/auth', '/auth//']) signedIn(undefined, { endpoint: same });
  assert.deepEqual([...it.store.keys()], [MARK], 'one endpoint, one mark');
});

test('nobody signed in leaves no mark, and a page with getToken none either', () => {
  new Client(/** @type {any} */ (new Core()), { endpoint: '/auth' }, () => {});
  signedIn(undefined, {});
  assert.equal(it.store.size, 0);
});

test('dispose: listeners are gone, the account too, others are not told, twice is once', async () => {
  const before = it.listening;
  const { client, core, events, forgotten } = signedIn();
  assert.ok(it.listening > before);
  client[Symbol.dispose]();
  client[Symbol.dispose]();
  assert.equal(it.listening, before);
  assert.equal(forgotten(), 1);
  assert.equal(client.account, null);
  it.store.set(MARK, 'other');
  it.fire('storage', {});
  await later();
  assert.deepEqual(events, []);
  assert.deepEqual(core.seen, [['forget']]);
});

test('S3 S1 a client has no place for a password or a secret', () => {
  const { client } = signedIn();
  const names = new Set();
  for (let at = client; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  assert.deepEqual([...names].sort(), [
    'account',
    'adminConsent',
    'authorizeUrl',
    'batch',
    'calendar',
    'constructor',
    'contacts',
    'diagnostics',
    'directReports',
    'getToken',
    'mail',
    'mailbox',
    'manager',
    'on',
    'people',
    'photo',
    'request',
    'settings',
    'signIn',
    'signInError',
    'signOut',
    'subscriptions',
    'updateUser',
    'user',
    'users',
  ]);
});

test('a view of a client can be iterated, in the own mailbox and in another one', async () => {
  const { client } = signedIn((name) => Promise.resolve(name === 'call' ? { value: [{ id: 'e' }] } : undefined));
  for (const { calendar } of [client, client.mailbox('ben@contoso.example')]) {
    const found = [];
    for await (const { id } of calendar.view('2026-12-01', '2026-12-02')) found.push(id);
    assert.deepEqual(found, ['e']);
  }
});

test('outside of a page there is nothing to listen to', async () => {
  it.end();
  const { client } = signedIn(() => Promise.resolve({ value: [] }));
  assert.deepEqual((await client.mail.messages.list()).items, []);
  client[Symbol.dispose]();
});

// The client over a core that a test controls: every promise settles, nothing outlives dispose.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client } from './client.ts';
import { Exo365Error } from './error.ts';
import { ADELE, Core, failure } from './tests/fake-wasm.mjs';
import { invalid, it, later, MARK, never, signedIn, withPages } from './tests/signed-in.mjs';

withPages();

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

test('of calls that ended nothing stays, however they ended: no listener, and no memory', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const OUTCOMES = [
    () => Promise.resolve({ value: [] }),
    () => Promise.reject(failure('not_found', 'gone', { status: 404 })),
    () => Promise.reject(failure('throttled', 'busy', { status: 429 })),
    (signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(failure('aborted')), { once: true });
      }),
  ];
  let count = 0;
  const { client, core } = signedIn((_name, { path, body, signal } = {}) =>
    path === '/$batch'
      ? Promise.resolve({
          responses: JSON.parse(body).requests.map(({ id }) => ({
            id,
            status: [200, 404, 429][count++ % 3],
            headers: {},
          })),
        })
      : OUTCOMES[count++ % OUTCOMES.length](signal),
  );
  // What a test looks at would be what stays.
  core.seen = /** @type {any} */ ({ push: () => {} });
  const kept = new AbortController();
  const { messages } = client.mail;
  const calls = async (rounds) => {
    for (let round = 0; round < rounds; round++) {
      const own = new AbortController();
      const all = Promise.allSettled([
        ...Array.from({ length: 8 }, () => messages.list({ signal: AbortSignal.any([kept.signal, own.signal]) })),
        messages.get('a', { signal: own.signal }),
        messages.delete('b', { signal: own.signal }),
        client.mailbox('ben@contoso.example').mail.messages.get('a', { signal: own.signal }),
        client.getToken({ signal: own.signal }),
        client.request('GET', '/me', { signal: own.signal }),
      ]);
      await later();
      await later();
      own.abort();
      await all;
      // The waits of what was throttled.
      for (const { run } of it.timers.splice(0)) run();
    }
  };
  const used = async (rounds) => {
    await calls(rounds);
    gc();
    await later();
    gc();
    return process.memoryUsage().heapUsed;
  };
  await used(40);
  const before = await used(40);
  const after = await used(160);
  assert.deepEqual(getEventListeners(kept.signal, 'abort'), []);
  // 2,080 calls: a signal and a promise of each would be ten megabytes.
  assert.ok(after - before < 2_000_000, `${after - before} bytes more`);
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

// The session of a client: its events, its end, and other tabs and clients.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.ts';
import { ADELE, Core, failure } from './tests/fake-wasm.mjs';
import { invalid, it, later, MARK, signedIn, WHO, withPages } from './tests/signed-in.mjs';
import { collectUncaught } from './tests/uncaught.mjs';

withPages();

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
  const { uncaught } = await collectUncaught(async () => {
    client.on('signedout', () => {
      throw new Error("the page's own");
    });
    client.on('signedout', () => events.push('last'));
    await client.signOut();
    await later();
  });
  second();
  assert.deepEqual(events, ['user', 'twice', 'last']);
  assert.deepEqual(
    uncaught.map(({ message }) => message),
    ["the page's own"],
  );
  for (const [type, listener] of /** @type {any[][]} */ ([
    ['signedIn', () => {}],
    ['signedout', 5],
    [undefined, undefined],
  ]))
    assert.throws(() => client.on(type, listener), invalid);
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

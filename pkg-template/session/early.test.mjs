// What begins beside the loading of the WebAssembly, and what does not; what `exo365/start` began, and who takes it over.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { start } from '../start.ts';
import { page as put } from '../tests/fake-page.mjs';
import { arrivals, arrive } from './arrival.ts';
import { begin, takeStarted } from './begin.ts';
import { early, remember } from './early.ts';
import { zoneHere } from './marks.ts';
import { BrowserPage } from './page.ts';

const MARK = 'exo365:https://app.contoso.example/auth';
const SHARED = Symbol.for('exo365.arrival');
const STARTED = Symbol.for('exo365.started');
const CALL = ['GET', null, 'messages', [], { top: 2 }, [], false, false];
const { now } = Date;
let it;
beforeEach(() => {
  it = put();
});
afterEach(() => {
  Date.now = now;
  delete globalThis[SHARED];
  delete globalThis[STARTED];
  it.end();
});
/** @param {any} [settings] */
const begun = (settings, record = () => [], fetch = undefined) =>
  early({ endpoint: '/auth', timeZone: 'UTC', ...settings }, record, fetch);
const routes = () => it.sent.map(([url]) => url);
const connections = () => it.links.filter(({ rel }) => rel === 'preconnect').map(({ href }) => href);

test('S23 S47 the session call that begins is the one that core makes', () => {
  for (const [endpoint, url, credentials] of [
    ['/auth//', '/auth/session', 'same-origin'],
    ['https://auth.contoso.example', 'https://auth.contoso.example/session', 'include'],
  ]) {
    begun({ endpoint });
    const [[asked, { signal, ...init }]] = it.sent.splice(0);
    assert.ok(signal instanceof AbortSignal);
    assert.equal(asked, url);
    assert.deepEqual(init, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-exo365': '1' },
      body: '{}',
      credentials,
      cache: 'no-store',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
    });
  }
});

test('S47 nothing begins where something comes first, and nothing is thrown', () => {
  const odd = [undefined, '', 5, 'https://', {}].map((endpoint) => () => void begun({ endpoint }));
  for (const run of [
    ...odd,
    () => {
      it.store.set(`${MARK}#signout`, '1');
      assert.equal(begun(), undefined);
      start({ endpoint: '/auth', preload: [['messages']] });
      it.store.clear();
    },
    () => {
      // A client of the page, of whichever copy, is completing a sign-in.
      globalThis[SHARED] = new Promise(() => {});
      assert.equal(begun(), undefined);
    },
    () => {
      delete globalThis[SHARED];
      for (const [query, hash] of [
        ['?code=c&state=s', ''],
        ['', '#code=c&state=s'],
      ]) {
        Object.assign(location, { search: query, hash });
        start({ endpoint: '/auth', preload: [['messages']] });
        assert.equal(arrivals().holds(), true, query + hash);
      }
      Object.assign(location, { search: '', hash: '' });
      assert.equal(arrivals().holds(), false);
    },
    () => {
      Object.defineProperty(globalThis, 'isSecureContext', { value: false, configurable: true });
      assert.equal(begun(), undefined);
    },
  ]) {
    it.sent.length = 0;
    run();
    const asked = routes().filter((url) => url === '/auth/session' || url === '/auth/preload');
    assert.deepEqual(asked, [], String(run));
  }
  assert.equal(takeStarted('/auth'), undefined);
});

test('S47 an answer that arrived keeps what began out, also where it came in between', async () => {
  const own = begun();
  let view;
  const open = async (given) => {
    view = given;
  };
  await arrive('/auth', /** @type {any} */ (async () => {}), open, own);
  assert.equal(view.begun(new AbortController().signal), own.answer);
  const before = begun();
  globalThis[SHARED] = Promise.resolve(true);
  await arrive('/auth', /** @type {any} */ (async () => {}), open, before);
  assert.equal(view.begun(new AbortController().signal), undefined);
});

test('S47 what began is taken over while it is good: not too old, and nobody signed in or out meanwhile', () => {
  it.store.set(MARK, 't adele');
  const { signal } = new AbortController();
  for (const [name, change, good] of /** @type {[string, () => void, boolean][]} */ ([
    ['as it was', () => {}, true],
    ['half a minute later', () => (Date.now = () => now() + 31_000), false],
    ['the clock was set back', () => (Date.now = () => now() - 3_600_000), false],
    ['signed out in another tab', () => it.store.set(MARK, ''), false],
    ['somebody else signed in', () => it.store.set(MARK, 't ben'), false],
    ['a sign-out did not reach the endpoint', () => it.store.set(`${MARK}#signout`, '1'), false],
  ])) {
    const own = begun();
    assert.equal(own.mark, 't adele', name);
    change();
    assert.equal(new BrowserPage('/auth', undefined, own).begun(signal), good ? own.answer : undefined, name);
    Date.now = now;
    it.store.clear();
    it.store.set(MARK, 't adele');
  }
  assert.equal(new BrowserPage('/auth').begun(signal), undefined);
});

test('what ends the attempt ends the request that began', () => {
  const own = begun();
  const caller = new AbortController();
  new BrowserPage('/auth', undefined, own).begun(caller.signal);
  caller.abort('too late');
  assert.equal(it.sent[0][1].signal.reason, 'too late');
});

test('an early request that fails is told by nobody but who awaits it', async () => {
  it.answers.push(() => Promise.reject(new TypeError('offline')));
  const own = begun();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  await assert.rejects(own.answer, /offline/);
});

test('the connection to the API: of the last session, else of the settings, else of Graph', () => {
  const graph = 'https://graph.microsoft.com';
  const cloud = { login: 'https://login.example', api: 'https://api.example' };
  for (const [settings, last, wanted] of /** @type {[any, any, string[]][]} */ ([
    [{}, undefined, [graph]],
    [{ cloud }, undefined, ['https://api.example']],
    [{ cloud: 'china' }, undefined, []],
    [{ mode: 'proxy' }, undefined, []],
    [{ api: 'outlook-v2' }, undefined, []],
    [{}, { api: 'outlook-v2', origin: 'https://outlook.example' }, ['https://outlook.example']],
    // The proxy is where the session call goes.
    [{}, { api: 'graph' }, []],
  ])) {
    it.links.length = 0;
    it.store.clear();
    if (last) remember('/auth', last);
    begun(settings);
    assert.deepEqual(connections(), wanted, JSON.stringify([settings, last]));
  }
  assert.deepEqual([...it.store], [[`${MARK}#api`, 'graph ']], 'no secret, no name');
});

test('a connection that cannot be opened early is no reason not to begin', () => {
  Object.assign(document, { head: null });
  assert.ok(begun());
  assert.deepEqual(routes(), ['/auth/session']);
});

test('the preload goes beside the session, with what the settings say', () => {
  it.store.set(`${MARK}#api`, 'outlook-v2 https://outlook.example');
  const flavours = [];
  const record = (api) => {
    flavours.push(api);
    return [CALL];
  };
  const own = begun({ bodyType: 'text', immutableIds: false }, record);
  begun({ api: 'outlook-v1' }, record);
  it.store.clear();
  begun({}, record);
  assert.deepEqual(flavours, ['outlook-v2', 'outlook-v1', 'graph']);
  assert.deepEqual(routes().slice(0, 2), ['/auth/session', '/auth/preload']);
  assert.deepEqual(
    it.sent.filter(([url]) => url === '/auth/preload').map(([, { body }]) => JSON.parse(body)),
    [
      { timeZone: 'UTC', textBodies: true, immutableIds: false, calls: [CALL] },
      { timeZone: 'UTC', calls: [CALL] },
      { timeZone: 'UTC', calls: [CALL] },
    ],
  );
  assert.deepEqual(own.preload.calls, [CALL]);
});

test('S47 what the script in the head began is taken over by one client of its endpoint', () => {
  start({ endpoint: '/auth', timeZone: 'UTC', preload: [['messages', [], { top: 2 }]], wasm: '/m.wasm' });
  assert.deepEqual(routes(), ['/auth/session', '/auth/preload']);
  assert.deepEqual(
    it.links.map(({ rel, href, fetchPriority }) => [rel, href, fetchPriority]),
    [
      ['preconnect', 'https://graph.microsoft.com', undefined],
      ['preload', '/m.wasm', 'low'],
    ],
  );
  begun({ endpoint: '/other' });
  assert.deepEqual(routes().slice(2), ['/other/session']);
  const record = () => assert.fail('its preload goes in place of this one');
  const taken = begun({ endpoint: 'https://app.contoso.example/auth/' }, /** @type {any} */ (record));
  assert.equal(routes().length, 3);
  assert.equal(taken.preload.calls.length, 1);
  begun();
  assert.deepEqual(routes().slice(3), ['/auth/session'], 'once');
});

test('what the script began is left alone where it is old, or does not fit', () => {
  start({ endpoint: '/auth', timeZone: 'UTC' });
  Date.now = () => now() + 31_000;
  begun();
  assert.deepEqual(routes(), ['/auth/session', '/auth/session']);
  Date.now = now;
  for (const other of [{ bodyType: 'text' }, { immutableIds: false }, { timeZone: 'Asia/Tokyo' }]) {
    it.sent.length = 0;
    start({ endpoint: '/auth', timeZone: 'UTC', preload: '[["messages"]]' });
    const own = begun(other, () => [CALL]);
    assert.deepEqual(routes(), ['/auth/session', '/auth/preload', '/auth/preload']);
    assert.deepEqual(own.preload.calls, [CALL]);
  }
});

test('a script whose preload cannot be read begins the session all the same', () => {
  for (const preload of /** @type {any[]} */ (['[[', 5, [5], null, '{}'])) {
    it.sent.length = 0;
    it.links.length = 0;
    start({ endpoint: '/auth', preload, wasm: '/m.wasm' });
    assert.deepEqual(routes(), ['/auth/session']);
    assert.equal(it.links.at(-1).href, '/m.wasm');
    assert.ok(takeStarted('/auth'));
  }
  for (const odd of /** @type {any[]} */ ([{}, { endpoint: 5 }])) start(odd);
});

test('begin says who was signed in', () => {
  it.store.set(MARK, 't adele');
  assert.equal(begin(fetch, '/auth').mark, 't adele');
});

test('a fetch of the client begins the session and the preload, and what began without it is left to others', () => {
  start({ endpoint: '/auth', preload: [['messages']], timeZone: 'UTC' });
  const before = it.sent.length;
  const own = [];
  const fetch = (url) => {
    own.push(url);
    return new Promise(() => {});
  };
  begun({}, () => [CALL], fetch);
  assert.deepEqual(own, ['/auth/session', '/auth/preload']);
  assert.equal(it.sent.length, before);
  assert.ok(takeStarted('/auth'), 'it is still there');
});

test('the zone of the browser, by whatever knows it', () => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Temporal');
  const put = (Temporal) => Object.assign(globalThis, { Temporal });
  try {
    put(undefined);
    assert.equal(zoneHere(), timeZone);
    put({ Now: { timeZoneId: () => 'Asia/Tokyo' } });
    assert.equal(zoneHere(), 'Asia/Tokyo');
    start({ endpoint: '/auth', preload: [['messages']] });
    assert.equal(JSON.parse(it.sent[1][1].body).timeZone, 'Asia/Tokyo');
  } finally {
    if (before) Object.defineProperty(globalThis, 'Temporal', before);
    else delete (/** @type {any} */ (globalThis).Temporal);
  }
});

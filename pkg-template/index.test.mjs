// The way in: one client for equal settings, failures that may be tried again, an import that does nothing.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { start } from './start.ts';
import { page } from './tests/fake-page.mjs';
import { ADELE, Core, failure, wasm } from './tests/fake-wasm.mjs';

/** The sources; the tests run at the root of the project. */
const TEMPLATE = pathToFileURL(`${process.cwd()}/pkg-template/`);
const before = Object.getOwnPropertyNames(globalThis);
const sdk = await import('./index.ts');
const { createClient, Exo365Error } = sdk;

test('S4 S20 S22 S31 S38 the package has no words for what it must not do', async () => {
  const modules = (await readdir(TEMPLATE, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !/node_modules|\.d\.ts$|types\.ts$/.test(name),
  );
  assert.ok(modules.length >= 20);
  const forbidden =
    /Math\.random|(?<!\bchannel\??\.)postMessage|\bopener\b|\.closed\b|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|serviceWorker|indexedDB|document\.cookie/;
  for (const name of modules) {
    const text = await readFile(new URL(name, TEMPLATE), 'utf8');
    // Diagnostics are kept where the page asks for it, by one module that knows no token.
    assert.doesNotMatch(
      name === 'journal.ts' ? text.replace("indexedDB.open('exo365', 1)", '') : text,
      forbidden,
      name,
    );
  }
});

test('S37 the README says what a script of an attacker gets, and what is against it', async () => {
  const text = (await readFile(new URL('README.md', TEMPLATE), 'utf8')).replaceAll(/\s+/g, ' ');
  const [, limits] = /## Security, and its limits (.*?) ## /.exec(text);
  for (const words of [
    /XSS/,
    /reads and sends mail through the user's browser/,
    /take the current access token/,
    /cannot take the refresh token or the client secret/,
    /strict CSP/,
    /Trusted Types/,
    /one app per origin/,
  ])
    assert.match(limits, words);
});

let round = 0;
let settings;
beforeEach(() => {
  settings = { endpoint: `https://auth.contoso.example/${++round}` };
  Object.assign(wasm, { loads: [], opened: [], broken: undefined, opens: () => new Core({ who: ADELE }) });
});

test('the import has no side effects', () => {
  assert.deepEqual(Object.keys(sdk).sort(), ['Exo365Error', 'createClient', 'filter']);
  assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
});

test('the WebAssembly is loaded with the first client; a load that failed may be tried again', async () => {
  const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  wasm.broken = new TypeError('offline');
  const error = await createClient({ ...settings, wasm: bytes }).catch((error) => error);
  assert.ok(error instanceof Exo365Error);
  assert.deepEqual([error.code, /** @type {Error} */ (error.cause).message], ['wasm_unavailable', 'offline']);
  assert.ok(error.remedy.includes('wasm-unsafe-eval'));
  assert.equal(wasm.opened.length, 0);
  await createClient({ ...settings, wasm: Promise.resolve(bytes) });
  await createClient({ ...settings, retries: 1 });
  assert.equal(wasm.loads.length, 2, 'and once it is there, not again');
  assert.ok(wasm.opened.every(({ settings }) => !('wasm' in settings)));
});

test('equal settings are one client: at the same time, later, in another order', async () => {
  const cloud = { login: 'https://login.example', api: 'https://api.example' };
  const first = createClient({ ...settings, cloud, scopes: ['a', 'b'] });
  const all = await Promise.all([
    first,
    createClient({ scopes: ['a', 'b'], cloud: { api: cloud.api, login: cloud.login }, ...settings }),
    createClient({ ...settings, cloud, scopes: ['a', 'b'], timeout: undefined }),
  ]);
  assert.equal(new Set(all).size, 1);
  assert.equal(await createClient({ ...settings, cloud, scopes: ['a', 'b'] }), all[0]);
  assert.equal(wasm.opened.length, 1);
});

test('other settings are another client', async () => {
  const clients = await Promise.all(
    [
      settings,
      { ...settings, retries: 1 },
      { ...settings, retries: '1' },
      { ...settings, scopes: ['a', 'b'] },
      { ...settings, scopes: ['b', 'a'] },
      { ...settings, timeZone: 'Asia/Tokyo' },
    ].map(createClient),
  );
  assert.equal(new Set(clients).size, clients.length);
});

test('functions are told apart by identity', async () => {
  const [one, two] = [async () => 'a', async () => 'b'];
  const clients = await Promise.all([{ getToken: one }, { getToken: two }, { getToken: one }].map(createClient));
  assert.equal(new Set(clients).size, 2);
  assert.equal(clients[0], clients[2]);
  const given = wasm.opened.map(({ getToken }) => getToken());
  assert.deepEqual(
    (await Promise.all(given)).map((text) => JSON.parse(text).accessToken),
    ['a', 'b'],
  );
  assert.ok(wasm.opened.every(({ settings }) => !('getToken' in settings)));
  await createClient({ getToken: /** @type {any} */ ('a token') });
  assert.equal(wasm.opened[2].getToken, undefined, 'what is no function is none');
});

test('the core gets the page where there is one', async () => {
  await createClient(settings);
  const it = page();
  try {
    await createClient({ ...settings, retries: 1 });
  } finally {
    it.end();
  }
  assert.deepEqual(
    wasm.opened.map(({ page }) => typeof page),
    ['undefined', 'object'],
  );
});

test('S49 while the browser prerenders the page no client opens: no code is redeemed before the user comes', async () => {
  const it = page(`https://app.contoso.example/?code=c&state=${'A'.repeat(43)}.r`);
  const events = new EventTarget();
  Object.assign(document, {
    prerendering: true,
    addEventListener: (...all) => events.addEventListener(.../** @type {[string, () => void]} */ (all)),
  });
  try {
    const opening = createClient(settings);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([wasm.loads.length <= 1, wasm.opened], [true, []]);
    events.dispatchEvent(new Event('prerenderingchange'));
    assert.equal((await opening).account?.username, ADELE.username);
    assert.equal(wasm.opened.length, 1);
  } finally {
    it.end();
  }
});

test('S23 an endpoint without an origin is on the own one of the page, also where `<base>` leads elsewhere', async () => {
  const it = page('https://app.contoso.example/mail/inbox');
  Object.assign(location, { href: 'https://app.contoso.example/mail/inbox' });
  const at = async (endpoint, baseURI) => {
    Object.assign(document, { baseURI });
    it.sent.length = 0;
    await createClient({ endpoint, retries: ++round });
    return [wasm.opened.at(-1).settings.endpoint, it.sent[0][0]];
  };
  const [own, cdn] = ['https://app.contoso.example', 'https://cdn.example/x/'];
  try {
    for (const [endpoint, base, wanted] of [
      ['/auth', `${own}/deep/`, '/auth'],
      ['auth', `${own}/deep/`, 'auth'],
      ['/auth', cdn, `${own}/auth`],
      ['auth', cdn, `${own}/x/auth`],
      ['//evil.example/auth', `${own}/`, `${own}/auth`],
      ['https://auth.contoso.example/a', cdn, 'https://auth.contoso.example/a'],
    ])
      assert.deepEqual(await at(endpoint, base), [wanted, `${wanted}/session`], `${endpoint} at ${base}`);
    Object.assign(document, { baseURI: cdn });
    it.sent.length = 0;
    start({ endpoint: '/auth' });
    assert.equal(it.sent[0][0], `${own}/auth/session`);
  } finally {
    it.end();
    delete globalThis[Symbol.for('exo365.started')];
  }
});

test('the zone is that of the browser where none is given', async () => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  await createClient(settings);
  await createClient({ ...settings, timeZone: undefined });
  await createClient({ ...settings, timeZone: 'W. Europe Standard Time' });
  assert.deepEqual(
    wasm.opened.map(({ settings }) => settings.timeZone),
    [timeZone, 'W. Europe Standard Time'],
  );
});

test('a failed open is told to all who wait, and tried again by the next', async () => {
  wasm.opens = () => Promise.reject(failure('network', 'offline'));
  const results = await Promise.allSettled([createClient(settings), createClient(settings)]);
  assert.ok(
    results.every(
      (/** @type {PromiseRejectedResult} */ { reason }) =>
        Object.getPrototypeOf(reason) === Exo365Error.prototype && reason.code === 'network',
    ),
  );
  assert.equal(wasm.opened.length, 1);
  wasm.opens = () => new Core({ who: ADELE });
  assert.deepEqual((await createClient(settings)).account, ADELE);
});

/** On a page: where it went, and what `sessionStorage` has. */
async function inPage(run) {
  const it = page();
  try {
    return await run(it);
  } finally {
    it.fire('pagehide');
    it.end();
  }
}

test('S42 an answer that cannot be used is told beside a client that opens', () =>
  inPage(async () => {
    for (const code of ['state_mismatch', 'state_expired', 'invalid_callback', 'issuer_mismatch', 'wrong_account']) {
      const all = [() => Promise.reject(failure(code)), () => new Core({ who: ADELE })];
      wasm.opens = () => all.shift()();
      const client = await createClient({ ...settings, timeZone: code });
      assert.deepEqual([client.account, client.signInError.code], [ADELE, code]);
      assert.equal(Boolean(client.signInError.resolve), code !== 'issuer_mismatch');
    }
  }));

test('a failure goes along to the page where the user was: told beside, or thrown, once', () =>
  inPage(async (it) => {
    for (const [code, rejects] of [
      ['state_expired', false],
      ['access_denied', true],
    ]) {
      wasm.opens = (view) => {
        view.back('/calendar');
        return Promise.reject(failure(code, 'said', { aadsts: [65004], headers: {} }));
      };
      createClient({ ...settings, api: code });
      while (it.went.length === 0) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(it.went.splice(0), ['replace https://app.contoso.example/calendar']);
      wasm.opens = () => new Core({ who: ADELE });
      const next = { ...settings, timeZone: code };
      /** @type {any} */
      const told = await createClient(next).then(
        ({ signInError }) => ({ beside: signInError }),
        (thrown) => ({ thrown }),
      );
      const error = rejects ? told.thrown : told.beside;
      assert.deepEqual([error.code, error.message, error.aadsts], [code, 'said', [65004]]);
      assert.ok(error instanceof Exo365Error && error.remedy);
      const after = await createClient({ ...next, retries: 9 });
      assert.equal(after.signInError, null);
    }
  }));

test('S45 a sign-out that did not reach the endpoint is made up for by the next page, unless the user signed in', () =>
  inPage(async (it) => {
    const mark = `exo365:${settings.endpoint}#signout`;
    it.store.set(mark, '1');
    let core;
    wasm.opens = () => {
      core = new Core({ who: ADELE });
      return core;
    };
    const client = await createClient(settings);
    assert.deepEqual([core.seen[0], client.account, it.store.has(mark)], [['sign_out', false], null, false]);
    it.store.set(mark, '1');
    wasm.opens = (view) => {
      view.clean();
      core = new Core({ who: ADELE });
      return core;
    };
    const again = await createClient({ ...settings, retries: 1 });
    assert.deepEqual([core.seen, again.account, it.store.has(mark)], [[['enter', undefined]], ADELE, false]);
  }));

test('S44 after a redirect, too, a cookie that was not kept is told: misconfigured', () =>
  inPage(async () => {
    wasm.opens = (view) => {
      view.clean();
      const core = new Core({ who: ADELE });
      core.answer = async () => {
        core.who = null;
      };
      return core;
    };
    const error = await createClient(settings).catch((error) => error);
    assert.deepEqual([error.code, /cookie/.test(error.message)], ['misconfigured', true]);
  }));

test('S7 a refusal gives no client; the next createClient has the page as it is', async () => {
  wasm.opens = () => Promise.reject(failure('access_denied'));
  const error = await createClient(settings).catch((error) => error);
  assert.deepEqual([error.code, error.resolve], ['access_denied', undefined]);
  wasm.opens = () => new Core();
  assert.equal((await createClient(settings)).account, null);
});

test('a failed open that a sign-in cures opens again and signs in', async () => {
  wasm.opens = () => Promise.reject(failure('consent_required'));
  const error = await createClient(settings).catch((error) => error);
  let core;
  wasm.opens = () => (core = new Core());
  // No page here: that the sign-in was begun is what counts.
  const begun = error.resolve({ loginHint: 'adele@contoso.example' });
  await assert.rejects(begun, ({ cause }) => cause instanceof ReferenceError);
  assert.deepEqual(core.seen, [
    ['authorize_url', { prompt: 'consent', sameAccount: true, loginHint: 'adele@contoso.example' }],
  ]);
});

test('after dispose equal settings are a new client, which the old one does not take along', async () => {
  const first = await createClient(settings);
  const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
  first[dispose]();
  const second = await createClient(settings);
  assert.notEqual(second, first);
  first[dispose]();
  assert.equal(await createClient(settings), second);
});

test('settings that are none are refused, never thrown', async () => {
  const circular = {};
  circular.self = circular;
  for (const odd of /** @type {any[]} */ ([{ retries: 1n }, circular])) {
    const promise = createClient(odd);
    await assert.rejects(
      promise,
      (error) => error instanceof Exo365Error && error.code === 'invalid_argument' && Boolean(error.remedy),
    );
  }
  wasm.opens = () => Promise.reject(failure('invalid_argument'));
  for (const odd of /** @type {any[]} */ ([undefined, null, 'x', 5, []]))
    await assert.rejects(createClient(odd), { code: 'invalid_argument' });
});

test('a fetch of its own does not cross with the settings, is told apart by identity, and has to be a function', async () => {
  const [one, two] = [async () => new Response(), async () => new Response()];
  const asked = [{ fetch: one }, { fetch: two }, { fetch: one }, {}].map((own) => ({ ...settings, ...own }));
  wasm.fetches.length = 0;
  const clients = await Promise.all(asked.map(createClient));
  assert.equal(clients[0], clients[2]);
  assert.equal(new Set(clients).size, 3);
  assert.ok(wasm.opened.every(({ settings }) => !('fetch' in settings)));
  assert.deepEqual(wasm.fetches.map((given) => typeof given).slice(0, 2), ['function', 'function']);
  for (const odd of [5, 'x', {}, true]) {
    const error = await createClient({ ...settings, fetch: /** @type {any} */ (odd) }).catch((error) => error);
    assert.deepEqual([error.code, error.message], ['invalid_argument', '`fetch` is a function']);
  }
});

// The quick start: what begins before the WebAssembly is there, what a script in the page's head begins, and lists that
// come beside the session.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ADELE, attempt, call, choose, leave, stack, visit } from './harness.mjs';

const SIGNED_IN = `signed in: ${ADELE}`;
const state = (page) => page.textContent('#state');
/** Paths below the endpoint that the page asks from now on. */
const asked = (page) => {
  const paths = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/auth\/(?!proxy)/.test(pathname)) paths.push(pathname.slice('/auth'.length));
  });
  return () => [...paths];
};

/** A page that is signed in and was loaded without an answer to a sign-in in its address. */
async function restored(it, path = '/') {
  const page = await it.signedIn();
  await visit(page, it.url + path);
  assert.equal(await state(page), SIGNED_IN);
  return page;
}

/** The endpoint's answers to `POST /preload`, by a function of what was asked; gives what was asked. */
async function preloads(page, answer) {
  const all = [];
  await page.route('**/auth/preload', async (route) => {
    const request = JSON.parse(route.request().postData());
    all.push({ request, headers: route.request().headers() });
    const json = await answer(request, page);
    await (json ? route.fulfill({ json, headers: { 'cache-control': 'no-store' } }) : route.abort()).catch(() => {});
  });
  return all;
}

/** Adele's answers: a list for each call, which no mailbox has. */
const invented = (account) => (request) => ({
  account,
  answers: request.calls.map((_, at) => ({
    status: 200,
    headers: {},
    body: { value: [{ subject: `preloaded ${at}` }] },
  })),
});

const identity = (page) => page.evaluate(() => `${client.account.tenantId}.${client.account.objectId}`);

/** A client with `preload` for the newest two, beside that of the page; gives what its calls were answered. */
const withPreload = (page, calls = 1) =>
  call(
    page,
    async (calls) => {
      const query = { select: ['subject'], top: 2 };
      globalThis.other = await sdk.createClient({
        endpoint: '/auth',
        timeout: 20_000,
        preload: ({ mail }) => [mail.messages.list(query)],
      });
      const subjects = [];
      for (let n = 0; n < calls; n++) {
        const { items } = await globalThis.other.mail.messages.list({ top: 2, select: ['subject'] });
        subjects.push(items[0].subject);
      }
      return subjects;
    },
    calls,
  );

for (const mode of ['direct', 'proxy'])
  describe(`${mode} mode`, () => {
    const it = stack({ endpoint: { mode } });

    test('S47 one session call, which begins before the WebAssembly is there', async () => {
      const page = await restored(it);
      const paths = asked(page);
      const session = page.waitForRequest('**/auth/session');
      await page.route('**/*.wasm', async (route) => {
        // Until it has begun, there is no module.
        await session;
        await route.continue();
      });
      await visit(page, it.url);
      assert.deepEqual([await state(page), paths()], [SIGNED_IN, ['/session']]);
      assert.equal((await call(page, () => client.mail.messages.list({ top: 2 }))).items.length, 2);
    });

    test('S47 where the address holds an answer, its state comes first: nothing begins beside it', async () => {
      const page = await it.open();
      await leave(page);
      const paths = asked(page);
      await choose(page, ADELE);
      assert.deepEqual([await state(page), paths()], [SIGNED_IN, ['/exchange', '/session']]);
      const again = asked(page);
      await visit(page, `${it.url}/start.html?code=theirs&state=theirs`);
      assert.deepEqual([await state(page), again()], [SIGNED_IN, ['/session']]);
    });

    test('S45 S47 a sign-out that is not finished comes first', async () => {
      for (const path of ['/start.html', '/']) {
        const page = await restored(it);
        await page.evaluate(() => localStorage.setItem(`exo365:${location.origin}/auth#signout`, '1'));
        const paths = asked(page);
        let before;
        await page.route('**/*.wasm', async (route) => {
          await page.waitForFunction(() => Boolean(globalThis.ready));
          before ??= paths().length;
          await route.continue();
        });
        await visit(page, it.url + path);
        assert.deepEqual([before, await state(page)], [0, 'signed out'], path);
      }
    });

    test('the script in the head asks for the session, then for the module, which waits for the scripts', async () => {
      const page = await restored(it, '/start.html');
      const browser = await page.context().newCDPSession(page);
      const sent = [];
      browser.on('Network.requestWillBeSent', ({ request: { url, initialPriority } }) => {
        const name = /\/(session|preload|page\.js|exo365_bg\.wasm)$/.exec(url)?.[1];
        if (name) sent.push(`${name} ${initialPriority}`);
      });
      await browser.send('Network.enable');
      // The header `Link` is for the pages of a folder whose index.html has the script, which that of the tests has not.
      await page.route('**/start.html', async (route) => {
        const response = await route.fetch();
        const { link: _, ...headers } = response.headers();
        await route.fulfill({ response, headers });
      });
      await visit(page, `${it.url}/start.html`);
      assert.equal(await state(page), SIGNED_IN);
      // The app's script is found by reading ahead, before or after the other one runs.
      const script = 'page.js High';
      assert.deepEqual(
        sent.filter((one) => one !== script),
        ['session High', 'preload High', 'exo365_bg.wasm Low'],
      );
      assert.ok(sent.indexOf(script) < sent.indexOf('exo365_bg.wasm Low'), 'the module does not go first');
    });

    test('S48 a preloaded answer is taken once, by an equal call; the rest goes its usual way', async () => {
      const page = await restored(it);
      const all = await preloads(page, invented(await identity(page)));
      const paths = asked(page);
      const [first, second] = await withPreload(page, 2);
      assert.equal(first, 'preloaded 0');
      assert.notEqual(second, first);
      assert.deepEqual(paths().slice(0, 2).sort(), ['/preload', '/session']);
      const [{ request, headers }] = all;
      assert.equal(all.length, 1);
      assert.equal(headers['x-exo365'], '1');
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers.authorization, undefined);
      const { timeZone } = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions());
      assert.deepEqual([request.timeZone, Object.keys(request)], [timeZone, ['timeZone', 'calls']]);
      const [[method, user, path, ids, options, , offline, keyed]] = request.calls;
      assert.deepEqual(
        [method, user, path, ids, options, offline, keyed],
        ['GET', null, 'messages', [], { select: ['subject'], top: 2 }, false, false],
      );
    });

    test('S48 what was preloaded is dropped at the sign-out', async () => {
      const page = await restored(it);
      await preloads(page, invented(await identity(page)));
      await withPreload(page, 0);
      await call(page, () => other.signOut());
      const { error } = await attempt(page, () => other.mail.messages.list({ select: ['subject'], top: 2 }));
      assert.equal(error.code, 'signed_out');
    });

    test('S48 an answer for somebody else, a refusal, or none: the call goes its usual way', async () => {
      const page = await restored(it);
      const own = await identity(page);
      const mine = invented(own);
      for (const answer of [
        invented('another.user'),
        (request) => ({ account: own, answers: mine(request).answers.map((one) => ({ ...one, status: 429 })) }),
        () => ({ account: own, answers: [null] }),
        () => ({ account: own }),
        () => ({ error: { code: 'forbidden', message: 'switched off' } }),
        () => undefined,
      ]) {
        await visit(page, it.url);
        await page.unroute('**/auth/preload');
        await preloads(page, answer);
        const [subject] = await withPreload(page);
        assert.ok(subject && !subject.startsWith('preloaded'), subject);
      }
    });

    test('a script in the head begins it all; the client takes it over, once', async () => {
      const page = await restored(it);
      const all = await preloads(page, invented(await identity(page)));
      const paths = asked(page);
      const begun = Promise.all(['session', 'preload'].map((name) => page.waitForRequest(`**/auth/${name}`)));
      await page.route('**/index.js', async (route) => {
        await begun;
        await route.continue();
      });
      await visit(page, `${it.url}/start.html`);
      assert.deepEqual([await state(page), paths().sort()], [SIGNED_IN, ['/preload', '/session']]);
      const subjects = await call(page, async () => {
        const { items } = await client.mail.messages.list({ select: ['subject'], top: 2 });
        /** @type {any} */
        const folders = await client.mail.folders.list();
        return [items[0].subject, folders.items[0].subject];
      });
      assert.deepEqual(subjects, ['preloaded 0', 'preloaded 1']);
      assert.equal(all.length, 1);
      const loads = await page.evaluate(
        () => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm')).length,
      );
      assert.equal(loads, 1, 'one load of the module');
      assert.deepEqual(
        page.consoleMessages.filter((text) => /error|warning|uncaught/.test(text)),
        [],
      );
    });

    test('no network at the start is told as ever, and the next try succeeds', async () => {
      const page = await restored(it);
      await page.route('**/auth/session', (route) => route.abort());
      await visit(page, it.url);
      assert.equal(await state(page), 'failed: network');
      await page.unroute('**/auth/session');
      const name = await page.evaluate(async () => (await sdk.createClient({ endpoint: '/auth' })).account.username);
      assert.equal(name, ADELE);
      assert.deepEqual(
        page.consoleMessages.filter((text) => text.startsWith('uncaught')),
        [],
      );
    });
  });

const OUTLOOK = {
  api: 'outlook-v2',
  scopes: ['Mail.ReadWrite', 'Calendars.ReadWrite'].map((name) => `https://outlook.office.com/${name}`),
};
for (const endpoint of [
  { mode: 'direct', api: 'graph' },
  { mode: 'proxy', api: 'graph' },
  { mode: 'direct', ...OUTLOOK },
  { mode: 'proxy', api: 'outlook-v1', identity: 'v1', tenant: 'common', scopes: [] },
])
  describe(`the endpoint's own answers: ${endpoint.api}, ${endpoint.mode}`, () => {
    const { api } = endpoint;
    const it = stack({ endpoint });

    test('the first lists come beside the session, and are those of the API', async () => {
      const page = await restored(it);
      /** What the page itself asks the API for. */
      const lists = [];
      page.on('request', (request) => {
        if (request.method() === 'GET' && /\/me\/(messages|events)/i.test(request.url())) lists.push(request.url());
      });
      const subject = api === 'graph' ? 'subject' : 'Subject';
      const found = await call(
        page,
        async (subject) => {
          const query = { select: [subject], top: 3 };
          const preload = ({ mail, calendar }) => [mail.messages.list(query), calendar.events.list({ top: 1 })];
          globalThis.other = await sdk.createClient({ endpoint: '/auth', timeout: 20_000, preload });
          const list = async (client) => (await client.mail.messages.list(query)).items.map((one) => one[subject]);
          const [preloaded, events] = [await list(other), await other.calendar.events.list({ top: 1 })];
          return { preloaded, usual: await list(client), events: events.items.length };
        },
        subject,
      );
      assert.equal(found.preloaded.length, 3);
      assert.deepEqual(found.preloaded, found.usual);
      assert.equal(found.events, 1);
      assert.equal(lists.length, 1, 'of the client without a preload');
      assert.deepEqual(await page.evaluate(() => other.diagnostics.list()), []);
    });
  });

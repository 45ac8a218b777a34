// App, sign-in service, API and a foreign host: four origins on two host names, so that requests are cross-site, as in
// production.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCollector, startGateway } from './gateway.mjs';
import { ADELE, attempt, call, signIn, stack, watch } from './harness.mjs';

let api;
let foreign;
let login;
before(async () => {
  api = await startGateway('127.0.0.1', () => login);
  foreign = await startCollector('127.0.0.1');
});
const it = stack({
  tenant: ['--host', '127.0.0.1'],
  endpoint: (tenant) => {
    login = tenant.replace('localhost', '127.0.0.1');
    return { login, api_origin: api.url };
  },
});
after(async () => {
  await api?.end();
  await foreign?.end();
});
let page;

/** The requests to the API from now on. */
const since = () => {
  const from = api.asked.length;
  return () => api.asked.slice(from);
};

test('signs in over three origins, two of them on another site', async () => {
  const origins = [it.url, login, api.url, foreign.url];
  assert.equal(new Set(origins).size, 4);
  page = await it.open('/?view=inbox');
  const stop = watch(page);
  await signIn(page, ADELE);
  assert.equal(await page.textContent('#state'), `signed in: ${ADELE}`);
  assert.equal(page.url(), `${it.url}/?view=inbox`);
  const visited = new Set(stop().map(({ url }) => new URL(url).origin));
  assert.deepEqual([...visited].sort(), [it.url, login].sort(), 'the pages of the sign-in are on a host of their own');
});

test('lists, follows the links, writes and batches, with the preflights that another origin wants', async () => {
  const seen = since();
  const some = await call(page, async () => {
    const subjects = [];
    for await (const { subject } of client.mail.messages.all({ top: 5, select: ['subject'] })) {
      subjects.push(subject);
      if (subjects.length === 12) break;
    }
    return subjects.length;
  });
  assert.equal(some, 12);
  const subject = 'Over four hosts';
  assert.equal(
    await call(page, async (subject) => (await client.mail.messages.create({ subject })).subject, subject),
    subject,
  );
  const together = await call(page, async () =>
    (
      await Promise.all([
        client.mail.folders.list(),
        client.calendar.calendars.list(),
        client.contacts.list({ top: 1 }),
        client.mail.folder('inbox').messages.list({ top: 1 }),
        client.calendar.events.list({ top: 1 }),
        client.mail.messages.list({ top: 1 }),
        client.user().then((user) => ({ items: [user] })),
      ])
    ).map(({ items }) => items.length),
  );
  assert.ok(
    together.every((count) => count > 0),
    together.join(),
  );
  const asked = seen();
  const preflights = asked.filter(({ method }) => method === 'OPTIONS');
  const calls = asked.filter(({ method }) => method !== 'OPTIONS');
  assert.ok(
    calls.some(({ url }) => url.startsWith('/v1.0/$batch')),
    'more reads than places go together',
  );
  assert.ok(
    calls.every(({ headers }) => headers.origin === it.url && headers.authorization),
    'each from the page, with the token',
  );
  const path = ({ url }) => url.split('?')[0];
  for (const one of new Set(calls.map(path)))
    assert.ok(
      preflights.some((preflight) => path(preflight) === one),
      `a preflight for ${one}`,
    );
  for (const { headers } of preflights) {
    assert.match(headers['access-control-request-headers'], /authorization/);
    assert.equal(headers.authorization, undefined, 'no token in a preflight');
  }
});

test('S14 S15 a link of an answer to the foreign host is refused, and so is the host of the sign-in', async () => {
  for (const host of [foreign.url, login, api.url.replace('127.0.0.1', 'localhost')]) {
    api.change = (json) =>
      'value' in json ? { ...json, '@odata.nextLink': `${host}/v1.0/me/messages?$skip=1` } : json;
    const stop = watch(page, (request) => request.url().startsWith(host));
    const { error } = await attempt(page, async () => {
      for await (const message of client.mail.messages.all({ top: 1 })) void message;
    });
    api.change = (json) => json;
    assert.equal(error?.code, 'untrusted_host', host);
    assert.deepEqual([stop(), foreign.visits], [[], []]);
  }
});

test('S14 nothing goes to the foreign host, not even where the page asks for it', async () => {
  const stop = watch(page, (request) => request.url().startsWith(foreign.url));
  const { error } = await attempt(page, (url) => client.request('GET', `${url}/v1.0/me`), foreign.url);
  assert.ok(['untrusted_host', 'invalid_argument'].includes(error?.code), error?.code);
  assert.deepEqual([stop(), foreign.visits], [[], []]);
  // The collector accepts everything: only the page's CSP and the SDK keep tokens from it.
  assert.equal((await fetch(`${foreign.url}/v1.0/me`)).status, 200);
  assert.equal(foreign.visits.length, 1);
});

test('a reload on another site than the API: one round trip, and calls go on', async () => {
  await page.reload();
  await page.waitForFunction(() => globalThis.client);
  assert.equal(await page.evaluate(() => client.account.username), ADELE);
  assert.equal((await call(page, () => client.mail.messages.list({ top: 1 }))).items.length, 1);
});

// The package in a module worker, under the page's CSP: with tokens from the page, and with the page's session.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADELE, call, stack } from './harness.mjs';

const it = stack();

/** Starts the worker of a page, and answers its requests for a token, which are kept in `tokenRequests` of the page. */
async function startWorker(page) {
  await page.evaluate(() => {
    globalThis.tokenRequests = [];
    globalThis.waiting = new Map();
    globalThis.worker = new Worker('./worker.js', { type: 'module' });
    worker.onerror = ({ message }) => {
      for (const { reject } of waiting.values()) reject(new Error(message ?? 'the worker did not load'));
    };
    worker.onmessage = async ({ data: { id, ask, request, value, error } }) => {
      if (ask) {
        tokenRequests.push(request);
        return worker.postMessage({ answer: ask, token: await client.getToken(request) });
      }
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (error) reject(Object.assign(new Error(error.message), error));
      else resolve(value);
    };
    globalThis.tell = (name, argument) =>
      new Promise((resolve, reject) => {
        const id = crypto.randomUUID();
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, name, argument });
      });
  });
}
const tell = (page, name, argument) =>
  page.evaluate(
    ([name, argument]) =>
      tell(name, argument).then(
        (value) => ({ value }),
        ({ code, message }) => ({ code, message }),
      ),
    [name, argument],
  );
const done = async (page, name, argument) => {
  const { value, ...failed } = await tell(page, name, argument);
  assert.deepEqual(failed, {}, `${name}: ${JSON.stringify(failed)}`);
  return value;
};

async function works(page, config) {
  const refused = [];
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && refused.push(message.text()));
  assert.equal(await done(page, 'evaluates'), false, 'the policy holds in the worker');
  refused.length = 0;
  const account = await done(page, 'open', config);
  assert.equal((await done(page, 'list')).length, 3);
  const chunk = async () => (await done(page, 'loaded')).filter((path) => path.endsWith('/writing.js'));
  assert.deepEqual(await chunk(), [], 'a list does without it');
  const subject = `Draft of a worker ${config.endpoint ?? ''}`;
  assert.equal(await done(page, 'draft', subject), subject);
  assert.equal((await chunk()).length, 1, 'the first write loads it');
  assert.deepEqual(refused, []);
  const found = await call(
    page,
    async (subject) =>
      (await client.mail.folder('drafts').messages.list({ top: 10 })).items.filter((one) => one.subject === subject)
        .length,
    subject,
  );
  assert.equal(found, 1);
  return account;
}

test('a worker with tokens of the page: it asks for one, lists, and writes a draft', async () => {
  const page = await it.signedIn();
  await startWorker(page);
  const account = await works(page, {
    cloud: { login: it.tenant.url, api: it.tenant.url },
    allowInsecureLoopback: true,
  });
  assert.equal(account, null);
  assert.equal(await page.evaluate(() => tokenRequests.length), 1, 'one token for all calls');
});

test('a worker with the session of the page: it has the account, and renews by itself', async () => {
  const page = await it.signedIn();
  await startWorker(page);
  const account = await works(page, { endpoint: '/auth' });
  assert.equal(account.username, ADELE);
  assert.equal(await page.evaluate(() => tokenRequests.length), 0);
  await it.control.advance(25 * 3600);
  await it.control.forget();
  assert.equal((await done(page, 'list')).length, 3);
  assert.equal((await it.control.requests((one) => one.form?.grant_type === 'refresh_token')).length, 1);
});

test('a worker starts no sign-in, and has no session when the page signed out', async () => {
  const page = await it.signedIn();
  await startWorker(page);
  await done(page, 'open', { endpoint: '/auth' });
  const { code, message } = await tell(page, 'signIn');
  assert.ok(code, message);
  await call(page, () => client.signOut());
  assert.equal((await tell(page, 'renew')).code, 'signed_out');
});

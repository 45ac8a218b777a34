// Answers that came beside the session: which calls take them, and when there is nothing to take any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from './client.ts';
import { createClient } from './index.ts';
import { ADELE, Core, failure, wasm } from './tests/fake-wasm.mjs';
import { invalid, it, later, MARK, withPages } from './tests/signed-in.mjs';

withPages();

const CALL = ['GET', null, 'messages', [], { select: ['subject'], top: 2 }, [], false, false];
const list = (subject) => ({ value: [{ subject }] });
const ACCOUNT = `${ADELE.tenantId}.${ADELE.objectId}`;
const answers = (...bodies) => ({
  account: ACCOUNT,
  answers: bodies.map((body) => body && { status: 200, headers: {}, body }),
});
/** Until the part that takes answers has loaded, and they are read. */
const turns = async () => {
  for (let n = 0; n < 10; n++) await later();
};

const network = async (name) => (name === 'call' ? list('network') : undefined);

/**
 * A client of Adele's with a preload; its own calls are answered by the network's list. `reply` answers the preload, by
 * now or later.
 */
function preloading({ calls = [CALL], status = 200, who = /** @type {any} */ (ADELE) } = {}) {
  const core = new Core({ who, answer: network });
  let reply;
  const answer = new Promise((resolve, reject) => {
    reply = (body) => (body instanceof Error ? reject(body) : resolve(new Response(JSON.stringify(body), { status })));
  });
  answer.catch(() => {});
  const preload = { at: Date.now(), answer, abort: new AbortController(), calls, settings: '' };
  const client = new Client(/** @type {any} */ (core), { endpoint: '/auth' }, () => {}, new Set(), undefined, preload);
  const events = [];
  client.on('diagnostic', (entry) => events.push(entry));
  const ask = async (query = {}) => {
    const { items } = await client.mail.messages.list({ select: ['subject'], top: 2, ...query });
    return items[0].subject;
  };
  return { client, core, reply, ask, events, aborted: () => preload.abort.signal.aborted };
}
/** Lets the time of the timers pass that are `after` milliseconds long, or in a range. */
const pass = (from, to = from) => {
  for (const timer of it.timers.splice(0)) {
    if (timer.after >= from && timer.after <= to) timer.run();
    else it.timers.push(timer);
  }
};

test('S48 the first equal call takes the answer, once; every other call goes its usual way', async () => {
  const { client, core, reply, ask } = preloading();
  reply(answers(list('preloaded')));
  assert.equal(await ask({ top: 3 }), 'network');
  assert.equal((await client.mailbox('ben@contoso.example').mail.messages.list()).items[0].subject, 'network');
  const asked = /** @type {any} */ (await client.request('GET', 'messages'));
  assert.equal(asked.value[0].subject, 'network');
  assert.equal(core.calls.length, 3);
  assert.equal(
    await client.mail.messages.list({ top: 2, select: ['subject'] }).then(({ items }) => items[0].subject),
    'preloaded',
  );
  assert.equal(await ask(), 'network');
  assert.equal(core.calls.length, 4);
});

test('several calls at once: each answer is taken by one of them', async () => {
  const { core, reply, ask } = preloading({
    calls: [CALL, ['GET', null, 'messages', [], { select: ['subject'], top: 3 }]],
  });
  const all = [ask(), ask(), ask({ top: 3 })];
  reply(answers(list('two'), list('three')));
  assert.deepEqual(await Promise.all(all), ['two', 'network', 'three']);
  assert.equal(core.calls.length, 1);
});

test('a call waits for an answer on its way, and no longer than the endpoint does', async () => {
  const { reply, ask } = preloading();
  const taken = ask();
  await turns();
  reply(answers(list('preloaded')));
  assert.equal(await taken, 'preloaded');

  const { reply: late, ask: impatient } = preloading();
  const call = impatient();
  await turns();
  pass(1_000, 2_000);
  assert.equal(await call, 'network');
  late(answers(list('preloaded')));
  assert.equal(await impatient(), 'network', 'what a call gave up is not for the next one');
});

test('an abort, the end of the client and a sign-out end the waiting', async () => {
  const { core, ask } = preloading();
  const controller = new AbortController();
  const call = ask({ signal: controller.signal });
  await turns();
  controller.abort();
  await assert.rejects(call, { code: 'aborted' });
  await assert.rejects(ask({ signal: AbortSignal.abort() }), { code: 'aborted' });
  assert.equal(core.calls.length, 0);

  const other = preloading();
  const waiting = other.ask();
  await turns();
  other.client[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  await assert.rejects(waiting, { code: 'aborted' });

  const third = preloading();
  const leaving = third.ask();
  await turns();
  await third.client.signOut();
  third.reply(answers(list('preloaded')));
  assert.equal(await leaving, 'network', 'the core says that nobody is signed in');
});

test('S48 what was preloaded is for nobody else: not after a sign-out, in whichever tab, nor for another account', async () => {
  const away = {
    'signs out': ({ client }) => client.signOut(),
    'signs out without a network': async ({ client, core }) => {
      core.answer = async () => Promise.reject(failure('network'));
      await client.signOut().catch(() => {});
      core.answer = network;
    },
    'signs out in another tab': async () => {
      it.store.set(MARK, '');
      it.fire('storage');
    },
    'signs in as another user in another tab': async () => {
      it.store.set(MARK, 't ben');
      it.fire('storage');
    },
    'finds the session ended': async ({ client, core }) => {
      core.answer = core.expire;
      await client.contacts.get('a').catch(() => {});
      core.answer = network;
    },
  };
  for (const [name, leave] of Object.entries(away)) {
    it.store.clear();
    const one = preloading();
    one.reply(answers(list('preloaded')));
    await turns();
    await leave(one);
    assert.equal(await one.ask(), 'network', name);
  }
  for (const account of ['t.ben', undefined, `${ACCOUNT}x`]) {
    const { reply, ask } = preloading();
    reply({ ...answers(list('preloaded')), account });
    assert.equal(await ask(), 'network', account);
  }
  const nobody = preloading({ who: null });
  nobody.reply({ ...answers(list('preloaded')), account: 'undefined.undefined' });
  assert.equal(await nobody.ask(), 'network');
});

test('a refusal by the service, and an answer that is none, lead to the usual way', async () => {
  const body = list('preloaded');
  for (const answer of /** @type {any[]} */ ([
    null,
    { status: 401, body },
    { status: 429, body },
    { status: 503, body },
    { body },
    'text',
  ])) {
    const { reply, ask } = preloading();
    reply({ account: ACCOUNT, answers: [answer] });
    assert.equal(await ask(), 'network', JSON.stringify(answer));
  }
  for (const odd of [{}, [], null, 'text', { account: ACCOUNT }, { account: ACCOUNT, answers: 'x' }]) {
    const { reply, ask } = preloading();
    reply(odd);
    assert.equal(await ask(), 'network', JSON.stringify(odd));
  }
});

test('what no call took in ten seconds is told, and is not taken any more', async () => {
  /** @type {any} */
  const taken = ['GET', null, 'contacts', [], {}];
  const { client, reply, ask, events } = preloading({ calls: [CALL, taken, ['GET', null, '.', []]] });
  reply(answers(list('preloaded'), list('contact'), null));
  /** @type {any} */
  const contacts = await client.contacts.list();
  assert.equal(contacts.items[0].subject, 'contact');
  await turns();
  pass(10_000);
  await later();
  const [entry, ...rest] = client.diagnostics.list();
  assert.deepEqual([entry.method, entry.url, entry.unused, entry.code, rest], ['GET', 'messages', true, undefined, []]);
  assert.deepEqual(events, [entry]);
  assert.match(await client.diagnostics.text(), /GET messages: preloaded, taken by no call/);
  assert.equal(await ask(), 'network');
});

test('what was dropped is told by nobody', async () => {
  const { client, reply } = preloading();
  reply(answers(list('preloaded')));
  await turns();
  await client.signOut();
  pass(10_000);
  const coming = preloading();
  await turns();
  await coming.client.signOut();
  assert.equal(coming.aborted(), true, 'what is on its way is stopped');
  coming.reply(new DOMException('stopped', 'AbortError'));
  await turns();
  for (const one of [client, coming.client]) assert.deepEqual(one.diagnostics.list(), []);
});

test('a preload that the endpoint refuses is told, and harms no call', async () => {
  const error = { code: 'forbidden', message: 'preload_paths has no /messages' };
  const refused = preloading({ status: 403 });
  refused.reply({ error });
  const lost = preloading();
  lost.reply(new TypeError('offline'));
  for (const [{ client, ask }, wanted] of /** @type {[any, any[]][]} */ ([
    [refused, ['/preload', 'forbidden', 403]],
    [lost, ['/preload', 'network', undefined]],
  ])) {
    assert.equal(await ask(), 'network');
    const [{ url, code, status }] = client.diagnostics.list();
    assert.deepEqual([url, code, status], wanted);
  }
  const nobody = preloading({ status: 401, who: null });
  nobody.reply({ error: { code: 'signed_out', message: 'nobody' } });
  await turns();
  assert.deepEqual(nobody.client.diagnostics.list(), [], 'the usual case of a first visit');
});

test('createClient: the preload begins with the session, and is no part of what makes two clients equal', async () => {
  Object.assign(wasm, { opens: () => new Core({ who: ADELE, answer: network }) });
  it.answers.push(
    () => new Promise(() => {}),
    async () => new Response(JSON.stringify(answers(list('preloaded')))),
  );
  const preload = ({ mail }) => [mail.messages.list({ top: 2 })];
  const opening = createClient({ endpoint: '/auth', preload });
  assert.deepEqual(
    it.sent.map(([url]) => url),
    ['/auth/session', '/auth/preload'],
    'before anything is loaded',
  );
  const client = await opening;
  assert.equal(await createClient({ endpoint: '/auth' }), client);
  assert.equal(await createClient({ endpoint: '/auth', preload: () => assert.fail('it is open') }), client);
  assert.equal((await client.mail.messages.list({ top: 2 })).items[0].subject, 'preloaded');
  assert.ok(!('preload' in wasm.opened.at(-1).settings));
  for (const odd of /** @type {any[]} */ ([
    { endpoint: '/other', preload: [] },
    { endpoint: '/other', preload: 'messages' },
    { getToken: async () => 'a', preload },
  ]))
    await assert.rejects(createClient(odd), invalid);
});

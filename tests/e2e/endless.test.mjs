// An answer that never ends: the call ends with its time-out, with its caller's signal or with its client, and so does
// the request.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { importPackage, listen } from './processes.mjs';

const PIECE = 20;
/** Tells `begun` with each answer that has begun. */
const answers = new EventEmitter();
let server;
let open;

before(async () => {
  server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.write('{"value":[');
    // Something comes all the time.
    const pieces = setInterval(() => answer.write(' '), PIECE);
    answer.once('close', () => clearInterval(pieces));
    answers.emit('begun', answer);
  });
  const api = `http://localhost:${await listen(server)}`;
  const { createClient } = await importPackage();
  open = (settings) =>
    createClient({
      getToken: async () => ({ token: 'a-token', expiresIn: 3600, scopes: [] }),
      cloud: { login: api, api },
      allowInsecureLoopback: true,
      retries: 0,
      ...settings,
    });
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** A call to an answer that has begun, and the promise of that answer's end. */
async function begun(client, options) {
  const beginning = once(answers, 'begun');
  const call = client.mail.messages.list(options);
  call.catch(() => {}); // Whoever awaits it gets the error.
  const [answer] = await beginning;
  return { call, ended: once(answer, 'close') };
}

test('an answer that never ends: the time-out counts for all of it', async () => {
  const client = await open();
  const { call, ended } = await begun(client, { timeout: 10 * PIECE });
  await assert.rejects(call, { code: 'timeout' });
  await ended;
});

test('an answer that never ends: the caller ends it', async () => {
  const client = await open();
  const caller = new AbortController();
  const { call, ended } = await begun(client, { signal: caller.signal });
  caller.abort('enough');
  await assert.rejects(call, { code: 'aborted', cause: 'enough' });
  await ended;
});

test('an answer that never ends: the end of the client ends it, and a batch of reads as well', async () => {
  const client = await open({ timeout: 50_000 });
  const { call, ended } = await begun(client);
  // The first four go alone; none is answered.
  const others = Array.from({ length: 9 }, (_, at) => client.mail.messages.get(`a${at}`));
  const all = Promise.allSettled([call, ...others]);
  await once(answers, 'begun');
  client[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  const told = (await all).map((one) => (one.status === 'rejected' ? one.reason.code : 'answered'));
  assert.deepEqual(new Set(told), new Set(['aborted']));
  await ended;
});

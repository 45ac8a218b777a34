// The WebAssembly traps: all that it had begun ends with an error that says so, and a new client has a new instance.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerBy } from './network.mjs';
import { importPackage } from './processes.mjs';

/** Bytes of a module whose function `trap` is `unreachable` (WebAssembly core specification 5.5). */
const TRAP = [
  [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0],
  [10, 5, 1, 3, 0, 0, 11],
].flat();

let sdk;
let instances = 0;
/** Whether the next function of the package's module that is called traps. */
let trapping = false;
before(async () => {
  const { instantiate } = WebAssembly;
  const { exports } = await instantiate(await WebAssembly.compile(new Uint8Array(TRAP)));
  // The package's module, of which each exported function may trap.
  WebAssembly.instantiate = /** @type {any} */ (
    async (/** @type {WebAssembly.Module} */ module, imports) => {
      instances++;
      const real = await instantiate(module, imports);
      const entries = Object.entries(real.exports).map(([name, one]) => {
        if (typeof one !== 'function') return [name, one];
        const mine = (...args) => {
          if (trapping) {
            trapping = false;
            /** @type {any} */ (exports).trap();
          }
          return /** @type {any} */ (one)(...args);
        };
        return [name, mine];
      });
      return { exports: Object.fromEntries(entries) };
    }
  );
  sdk = await importPackage();
  answerBy(async () => Response.json({ value: [] }));
});

const open = (name) => sdk.createClient({ getToken: async () => name, timeZone: 'UTC' });

async function refusal(promise) {
  const error = await promise.then(
    () => undefined,
    (error) => error,
  );
  assert.ok(error instanceof sdk.Exo365Error, String(error));
  assert.equal(error.code, 'wasm_unavailable');
  assert.match(error.message, /stopped.*new client/);
  assert.ok(error.cause instanceof WebAssembly.RuntimeError);
}

for (const [name, trap] of Object.entries({
  'at the beginning of a call': async (one) => {
    trapping = true;
    await refusal(one.contacts.list());
  },
  'in the middle of a call': async (one) => {
    let release;
    answerBy(() => new Promise((resolve) => (release = resolve)));
    const waiting = [one.contacts.list(), one.contacts.get('a')].map(refusal);
    while (!release) await new Promise((resolve) => setImmediate(resolve));
    trapping = true;
    release(Response.json({ value: [] }));
    await Promise.all(waiting);
    answerBy(async () => Response.json({ value: [] }));
  },
  'where nothing is promised': async (one) => {
    trapping = true;
    assert.throws(() => one.authorizeUrl(), { code: 'wasm_unavailable' });
  },
  'while another client opens': async () => {
    trapping = true;
    await refusal(sdk.createClient({ getToken: async () => 'third', timeZone: 'UTC' }));
  },
})) {
  test(`a trap ${name} ends all clients of the instance, and new ones work`, async () => {
    const before = instances;
    const [one, two] = await Promise.all([open('one'), open('two')].map((client) => client));
    await one.contacts.list();
    await two.contacts.list();
    await trap(one);
    for (const client of [one, two]) {
      await refusal(client.contacts.list());
      await refusal(client.batch([{ method: 'GET', path: '/me' }]));
      await refusal(client.getToken());
      assert.throws(() => client.authorizeUrl(), { code: 'wasm_unavailable' });
      assert.equal(client.account, null);
    }
    const again = await open('one');
    assert.notEqual(again, one);
    assert.deepEqual((await again.contacts.list()).items, []);
    assert.ok(instances > before);
    one[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    assert.deepEqual((await again.contacts.list()).items, [], 'an old client takes nothing along');
  });
}

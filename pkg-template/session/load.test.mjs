// The module in every form that `wasm` may have.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { wasm } from '../tests/fake-wasm.mjs';

const BYTES = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
/** What the package takes for `fetch` when it loads, and what stands behind it in a test. */
let network;
const { fetch } = globalThis;
globalThis.fetch = (...args) => network(...args);
let load;
const { loader } = await import('./load.ts');

beforeEach(async () => {
  Object.assign(wasm, { loads: [], broken: undefined });
  // Its memory of what was loaded is the module's own.
  load = loader();
});
after(() => {
  globalThis.fetch = fetch;
});

/** @type {(type?: string, body?: BodyInit, status?: number) => Response} */
const served = (type, body = BYTES, status = 200) =>
  new Response(body, { status, headers: type ? { 'content-type': type } : {} });

for (const [name, source] of Object.entries({
  'a compiled module': () => new WebAssembly.Module(BYTES),
  bytes: () => BYTES,
  'a buffer': () => BYTES.buffer,
  'a response': () => served('application/wasm'),
  'a response of another type': () => served('application/octet-stream'),
  'a response without a type': () => served(),
  'a promise of one': () => Promise.resolve(served('application/wasm')),
})) {
  test(`${name} becomes a module`, async () => {
    await load(source());
    assert.equal(wasm.loads.length, 1);
    assert.ok(wasm.loads[0] instanceof WebAssembly.Module);
  });
}

test('an address is fetched', async () => {
  const asked = [];
  network = async (url) => {
    asked.push(String(url));
    return served('application/wasm');
  };
  await load(new URL('https://static.contoso.example/exo365_bg.wasm'));
  await load('https://static.contoso.example/never.wasm');
  assert.deepEqual(asked, ['https://static.contoso.example/exo365_bg.wasm']);
});

test('what is no module is told with its cause, and may be tried again', async () => {
  network = async () => served('text/html', '<!doctype html>', 404);
  for (const source of [
    'https://static.contoso.example/gone.wasm',
    served('text/html', '<!doctype html>'),
    new Uint8Array(8),
    {},
  ]) {
    const error = await load(source).catch((error) => error);
    assert.equal(error.code, 'wasm_unavailable');
    assert.ok(error.cause instanceof Error);
  }
  assert.match((await load('https://static.contoso.example/gone.wasm').catch((error) => error)).cause.message, /404/);
  await load(BYTES);
  assert.equal(wasm.loads.length, 1);
});

test('the error says what came, from where, and what to do', async () => {
  const at = (status, type, body) => async (url) => {
    const response = served(type, body, status);
    Object.defineProperty(response, 'url', { value: String(url) });
    return response;
  };
  const address = 'https://app.contoso.example/node_modules/.vite/deps/wasm/exo365_bg.wasm';
  const said = async () => (await load(address).catch((error) => error)).message;
  network = at(200, 'text/html', '<!doctype html>');
  assert.match(await said(), new RegExp(`^no WebAssembly: ${address} gave 200 text/html, CompileError`));
  network = at(404, null, '');
  assert.match(await said(), /gave 404 text\/plain/);
  network = at(200, 'application/wasm', 'nothing');
  assert.match(await said(), /gave 200 application\/wasm, CompileError/);
  network = async () => {
    throw new TypeError('offline');
  };
  const error = await load(address).catch((error) => error);
  assert.equal(error.message, `no WebAssembly: ${address} gave no answer, TypeError: offline`);
  assert.match(error.remedy, /exo365\/inline/);
  assert.match(error.remedy, /`wasm`/);
});

test('without the file beside the script, the module in a script is taken', async () => {
  // Beside the source of this test there is no module, and the fake in place of the script has one.
  await load();
  assert.equal(wasm.loads.length, 1);
});

test('a fetch of its own has an instance of its own, out of the module that is there', async () => {
  const own = async () => new Response();
  let asked = 0;
  network = async () => {
    asked++;
    return served('application/wasm');
  };
  const address = 'https://static.contoso.example/exo365_bg.wasm';
  wasm.fetches.length = 0;
  const [shared, first, again] = await Promise.all([load(address), load(address, own), load(address)]);
  const second = await load(address, own);
  assert.equal(shared, again);
  assert.equal(new Set([shared, first, second]).size, 3);
  assert.deepEqual(wasm.fetches, [undefined, own, own]);
  assert.equal(new Set(wasm.loads).size, 1);
  assert.equal(asked, 1, 'the WebAssembly is loaded by the fetch of the package');
});

test('a load that failed with a fetch of its own may be tried again', async () => {
  const own = async () => new Response();
  network = async () => served('text/html', '<!doctype html>', 404);
  const address = 'https://static.contoso.example/exo365_bg.wasm';
  assert.equal((await load(address, own).catch((error) => error)).code, 'wasm_unavailable');
  network = async () => served('application/wasm');
  await load(address, own);
  await load(address);
  assert.equal(wasm.loads.length, 2);
});

// Loading the WebAssembly: once, on demand; a load that failed may be tried again.
import init from './wasm/exo365.js';
import { fail } from './error.js';

let ready;

/** Node's `fetch` reads no files: there the module is read from beside this file. */
function bytes() {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs/promises');
  return globalThis.window || !fs ? undefined : fs.readFile(new URL('./wasm/exo365_bg.wasm', import.meta.url));
}

async function start(source) {
  const module_or_path = await (source ?? bytes());
  await init(module_or_path && { module_or_path });
}

/** Resolves when the module is there. `source`: a URL, a Response, bytes or a compiled module. */
export function load(source) {
  ready ??= start(source).catch((cause) => {
    ready = undefined; // offline at first must not mean broken for ever
    throw fail('wasm_unavailable', 'the WebAssembly could not be loaded', cause);
  });
  return ready;
}

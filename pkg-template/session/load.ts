// Loading the WebAssembly: once, on demand; a load that failed may be tried again.
import init from './wasm/exo365.js';
import { fail } from './error.js';
import { fetch, Response } from './platform.js';

let ready;

/** Where the module is, or its bytes: Node's `fetch` reads no files. */
function own() {
  const url = new URL('./wasm/exo365_bg.wasm', import.meta.url);
  const fs = globalThis.process?.getBuiltinModule?.('node:fs/promises');
  return globalThis.window || !fs ? url : fs.readFile(url);
}

/** A compiled module, out of whatever it is. */
async function compiled(source) {
  if (source instanceof WebAssembly.Module) return source;
  const here = typeof source === 'string' || source instanceof URL ? await fetch(source) : source;
  if (!(here instanceof Response)) return WebAssembly.compile(here);
  if (!here.ok) throw Error(`${here.status} at ${here.url}`);
  // Compiling while loading is for what is served under its own type.
  return here.headers.get('content-type') === 'application/wasm' ? WebAssembly.compileStreaming(here) : WebAssembly.compile(await here.arrayBuffer());
}

const start = async (source) => init(await compiled(await (source ?? own())));

/** Resolves when the module is there. `source`: a URL, a Response, bytes or a compiled module. */
export function load(source) {
  ready ??= start(source).catch((cause) => {
    ready = undefined; // offline at first must not mean broken for ever
    throw fail('wasm_unavailable', 'the WebAssembly could not be loaded', cause);
  });
  return ready;
}

// Loading the WebAssembly: once, on demand; a load that failed may be tried again.
import { fail } from '../error.ts';
import type { ClientConfig } from '../types.ts';
import init from '../wasm/exo365.js';
import { fetch, Response } from './platform.ts';

type Source = ClientConfig['wasm'];
interface Process {
  getBuiltinModule?(name: 'node:fs/promises'): { readFile(url: URL): Promise<BufferSource> };
}

/** The address of the module, or in Node its bytes: Node's `fetch` reads no files. */
function bundled(): Source | Promise<Source> {
  const url = new URL('./wasm/exo365_bg.wasm', import.meta.url);
  const { process, window } = globalThis as { process?: Process; window?: unknown };
  const files = process?.getBuiltinModule?.('node:fs/promises');
  return window || !files ? url : files.readFile(url);
}

/** A compiled module, out of whatever it is. */
async function compiled(source: Source): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const found = typeof source === 'string' || source instanceof URL ? await fetch(source) : source;
  if (!(found instanceof Response)) return WebAssembly.compile(found as BufferSource);
  if (!found.ok) throw Error(`${found.status} at ${found.url}`);
  // Compiling while loading is for what is served under its own type.
  const typed = found.headers.get('content-type') === 'application/wasm';
  return typed ? WebAssembly.compileStreaming(found) : WebAssembly.compile(await found.arrayBuffer());
}

/**
 * A function that loads the module once. Its `source`: a URL, a Response, bytes or a compiled module; the bundled one
 * where there is none.
 */
export function loader(): (source?: Source | Promise<Source>) => Promise<void> {
  let loading: Promise<void> | undefined;
  const start = async (source?: Source | Promise<Source>) => init(await compiled(await (source ?? bundled())));
  return (source) => {
    loading ??= start(source).catch((cause) => {
      loading = undefined; // offline at first must not mean broken for ever
      throw fail('wasm_unavailable', 'the WebAssembly could not be loaded', cause);
    });
    return loading;
  };
}

export const load = loader();

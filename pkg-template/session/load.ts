// Loading the WebAssembly: once, on demand; a load that failed may be tried again.
import { type Exo365Error, fail } from '../error.ts';
import type { ClientConfig } from '../types.ts';
import instance, { type Instance } from '../wasm/exo365.js';
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

/** The module in use, and who is told when it has stopped. */
export interface Loaded {
  readonly Core: Instance['Core'];
  readonly ends: Set<(error: Exo365Error) => void>;
}

/**
 * A function that loads the module once, and again after it has stopped. Its `source`: a URL, a Response, bytes or a
 * compiled module; the bundled one where there is none.
 */
export function loader(): (source?: Source | Promise<Source>) => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  async function begin(source?: Source | Promise<Source>): Promise<Loaded> {
    const module = await compiled(await (source ?? bundled()));
    const { Core, start } = instance();
    const ends: Loaded['ends'] = new Set();
    await start(module, (cause) => {
      loading = undefined;
      const error = fail('wasm_unavailable', 'the WebAssembly has stopped: create a new client', cause);
      for (const end of [...ends]) end(error);
    });
    return { Core, ends };
  }
  return (source) => {
    loading ??= begin(source).catch((cause) => {
      loading = undefined; // offline at first must not mean broken for ever
      throw fail('wasm_unavailable', 'the WebAssembly could not be loaded', cause);
    });
    return loading;
  };
}

export const load = loader();

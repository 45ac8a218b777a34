// Loading the WebAssembly: once, on demand; a load that failed may be tried again.
import { type Exo365Error, fail } from '../error.ts';
import type { ClientConfig } from '../types.ts';
import instance, { type Instance } from '../wasm/exo365.js';
import type { Fetch } from './begin.ts';
import { fetch } from './platform.ts';
import { sources } from './sources/page.ts';

type Source = ClientConfig['wasm'];

/** Compiles an answer. The error says what came, and from where. */
async function received(response: Response): Promise<WebAssembly.Module> {
  const { ok, status, url, headers } = response;
  const type = headers.get('content-type') ?? 'no type';
  try {
    // Compiling while loading is for what is served under its own type.
    const typed = ok && type === 'application/wasm';
    return await (typed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
  } catch (cause) {
    throw Error(`${url} gave ${status} ${type}, ${cause}`, { cause });
  }
}

/** A compiled module, out of whatever it is. */
async function compiled(source: Source): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const found = typeof source === 'string' || source instanceof URL ? await fetched(source) : source;
  // By its method: a Response of another realm is one, too.
  const { arrayBuffer } = found as Partial<Response>;
  return arrayBuffer ? received(found as Response) : WebAssembly.compile(found as BufferSource);
}

/** Fetches an address. The error names it. */
const fetched = (source: string | URL) =>
  fetch(source).catch((cause) => {
    throw Error(`${source} gave no answer, ${cause}`, { cause });
  });

/** The module of the first source that gives one. The error is that of the first source. */
async function first(all: (() => Source | Promise<Source>)[]): Promise<WebAssembly.Module> {
  let failure: unknown;
  for (const source of all) {
    try {
      return await compiled(await source());
    } catch (cause) {
      failure ??= cause;
    }
  }
  throw failure;
}

/** The module in use, and who is told when it has stopped. */
export interface Loaded {
  readonly Core: Instance['Core'];
  readonly ends: Set<(error: Exo365Error) => void>;
}

/**
 * A function that loads the module once, and again after it has stopped. Its `source`: a URL, a Response, bytes or a
 * compiled module; the bundled one where there is none. With a `fetch` of a client's own it gives an instance that
 * sends its requests by that.
 */
export function loader(): (source?: Source | Promise<Source>, fetch?: Fetch) => Promise<Loaded> {
  let module: Promise<WebAssembly.Module> | undefined;
  /** The instance of all clients without a `fetch` of their own. */
  let shared: Promise<Loaded> | undefined;
  async function begin(source?: Source | Promise<Source>, fetch?: Fetch): Promise<Loaded> {
    module ??= first(source ? [() => source] : sources);
    const { Core, start } = instance(fetch);
    const ends: Loaded['ends'] = new Set();
    await start(await module, (cause) => {
      shared = undefined;
      const error = fail('wasm_unavailable', 'the WebAssembly has stopped: create a new client', cause);
      for (const end of [...ends]) end(error);
    });
    return { Core, ends };
  }
  return (source, fetch) => {
    const loading =
      (!fetch && shared) ||
      begin(source, fetch).catch((cause) => {
        module = shared = undefined; // offline at first must not mean broken for ever
        throw fail('wasm_unavailable', `no WebAssembly: ${cause?.message}`, cause);
      });
    if (!fetch) shared = loading;
    return loading;
  };
}

export const load = loader();

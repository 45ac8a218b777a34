// `fetch` for a simulated browser that has none: jsdom in Jest.
import { builtin } from './node.ts';

/** The global of this name outside of the simulated browser. */
const ofNode = (name: string) => builtin('node:vm').runInThisContext(name);

/** Gives this environment the `fetch` of Node where it has none. */
export function ensureFetch(): void {
  if (typeof globalThis.fetch === 'function') return;
  const [fetch, AbortController] = ['fetch', 'AbortController'].map(ofNode) as [
    typeof globalThis.fetch,
    typeof globalThis.AbortController,
  ];
  for (const name of ['Headers', 'Request', 'Response']) Reflect.set(globalThis, name, ofNode(name));
  globalThis.fetch = async (input, { signal, ...init } = {}) => {
    // Node takes no signal of the simulated browser.
    const own = new AbortController();
    const abort = () => own.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    return fetch(input, { ...init, signal: own.signal });
  };
}

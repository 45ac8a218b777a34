// What a page imports.
import type { Core } from './calls/core.ts';
import { asking } from './calls/token.ts';
import { Client } from './client.ts';
import { Exo365Error, ours, toJson } from './error.ts';
import { load } from './session/load.ts';
import { openInPage } from './session/opening.ts';
import { isWindow, type Page } from './session/page.ts';
import type * as types from './types.ts';

export { Exo365Error } from './error.ts';
export type * from './types.ts';
export { filter } from './values/filter.ts';

/** Clients that are open or opening, by their settings. */
const clients = new Map<string, Promise<Client>>();
/** Numbers of functions among the settings. */
const functions = new WeakMap<object, string>();
let count = 0;

/** Equal settings have equal keys, in whatever order; functions are told apart by identity. */
function keyOf(settings: object): string {
  return toJson(settings, (_, value: unknown) => {
    if (typeof value === 'function') {
      if (!functions.has(value)) functions.set(value, `function ${++count}`);
      return functions.get(value);
    }
    return value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort()) : value;
  });
}

async function open(settings: types.ClientConfig, wasm: types.ClientConfig['wasm'], key: string): Promise<Client> {
  const { Core, ends } = await load(wasm);
  const { getToken, ...rest } = settings;
  const { endpoint } = settings;
  const give = typeof getToken === 'function' ? asking(getToken) : undefined;
  /** Opens a core, which may stop meanwhile. */
  const opening = (view?: Page) => {
    let ended!: (error: unknown) => void;
    const begun = new Promise<Core>((resolve, reject) => {
      ended = reject;
      ends.add(ended);
      Core.open(toJson(rest), give, view, globalThis.location?.origin).then(resolve, reject);
    });
    return begun.finally(() => ends.delete(ended));
  };
  try {
    const { core, failure } =
      endpoint && isWindow() ? await openInPage(endpoint, opening) : { core: await opening(), failure: undefined };
    return new Client(core, settings, () => clients.delete(key), ends, failure);
  } catch (error) {
    throw Exo365Error.from(error, async (options) => (await createClient(settings)).signIn(options));
  }
}

/**
 * The way in: loads the WebAssembly, then completes the sign-in that redirected here, or restores the session. Equal
 * settings give the same client; after a failure the next call tries again. Rejects with `misconfigured`,
 * `insecure_context`, `wasm_unavailable`, `network`, and after a redirect with what the sign-in came to, such as
 * `access_denied`, `consent_required`, `state_mismatch` or `state_expired`.
 *
 * @example
 * ```ts
 * import { createClient } from 'exo365';
 *
 * const client = await createClient({ endpoint: '/auth' });
 * document.querySelector('#signin')?.addEventListener('click', () => client.signIn().catch(console.error));
 * ```
 */
export async function createClient<F extends types.Flavor = 'graph'>(
  config: types.ClientConfig<F>,
): Promise<types.Client<F>> {
  return ours(async () => client(config as types.ClientConfig))() as Promise<unknown> as Promise<types.Client<F>>;
}

async function client(config: types.ClientConfig): Promise<Client> {
  const { wasm, timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone, ...given } = config ?? {};
  const settings = { timeZone, ...given } as types.ClientConfig;
  const key = keyOf(settings);
  const opening = clients.get(key) ?? open(settings, wasm, key);
  clients.set(key, opening);
  return opening.catch((error) => {
    if (clients.get(key) === opening) clients.delete(key);
    throw error;
  });
}

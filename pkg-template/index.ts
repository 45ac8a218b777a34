// What a page imports.
import { more, preloadPart } from './calls/calls.ts';
import type { Core } from './calls/core.ts';
import { asking } from './calls/token.ts';
import { Client } from './client.ts';
import { Exo365Error, fail, invalidArgument, ours, toJson } from './error.ts';
import { record } from './recorder.ts';
import { early, remember } from './session/early.ts';
import { load } from './session/load.ts';
import { onOwnOrigin, zoneHere } from './session/marks.ts';
import { openInPage } from './session/opening.ts';
import { isWindow, type Page } from './session/page.ts';
import type * as types from './types.ts';
import { sorted } from './values/sorted.ts';

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
  return toJson(settings, (name, value: unknown) => {
    if (typeof value === 'function') {
      if (!functions.has(value)) functions.set(value, `function ${++count}`);
      return functions.get(value);
    }
    return sorted(name, value);
  });
}

/** How a client is opened, and no part of what makes two clients equal. */
type Opening = Pick<types.ClientConfig, 'preload' | 'wasm'>;

async function open(settings: types.ClientConfig, { preload, wasm }: Opening, key: string): Promise<Client> {
  const { getToken, fetch, ...rest } = settings;
  const { endpoint } = settings;
  /** The client's own `fetch`, by the part that looks at its answers. */
  const own: typeof fetch = fetch && (async (...request) => (await more()).answered(fail, fetch, ...request));
  const inPage = endpoint && isWindow();
  const begun =
    inPage && !getToken
      ? early(settings, (api) => (preload ? record(preload, api, settings.timeZone as string) : []), own)
      : undefined;
  // It is there when the answer is.
  if (begun?.preload) preloadPart().catch(() => {});
  const { Core, ends } = await load(wasm, own);
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
  const forget = () => clients.delete(key);
  try {
    if (!inPage) return new Client(await opening(), settings, forget, ends);
    const { core, failure } = await openInPage(endpoint, opening, begun);
    if (core.account()) remember(endpoint, core.profile());
    return new Client(core, settings, forget, ends, failure, begun?.preload);
  } catch (error) {
    throw Exo365Error.from(error, async (options) => (await createClient(settings)).signIn(options));
  }
}

/**
 * The way in: loads the WebAssembly, then completes the sign-in that redirected here, or restores the session. Equal
 * settings give the same client; after a failure the next call tries again. In a page that the browser prerenders it
 * waits until the user comes to it. Rejects with `misconfigured`, `insecure_context`, `wasm_unavailable`, `network`,
 * and after a redirect with what the sign-in came to, such as `access_denied` or `consent_required`.
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
  return ours(client)(config as types.ClientConfig) as Promise<unknown> as Promise<types.Client<F>>;
}

async function client(config: types.ClientConfig): Promise<Client> {
  const { wasm, preload, timeZone = zoneHere(), ...given } = config ?? ({} as types.ClientConfig);
  const settings = { timeZone, ...given, endpoint: onOwnOrigin(given.endpoint) };
  if (preload !== undefined && (typeof preload !== 'function' || !settings.endpoint))
    throw invalidArgument('`preload` is a function, beside `endpoint`');
  const fetch: unknown = settings.fetch ?? undefined;
  if (fetch !== undefined && typeof fetch !== 'function') throw invalidArgument('`fetch` is a function');
  const key = keyOf(settings);
  const opening = clients.get(key) ?? open(settings, { wasm, preload }, key);
  clients.set(key, opening);
  return opening.catch((error) => {
    if (clients.get(key) === opening) clients.delete(key);
    throw error;
  });
}

// What `createClient` begins beside the loading of the WebAssembly.
import type { Core } from '../calls/core.ts';
import type { ClientConfig, Flavor } from '../types.ts';
import { arrive } from './arrival.ts';
import { type Begun, begin, beginPreload, connect, type Described, type Fetch, takeStarted } from './begin.ts';
import { lastApi } from './marks.ts';
import { fetch as ofPackage } from './platform.ts';

/** The API where the settings name nothing else. */
const GRAPH = 'https://graph.microsoft.com';

/** Where the API is, as far as one knows before the endpoint said so: at the last session, or by the settings. */
function apiOf({ cloud, api, mode }: ClientConfig, last: string | undefined): string | undefined {
  if (last !== undefined) return last;
  return typeof cloud === 'object' ? cloud.api : cloud || api || mode ? undefined : GRAPH;
}

/**
 * Begins the session call and the preload of what `record` gives, or takes over what `exo365/start` began, and opens
 * the connection to the API. Nothing begins where the address may hold an answer to a sign-in: its `state` comes first.
 * What was begun without it is not for a client with a `fetch` of its own. It never fails: core refuses what is wrong
 * with the settings.
 */
export function early(
  settings: ClientConfig,
  record: (api: Flavor) => Described[],
  fetch: Fetch = ofPackage,
): Begun | undefined {
  try {
    const { endpoint = '', timeZone, bodyType, immutableIds } = settings;
    const [flavor, origin] = lastApi(endpoint);
    const href = apiOf(settings, origin);
    if (href) connect(href);
    const started = () => fetch === ofPackage && takeStarted(endpoint);
    const begun = arrive.holds() ? undefined : started() || begin(fetch, endpoint);
    if (!begun) return undefined;
    const told = {
      timeZone,
      ...(bodyType === 'text' && { textBodies: true }),
      ...(immutableIds === false && { immutableIds }),
    };
    if (begun.preload?.settings !== JSON.stringify(told))
      begun.preload = beginPreload(fetch, endpoint, told, record(settings.api ?? ((flavor || 'graph') as Flavor)));
    return begun;
  } catch {
    return undefined;
  }
}

/**
 * Remembers where the API is, for the connection that the next page opens. `origin` is there where the page calls it
 * itself.
 */
export const remember = (endpoint: string, { api, origin = '' }: ReturnType<Core['profile']>) =>
  lastApi(endpoint, `${api} ${origin}`);

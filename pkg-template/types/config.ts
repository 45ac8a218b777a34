// Settings of `createClient`.
import type { Client } from './client.ts';
import type { Flavor } from './model.ts';
import type { AccessToken, TokenRequest } from './session.ts';

/** What `preload` asks. Its promises never settle: the answers are for the client. */
export type PreloadClient<F extends Flavor = 'graph'> = Pick<
  Client<F>,
  | 'mail'
  | 'calendar'
  | 'contacts'
  | 'people'
  | 'settings'
  | 'user'
  | 'manager'
  | 'directReports'
  | 'users'
  | 'subscriptions'
  | 'request'
>;

/**
 * Settings of `createClient`: `endpoint` or `getToken`, and what differs from the defaults. The endpoint tells the page
 * its registration (`clientId`, `tenant`, `cloud`, `api`, `scopes`); a setting that contradicts it is `misconfigured`.
 */
export interface ClientConfig<F extends Flavor = 'graph'> {
  /**
   * Path or address of the token endpoint, such as `/auth`. It has to be of the same site as the page. Without an
   * origin it is on the page's own, wherever a `<base>` leads.
   */
  endpoint?: string;
  /**
   * Gets access tokens in place of an endpoint, for example from MSAL. Works in Node as well. It is called again when a
   * token expires, and with `forceRefresh` or `claims` after the API refused one. `expiresIn` and `scopes` may be left
   * out. Where it does not settle within `timeout`, the call rejects with `timeout`, and the next one asks again.
   *
   * @example
   * ```ts
   * const client = await createClient({ getToken: async () => ({ token: 'eyJ0...', expiresIn: 3600, scopes: [] }) });
   * ```
   */
  getToken?: (request: TokenRequest) => Promise<string | (Partial<AccessToken> & Pick<AccessToken, 'token'>)>;
  /**
   * Asks for what the page shows first: at once, before the client is there. The endpoint answers beside the session,
   * and the first equal call of the client within ten seconds takes that answer; every other call goes its usual way.
   * One to four lists or items (`list`, `get`, `calendar.view(...).list`) of the user who is signed in, all asked for
   * before the function returns. In a worker it is not called. An error in it is told as an uncaught one, as
   * `invalid_argument`, and nothing is preloaded; the client opens all the same.
   *
   * @example
   * ```ts
   * const query = { select: ['subject', 'from'], top: 10 } as const;
   * const client = await createClient({
   *   endpoint: '/auth',
   *   preload: ({ mail }) => [mail.folder('inbox').messages.list(query)],
   * });
   * const { items } = await client.mail.folder('inbox').messages.list(query);
   * ```
   */
  preload?: (client: PreloadClient<F>) => readonly unknown[] | Promise<unknown>;
  /**
   * `direct`: the page calls the API with an access token from the endpoint. `proxy`: the endpoint calls the API, no
   * token reaches the page, and `client.getToken` rejects. The endpoint's configuration decides; another value here is
   * `misconfigured`.
   * @defaultValue the endpoint's
   */
  mode?: 'direct' | 'proxy';
  /**
   * The application's id in Microsoft Entra.
   * @defaultValue the endpoint's
   */
  clientId?: string;
  /**
   * Id or domain of a tenant, or `organizations`, `common` or `consumers`.
   * @defaultValue the endpoint's, else 'organizations'
   */
  tenant?: string;
  /**
   * The national cloud, or the origins of a sign-in service and an API that belong together.
   * @defaultValue 'global'
   */
  cloud?:
    | 'global'
    | 'usgov'
    | 'usgov-dod'
    | 'china'
    | {
        /** Origin of the sign-in service, such as `https://login.microsoftonline.com`. */
        login: string;
        /** Origin of the API, such as `https://graph.microsoft.com`. */
        api: string;
      };
  /**
   * The sign-in endpoints: `v2` asks for scopes, `v1` for a resource.
   * @defaultValue 'v1' for the api 'outlook-v1', else 'v2'
   */
  identity?: 'v2' | 'v1';
  /**
   * The API that is called.
   * @defaultValue the endpoint's, else 'graph'
   */
  api?: F;
  /**
   * Permissions to ask for at the sign-in, such as `Mail.Read`.
   * @defaultValue the endpoint's
   */
  scopes?: readonly string[];
  /**
   * Where Microsoft redirects to, as registered.
   * @defaultValue the page's address without its query
   */
  redirectUri?: string;
  /**
   * How long a sign-in may take from the moment when the page is left, in minutes: 1 to 60. Setting up a second factor
   * takes its time.
   * @defaultValue 10
   */
  signInMinutes?: number;
  /**
   * Time zone of event times in answers, and of times that are given without offset: an IANA name, or a Windows name.
   * With a Windows name, calls that need an instant (`calendar.view`, `outlook-v1`) reject with `invalid_argument` for
   * times without offset.
   * @defaultValue the browser's zone
   */
  timeZone?: string;
  /**
   * Form in which the service gives the bodies of messages and events.
   * @defaultValue 'html'
   */
  bodyType?: 'html' | 'text';
  /**
   * Graph: asks for ids that stay the same when an item moves within the mailbox.
   * @defaultValue true
   * @see https://learn.microsoft.com/graph/outlook-immutable-id
   */
  immutableIds?: boolean;
  /**
   * Calls of one mailbox that run at a time; the others wait in the page, writes before reads. Exchange Online refuses
   * more than four.
   * @defaultValue 4
   * @see https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits
   */
  concurrency?: number;
  /**
   * `auto`: reads that are more than the free places (`concurrency`) go in batches, one for each place, in which one
   * read runs after the other; each keeps its own promise and its own error. `outlook-v2` takes one batch of up to 20
   * at a time, `outlook-v1` none.
   * @defaultValue 'auto'
   */
  batching?: 'auto' | 'off';
  /**
   * Keeps `client.diagnostics` in IndexedDB, over reloads and for all tabs of this origin.
   * @defaultValue false
   */
  keepDiagnostics?: boolean;
  /**
   * How often a failed call is repeated, where repeating it does no harm.
   * @defaultValue 3
   */
  retries?: number;
  /**
   * Longest time of one attempt, in milliseconds: 1 to 3,600,000.
   * @defaultValue 30000
   */
  timeout?: number;
  /**
   * Permits an API at `http://localhost` without an endpoint that permits it: the local tenant in Node.
   * @defaultValue false
   */
  allowInsecureLoopback?: boolean;
  /**
   * Sends every request of this client, those to the endpoint too, in place of the global `fetch`: for tests, and where
   * requests take a way of their own. It is called with an address and what belongs to it (`redirect: 'manual'` and a
   * `signal` among them), and resolves with a Response. An answer that followed a redirect, or is from another origin,
   * is refused with `untrusted_host`. It sees codes and tokens. What `exo365/start` began is not taken over. The
   * WebAssembly is loaded without it: see `wasm`.
   *
   * @example
   * ```ts
   * const client = await createClient({
   *   getToken: async () => 'a-token',
   *   fetch: async () => new Response('{"value":[]}', { headers: { 'content-type': 'application/json' } }),
   * });
   * ```
   * @defaultValue in a page the `fetch` that was there when this package loaded; elsewhere the global of the moment
   */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * The WebAssembly module: its address, a Response, its bytes, or the compiled `WebAssembly.Module`, which is an
   * `object` here because the types of Node do not have that name.
   * @defaultValue the file `wasm/exo365_bg.wasm` beside the script
   */
  wasm?: URL | string | Response | ArrayBuffer | ArrayBufferView | object;
}

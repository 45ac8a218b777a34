// `startTenant`: a signed-in client on a local tenant.
import { createClient } from 'exo365';
import type { Client, ClientConfig, Flavor } from '../index.ts';
import { ensureFetch } from './fetch.ts';
import { send } from './node.ts';
import { startProgram } from './program.ts';
import { signIn } from './signin.ts';

/** Options of `startTenant`. */
export interface TenantOptions<F extends Flavor = 'graph'> {
  /**
   * Who is signed in: `adele@contoso.example`, `ben@contoso.example` or `admin@contoso.example`.
   * @defaultValue 'adele@contoso.example'
   */
  user?: string;
  /**
   * Permissions of the client's tokens.
   * @defaultValue those of mail, calendar, contacts and settings
   */
  scopes?: readonly string[];
  /** Settings of `createClient`. */
  client?: Omit<ClientConfig<F>, 'endpoint' | 'getToken' | 'cloud' | 'allowInsecureLoopback'>;
  /** Arguments of the program, such as `['--seed', 'full']`. `exo365-tenant --help` lists them. */
  args?: readonly string[];
  /**
   * Path of the program.
   * @defaultValue that of the environment variable EXO365_TENANT_PROGRAM, that of the npm package exo365-tenant, or the
   * one on the PATH
   */
  program?: string;
}

/** What happens to a request in place of its answer; the tenant's README lists the kinds. */
export interface Fault {
  /** Such as `throttle`, `unauthorized`, `status`, `slow`, `hold`, `drop`, `truncate`. */
  kind: string;
  /** Which requests; all of them where it is missing. */
  match?: {
    /** A part of the path. */
    path?: string;
    /** The HTTP method. */
    method?: string;
  };
  /**
   * How many requests.
   * @defaultValue all
   */
  times?: number;
  /** Values of the kind, such as `retryAfterSeconds` or `status`. */
  [value: string]: unknown;
}

/** A request that the tenant got. */
export interface TenantRequest {
  /** The HTTP method. */
  method: string;
  /** The path, with its query. */
  path: string;
  /** What else the tenant noted: the status of its answer, headers and body. */
  [value: string]: unknown;
}

/** A local tenant that runs. */
export interface Tenant {
  /** Its origin, such as `http://localhost:49152`: sign-in service and API. */
  readonly url: string;
  /** Moves its clock forward, in seconds: tokens expire without waiting. */
  advance(seconds: number): Promise<void>;
  /** Lets requests fail. */
  fault(fault: Fault): Promise<void>;
  /** Ends all faults; requests that are held get their answers. */
  clearFaults(): Promise<void>;
  /** The requests since the start or `forgetRequests`, or those whose path contains `path`. */
  requests(path?: string): Promise<TenantRequest[]>;
  /** Empties the list of requests. */
  forgetRequests(): Promise<void>;
  /** Takes the sessions of a user back, as a changed password does. */
  revoke(user: string): Promise<void>;
  /** Restores the mailboxes and everything else as at the start. */
  reset(): Promise<void>;
  /** Another client on this tenant. */
  signedIn<F extends Flavor = 'graph'>(options?: Omit<TenantOptions<F>, 'args' | 'program'>): Promise<Client<F>>;
  /** Ends the program. */
  end(): Promise<void>;
}

/** What `startTenant` gives. */
export interface StartedTenant<F extends Flavor = 'graph'> {
  /** A client of the user. */
  client: Client<F>;
  /** The tenant, with its clock, its faults and its requests. */
  tenant: Tenant;
}

const SCOPES = ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'].concat(
  'MailboxSettings.ReadWrite',
);

/** The tenant's control interface. */
function controls(url: string) {
  return async (method: string, path: string, body?: object) => {
    const headers = { 'x-tenant-control': '1', 'content-type': 'application/json' };
    const { status, text } = await send(method, `${url}/_control/${path}`, headers, body && JSON.stringify(body));
    if (status >= 400) throw new Error(`${method} /_control/${path}: ${status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
}

/**
 * Starts a local tenant and gives a client that is signed in there, for tests in Node: node:test, Vitest, Jest,
 * Playwright. It needs the program exo365-tenant. `tenant.end()` ends it, and the end of the process does so too.
 *
 * @example
 * ```ts
 * import { startTenant } from 'exo365/testing';
 *
 * const { client, tenant } = await startTenant({ user: 'adele@contoso.example' });
 * await tenant.fault({ kind: 'throttle', retryAfterSeconds: 1, times: 1 });
 * const { items } = await client.mail.messages.list({ select: ['subject'] });
 * await tenant.end();
 * ```
 */
export async function startTenant<F extends Flavor = 'graph'>(options?: TenantOptions<F>): Promise<StartedTenant<F>> {
  const { args = [], program, ...rest } = options ?? {};
  ensureFetch();
  const { url, end } = await startProgram(program, args);
  const control = controls(url);
  const tenant: Tenant = {
    url,
    end,
    advance: (seconds) => control('POST', 'clock', { advanceSeconds: seconds }),
    fault: (fault) => control('POST', 'faults', fault),
    clearFaults: () => control('DELETE', 'faults'),
    async requests(path = '') {
      const answer = await control('GET', 'requests');
      const all: TenantRequest[] = Array.isArray(answer) ? answer : answer.requests;
      return all.filter((request) => request.path.includes(path));
    },
    forgetRequests: () => control('DELETE', 'requests'),
    revoke: (user) => control('POST', 'revoke', { user }),
    reset: () => control('POST', 'reset', {}),
    async signedIn({ user = 'adele@contoso.example', scopes = SCOPES, client } = {}) {
      const getToken = await signIn(url, user, scopes);
      return createClient({ ...client, getToken, cloud: { login: url, api: url }, allowInsecureLoopback: true });
    },
  };
  try {
    return { client: await tenant.signedIn(rest), tenant };
  } catch (error) {
    await end();
    throw error;
  }
}

// `memoryClient`: the client's own methods over a mailbox in memory, for unit tests without a process or a network.
import type { Contact, Event as EventResource, MailFolder, Message, User } from '@microsoft/microsoft-graph-types';
import { organisation } from '../areas/directory.ts';
import { mailbox } from '../areas/mailbox.ts';
import type { Api, Call } from '../calls/api.ts';
import { tools } from '../calls/tools.ts';
import { fail } from '../error.ts';
import type { Account, BatchResponse, Client, ClientEvents, RequestOptions } from '../index.ts';
import * as more from '../more.ts';
import { values } from '../values/moments.ts';
import * as writing from '../writing.ts';
import { Store } from './store.ts';

/** Options of `memoryClient`. */
export interface MemoryOptions {
  /**
   * The signed-in user; null: nobody is signed in, and calls reject with `signed_out` until `client.signIn()`.
   * @defaultValue Adele of contoso.example
   */
  account?: Account | null;
  /** Fields of `client.user()`. */
  user?: Partial<User>;
  /** Messages, the newest first. Without `parentFolderId` they are in `inbox`. */
  messages?: readonly Partial<Message>[];
  /** Mail folders. */
  folders?: readonly Partial<MailFolder>[];
  /** Events, with times in UTC. */
  events?: readonly Partial<EventResource>[];
  /** Contacts. */
  contacts?: readonly Partial<Contact>[];
  /**
   * Is asked first about every request. What it returns or rejects with is the answer; undefined: the mailbox answers.
   */
  answer?: (request: MemoryRequest) => unknown;
}

/** A request to the mailbox in memory. */
export interface MemoryRequest {
  /** The HTTP method. */
  method: string;
  /** The path below the mailbox, ids filled in: `messages/memory-1/move`. */
  path: string;
  /** The options of the call, such as `select`. */
  options: Record<string, unknown>;
  /** What the call writes. */
  body: unknown;
}

/** What `memoryClient` gives. */
export interface MemoryClient {
  /** A client as `createClient` resolves with. */
  client: Client;
  /** The requests so far. */
  requests: MemoryRequest[];
}

const ADELE: Account = {
  tenantId: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
  objectId: '00000000-0000-4000-8000-00000000000a',
  username: 'adele@contoso.example',
  name: 'Adele Vance',
  isGuest: false,
};

/** What a real client loads on first use, by name. */
const LATER = { ...more, ...writing };

/** Where a call goes: the path with its ids, and whether it ends with one. */
function placeOf({ path }: Pick<Call, 'path'>): { path: string; item: boolean } {
  if (typeof path === 'string') {
    const place = path.startsWith('memory:')
      ? path
      : path.split('?')[0].replace(/^\/(?:me|users\/[^/]+)\/?/, '') || '.';
    return { path: place, item: place.split('/').length % 2 === 0 };
  }
  const ids = [...path.ids];
  const filled = path.template.replaceAll('{}', () => ids.shift() ?? '');
  return { path: filled.replace(/^\//, ''), item: path.template.endsWith('{}') };
}

/**
 * A client over a mailbox in memory: lists (`select`, `top`, `skip`, `orderBy`, `count`), single items, changes,
 * `send`,
 * `move`, `copy` and calendar views work; the rest is answered by `answer`. It knows no permissions and no rules of the
 * service: `startTenant` does.
 *
 * @example
 * ```ts
 * import { memoryClient } from 'exo365/testing';
 *
 * const { client, requests } = memoryClient({ messages: [{ subject: 'Hello' }] });
 * const { items } = await client.mail.messages.list({ select: ['subject'] });
 * console.log(items[0]?.subject, requests.length);
 * ```
 */
export function memoryClient(options: MemoryOptions = {}): MemoryClient {
  const { account: given = ADELE, answer, user, messages, folders: mailFolders, events, contacts } = options;
  let account = given;
  const requests: MemoryRequest[] = [];
  const listeners = new Set<[type: string, listener: (event: never) => void]>();
  const emit = <K extends keyof ClientEvents>(type: K, event: ClientEvents[K]) => {
    for (const [wanted, listener] of listeners) if (wanted === type) queueMicrotask(() => listener(event as never));
  };
  const owner = { id: ADELE.objectId, displayName: ADELE.name, mail: ADELE.username, ...user };
  const stores = new Map<string, Store>([['', new Store(owner, { messages, mailFolders, events, contacts })]]);

  /** The mailbox of `name`: an empty one where it is not the user's own. */
  function storeOf(name: string): Store {
    const store = stores.get(name) ?? new Store({ id: name, mail: name }, {});
    stores.set(name, store);
    return store;
  }

  async function call(name: string, called: Call): Promise<unknown> {
    const { method, options = {}, body } = called;
    const place = placeOf(called);
    const request = { method, path: place.path, options: { ...options }, body };
    requests.push(request);
    if (options.signal?.aborted) throw fail('aborted', 'the caller aborted the call', options.signal.reason);
    if (!account) throw fail('signed_out', 'nobody is signed in');
    const own = await answer?.(request);
    return own === undefined ? storeOf(name).answer({ method, ...place, options, body }) : own;
  }

  function apiOf(name: string): Api {
    const parts: Partial<Api> = {
      ...values('graph', 'UTC'),
      ...tools,
      call: (called) => call(name, called),
    };
    // Batches are answered below, without what the queue of a real client needs for them.
    const api = parts as Api;
    const run = async (name: 'draft', ...args: [unknown]) => LATER[name](api, ...args);
    return Object.assign(api, { lazy: run, writing: run });
  }

  async function batch(all: Parameters<Client['batch']>[0]): Promise<BatchResponse[]> {
    return Promise.all(
      all.map(async ({ method, path, body, id = '' }, at) => {
        const own = id || String(at + 1);
        try {
          return { id: own, status: 200, headers: {}, body: await call('', { method, path, body }) };
        } catch (error) {
          return { id: own, status: (error as { status?: number }).status ?? 500, headers: {}, error };
        }
      }),
    ) as Promise<unknown[]> as Promise<BatchResponse[]>;
  }

  const api = apiOf('');
  const client = {
    ...mailbox(api),
    ...organisation(api),
    get account() {
      return account;
    },
    mailbox: (name: string) => mailbox(apiOf(name)),
    async signIn() {
      account = given ?? ADELE;
      emit('signedin', account);
      return account;
    },
    async signOut() {
      account = null;
      emit('signedout', { reason: 'user' });
    },
    adminConsent: async () => ({ tenant: ADELE.tenantId, scopes: [] }),
    authorizeUrl: () => 'https://login.contoso.example/authorize',
    getToken: async () => ({ token: 'memory', expiresIn: 3600, scopes: [] }),
    request: (method: string, path: string, { body, ...options }: RequestOptions = {}) =>
      call('', { method, path, options, body }),
    batch,
    diagnostics: { list: () => [], clear: () => {}, text: async () => 'no failed or slow calls\n' },
    on(type: keyof ClientEvents, listener: (event: never) => void) {
      const own: [string, (event: never) => void] = [type, listener];
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: () => listeners.clear(),
  };
  return { client: client as unknown as Client, requests };
}

// The client: what `createClient` resolves with.
import type { Subscription, User } from '@microsoft/microsoft-graph-types';
import type { BatchRequest, BatchResponse } from './batch.ts';
import type { Collection } from './collection.ts';
import type { Diagnostic, Diagnostics } from './diagnostics.ts';
import type { Exo365Error } from '../error.ts';
import type { Mailbox } from './mailbox.ts';
import type { Flavor } from './model.ts';
import type { CallOptions, RequestOptions } from './options.ts';
import type { AccessToken, Account, AdminConsent, SignInOptions, SignOutOptions, TokenRequest } from './session.ts';
import './dispose.ts';

/**
 * One app's access to Microsoft 365: the account, the signing in and out, and the mailbox of the signed-in user.
 * `createClient` makes it.
 *
 * @example
 * ```ts
 * if (client.account) {
 *   const { items } = await client.mail.messages.list({ select: ['subject', 'from'], top: 10 });
 *   for (const { id, subject } of items) console.log(id, subject);
 * }
 * ```
 */
export interface Client<F extends Flavor = 'graph'> extends Mailbox<F> {
  /**
   * Why the sign-in failed from which the page came back, where the client opened all the same; else null. Its answer
   * was old, came a second time or belonged to another tab (`state_mismatch`, `state_expired`, `invalid_callback`,
   * `issuer_mismatch`), or another account signed in than the one that had to (`wrong_account`). Who was signed in
   * before still is. `resolve` starts a new sign-in. The event `signinfailed` tells the same.
   */
  readonly signInError: Exo365Error | null;
  /** The signed-in user; null where nobody is signed in, and where tokens come from `getToken`. */
  readonly account: Account | null;
  /**
   * Signs the user in. By redirect, the page leaves, and the next `createClient` has the account; the promise settles
   * only where the page stays or is restored (`cancelled`, `aborted`). With `mode: 'popup'`, called in a click, it
   * opens a window and resolves with the account. Rejects with `popup_blocked`, `cancelled`, `aborted`,
   * `access_denied`, `consent_required`, `admin_consent_required`, `interaction_required`, `navigation_blocked` (in a
   * frame) or `misconfigured`; with `timeout` after `signInMinutes`, as the browser does not tell that a window was
   * closed.
   *
   * @example
   * ```ts
   * document.querySelector('#signin')?.addEventListener('click', () => {
   *   client.signIn({ loginHint: 'ben@contoso.example' }).catch(console.error);
   * });
   * ```
   */
  signIn(options?: SignInOptions): Promise<Account>;
  /**
   * Asks an administrator to consent for the whole organisation, by redirect or in a window like `signIn`, and rejects
   * like it. The result is for display only: it is no proof that the consent was given.
   * @see https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
   */
  adminConsent(options?: SignInOptions): Promise<AdminConsent>;
  /**
   * The address that `signIn` would go to, for a link, in whichever window (`mode` changes nothing). It works while
   * this page is open and for `signInMinutes` after, once; in another tab, as by Ctrl and click, while this page is
   * open. Of more than 50 in one tab the oldest end. Throws `invalid_argument`, `misconfigured`.
   *
   * @example
   * ```ts
   * const link = document.createElement('a');
   * link.href = client.authorizeUrl({ returnTo: '/mail' });
   * ```
   */
  authorizeUrl(options?: SignInOptions): string;
  /**
   * Ends the session of this app in all tabs, and with `scope: 'microsoft'` goes on to Microsoft's sign-out page. Where
   * the endpoint is not reached it rejects (`network`, `timeout`, `service_unavailable`): this page has forgotten the
   * user, the session goes on, and there is no `signedout` yet. It is tried again when the network is back, and by the
   * next page that opens.
   */
  signOut(options?: SignOutOptions): Promise<void>;
  /**
   * An access token for an API that this package does not cover, named by `scopes` or `resource`. Rejects with
   * `interaction_required`, `consent_required`, `signed_out`, and in proxy mode with `misconfigured`.
   *
   * @example
   * ```ts
   * const { token } = await client.getToken({ scopes: ['https://graph.microsoft.com/Tasks.Read'] });
   * await fetch('https://graph.microsoft.com/v1.0/me/todo/lists', { headers: { authorization: `Bearer ${token}` } });
   * ```
   */
  getToken(request?: TokenRequest): Promise<AccessToken>;
  /**
   * A shared mailbox, or that of another user, by address or id. The user needs access to it in Exchange, and the app a
   * permission such as `Mail.Read.Shared`; otherwise its calls reject with `forbidden` or `not_found`.
   *
   * @example
   * ```ts
   * const { items } = await client.mailbox('sales@contoso.example').mail.messages.list({ top: 5 });
   * ```
   */
  mailbox(user: string): Mailbox<F>;
  /**
   * The users of the organisation. Outlook has `get` only.
   * @see https://learn.microsoft.com/graph/api/user-list
   */
  readonly users: Collection<User, F>;
  /**
   * Sends requests of your own in batches. Any number is taken: they go in parts of 20, one part after another, and
   * requests that depend on each other stay in one part (at most 20). Resolves with the responses in the order of the
   * requests; a refused one has `error`, and the promise does not reject for it. Throttled requests, and after a 503
   * all but POST, are sent again with what depends on them, `retries` times, after the longest wait that the service
   * named (up to two minutes). Rejects where no request was answered, and with `invalid_argument`; `outlook-v1`:
   * `unsupported_by_api`.
   * @see https://learn.microsoft.com/graph/json-batching
   *
   * @example
   * ```ts
   * const [me, made] = await client.batch([
   *   { method: 'GET', path: '/me' },
   *   { method: 'POST', path: '/me/contacts', body: { givenName: 'Ben' } },
   * ]);
   * if (made?.error) console.error(made.error.code);
   * ```
   */
  batch(
    requests: readonly BatchRequest[],
    options?: Pick<CallOptions, 'signal' | 'timeout' | 'timeZone'>,
  ): Promise<BatchResponse[]>;
  /** The newest calls that failed or were slow. */
  readonly diagnostics: Diagnostics;
  /** Notifications of changes, which the service sends to a server of yours. */
  readonly subscriptions: Subscriptions<F>;
  /**
   * Calls what has no method of its own: a path below the API's root, or an address out of an answer. The type of the
   * answer is yours to name. Rejects with `untrusted_host` for addresses outside the API.
   *
   * @example
   * ```ts
   * const { value } = await client.request<{ value: { displayName: string }[] }>('GET', '/me/onenote/notebooks');
   * ```
   */
  request<T = unknown>(method: string, path: string, options?: RequestOptions): Promise<T>;
  /**
   * Calls `listener` for each event of this type, also for what other tabs do. Returns the function that ends this.
   *
   * @example
   * ```ts
   * const stop = client.on('signedout', ({ reason }) => console.log(reason));
   * ```
   */
  on<K extends keyof ClientEvents>(type: K, listener: (event: ClientEvents[K]) => void): () => void;
  /**
   * Ends the client: listeners are removed, and calls in flight and later ones reject with `aborted`. The session
   * stays.
   */
  [Symbol.dispose](): void;
}

/** The events of `client.on`, by their types. */
export interface ClientEvents {
  /**
   * Somebody signed in: in a window of this page, or in another tab or by another client of this page while nobody was
   * signed in here.
   */
  signedin: Account;
  /** The session is over. */
  signedout: {
    /**
     * `user`: `signOut` was called here; `other-tab`: somebody signed out, or somebody else signed in, in another tab
     * or by another client of this page; `expired`: the endpoint said that the session is over; `revoked`: the service
     * took it back.
     */
    reason: 'user' | 'expired' | 'revoked' | 'other-tab';
  };
  /** The sign-in failed from which the page came back: the same error as `client.signInError`. */
  signinfailed: Exo365Error;
  /** A call failed or was slow; the same entry that `client.diagnostics` keeps. */
  diagnostic: Diagnostic;
}

/** Notifications of changes. A page cannot receive them: `notificationUrl` is an address of your server. */
export interface Subscriptions<F extends Flavor = 'graph'> extends Collection<Subscription, F> {
  /**
   * Answers the lifecycle notification `reauthorizationRequired`. Graph.
   * @see https://learn.microsoft.com/graph/api/subscription-reauthorize
   */
  reauthorize(id: string, options?: CallOptions): Promise<void>;
}

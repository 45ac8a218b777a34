// Who is signed in, and what signing in and out takes.

/**
 * The signed-in user. `tenantId` and `objectId` together are the key; everything else is for display, and can change.
 */
export interface Account {
  /** Id of the tenant, a GUID. */
  tenantId: string;
  /** Id of the user in the tenant, a GUID. */
  objectId: string;
  /** Usually the address that the user signs in with. */
  username: string;
  /** The user's name, for display. */
  name: string;
  /** Whether the user is a guest in this tenant. */
  isGuest: boolean;
  /** For `SignInOptions.loginHint`: tells the sign-in service who is to sign in. */
  loginHint?: string;
}

/** Options of `signIn`, `adminConsent`, `authorizeUrl` and of an error's `resolve`. */
export interface SignInOptions {
  /**
   * `redirect`: the page leaves; `popup`: a window opens, for which the call has to come from a click.
   * @defaultValue 'redirect'
   */
  mode?: 'redirect' | 'popup';
  /** Who is expected to sign in, as an address or `Account.loginHint`. */
  loginHint?: string;
  /** Domain of the organisation, which takes the user to its own sign-in page. */
  domainHint?: string;
  /** What the sign-in service has to ask the user, although it may know the answer. */
  prompt?: 'login' | 'consent' | 'select_account' | 'none';
  /**
   * Permissions to ask for.
   * @defaultValue those of the configuration
   */
  scopes?: readonly string[];
  /**
   * Where the page comes back to, also after a refusal: a path of this origin with query and fragment, or an address of
   * it.
   * @defaultValue the current one
   */
  returnTo?: string;
  /** `claims` of an error: what the service wants to be proven. */
  claims?: string;
  /**
   * Further parameters of the authorization request. With `max_age` (in seconds) the endpoint checks when the user
   * signed in, for which the registration needs the optional claim `auth_time`. Parameters that this package sets
   * itself are `invalid_argument`.
   */
  extra?: Record<string, string>;
  /** Ends the sign-in; it rejects with `aborted`. */
  signal?: AbortSignal;
}

/** Options of `signOut`. */
export interface SignOutOptions {
  /**
   * `app`: the session of this app; `microsoft`: that of Microsoft in this browser as well.
   * @defaultValue 'app'
   */
  scope?: 'app' | 'microsoft';
  /** Ends the wait; the session may be over all the same. */
  signal?: AbortSignal;
}

/** What `adminConsent` resolves with. */
export interface AdminConsent {
  /** Id of the tenant that consented, as the redirect names it. */
  tenant: string;
  /** Permissions that were granted, as the redirect names them. */
  scopes: string[];
}

/** Which access token is wanted. */
export interface TokenRequest {
  /**
   * Permissions that the token has to carry.
   * @defaultValue those of the configuration
   */
  scopes?: readonly string[];
  /** For the v1 sign-in endpoints: the API, in place of `scopes`. */
  resource?: string;
  /** `claims` of an error: what the token has to prove. */
  claims?: string;
  /**
   * A new token, although the last one may still be valid.
   * @defaultValue false
   */
  forceRefresh?: boolean;
  /** Ends the request; it rejects with `aborted`. */
  signal?: AbortSignal;
}

/** An access token. Keep it in memory only. */
export interface AccessToken {
  /** The token, for the `Authorization` header of an API. */
  token: string;
  /** How long it is valid, in seconds from now. */
  expiresIn: number;
  /** Permissions that it carries. */
  scopes: string[];
}

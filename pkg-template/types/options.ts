// Options of calls.

/** Options of every call. */
export interface CallOptions {
  /** Ends the call; it rejects with `aborted`. */
  signal?: AbortSignal;
  /**
   * Longest time of one attempt, in milliseconds: 1 to 3,600,000.
   * @defaultValue the client's, 30000
   */
  timeout?: number;
  /**
   * Time zone of event times in the answer, and of times without offset in the call.
   * @defaultValue the client's
   */
  timeZone?: string;
  /** Further headers. Those that this package sets itself are `invalid_argument`; `Prefer` is added to its own. */
  headers?: Record<string, string> | Headers;
}

/** Options of `update`. */
export interface UpdateOptions extends CallOptions {
  /** Etag of the item (`@odata.etag`): the call rejects with `precondition_failed` where the item changed since. */
  ifMatch?: string;
}

/** Options of `delete`. */
export interface DeleteOptions extends UpdateOptions {
  /**
   * Deletes for good, in place of moving to the deleted items. Graph.
   * @defaultValue false
   */
  permanently?: boolean;
}

/** Options of `client.request`. */
export interface RequestOptions extends CallOptions {
  /** Etag of the item (`@odata.etag`): the call rejects with `precondition_failed` where the item changed since. */
  ifMatch?: string;
  /** Parameters of the query, with their `$`. */
  query?: Record<string, string> | URLSearchParams;
  /**
   * What is sent: texts, Blobs and bytes as they are, everything else as JSON. What JSON has no form for is
   * `invalid_argument`.
   */
  body?: unknown;
  /**
   * Form in which the promise gives the answer; `response` is the Response itself, unread.
   * @defaultValue 'json'
   */
  as?: 'json' | 'text' | 'blob' | 'response';
}

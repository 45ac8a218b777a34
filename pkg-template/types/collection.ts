// What can be listed: the methods that all collections have, and what they take and give.
import type { Changed, Field, Flavor, Key, Model, Resource, Selected } from './model.ts';
import type { CallOptions, DeleteOptions, UpdateOptions } from './options.ts';

/**
 * The methods that messages, events, contacts and all other collections have. `T` is Microsoft's type of an item, `F`
 * the flavour, `D` what `create` and `update` take. Every call can reject with `invalid_argument`,
 * `unsupported_by_api`, `signed_out`, `interaction_required`, `forbidden`, `mailbox_not_found`, `bad_request`,
 * `throttled`, `service_unavailable`, `invalid_response`, `network`, `timeout` and `aborted`; further codes are named
 * at the methods.
 */
export interface Collection<T, F extends Flavor = 'graph', D = Partial<Model<T, F>>> {
  /**
   * Fetches the first page; `next` of a page fetches the following one.
   * @see https://learn.microsoft.com/graph/query-parameters
   *
   * @example
   * ```ts
   * const query = { select: ['subject', 'receivedDateTime'], orderBy: 'receivedDateTime desc', top: 50 };
   * const page = await client.mail.messages.list(query);
   * const rest = await page.next?.();
   * ```
   */
  list<const S extends string = Key<T, F>>(query?: Query<T, F, S>): Promise<Page<Selected<T, F, S>>>;
  /**
   * All items, through all pages, none of them twice. The next page is fetched while this one is read; leaving the
   * loop ends that, and an abort ends the loop at the next item. Without `top`, the first page has the service's size,
   * and later ones are larger where the service pages by position. Set `stable` where the loop takes items out of the
   * list (by `move`, `delete`, or a change that `filter` excludes): the service counts pages by position, and would
   * skip others.
   *
   * @example
   * ```ts
   * for await (const { id, subject } of client.mail.messages.all({ filter: filter`subject eq ${"it's"}` })) {
   *   console.log(id, subject);
   * }
   * const unread = client.mail.messages.all({ filter: 'isRead eq false', select: ['id'], top: 500, stable: true });
   * for await (const { id } of unread) await client.mail.messages.update(id, { isRead: true });
   * ```
   */
  all<const S extends string = Key<T, F>>(query?: AllQuery<T, F, S>): AsyncIterable<Selected<T, F, S>>;
  /** One item. Rejects with `not_found`. */
  get<const S extends string = Key<T, F>>(id: string, query?: ItemQuery<T, F, S>): Promise<Selected<T, F, S>>;
  /**
   * Creates an item; resolves with it as the service keeps it. Rejects with `conflict` where the name is taken,
   * `too_large`.
   *
   * @example
   * ```ts
   * const { id } = await client.calendar.events.create({
   *   subject: 'Planning',
   *   start: '2026-12-01T09:00',
   *   end: '2026-12-01T10:00',
   *   attendees: ['ben@contoso.example'],
   * });
   * ```
   */
  create(draft: D, options?: CallOptions): Promise<Resource<T, F>>;
  /**
   * Changes an item: `null` clears a field, a field that is left out stays. Resolves with the item. Rejects with
   * `not_found`, and with `precondition_failed` where the item changed since `ifMatch`.
   *
   * @example
   * ```ts
   * await client.mail.messages.update('AAMk...', { isRead: true, categories: ['Red'] });
   * ```
   */
  update(id: string, changes: D, options?: UpdateOptions): Promise<Resource<T, F>>;
  /**
   * Deletes an item; a message, event or contact goes to the deleted items. Rejects with `not_found`,
   * `precondition_failed`.
   */
  delete(id: string, options?: DeleteOptions): Promise<void>;
  /** How many items there are. */
  count(query?: CountQuery): Promise<number>;
  /**
   * What changed since `token`; without a token, all items. Reads all pages of the round. Where the service no longer
   * has the token's state, or does not know the token, it reads all items again, and `resynced` is true. A changed item
   * may have only the changed fields. Each id is there once, in `items` or in `removed`: the last word of the service
   * counts. It is there for the messages of a folder,
   * folders, contacts, contact folders, calendar views and users; `outlook-v2` has all but users, `outlook-v1` has
   * messages of a folder and views. Otherwise rejects with `unsupported_by_api` or `bad_request`.
   * @see https://learn.microsoft.com/graph/delta-query-overview
   *
   * @example
   * ```ts
   * const inbox = client.mail.folder('inbox').messages;
   * const first = await inbox.delta({ select: ['subject', 'isRead'] });
   * const later = await inbox.delta({ token: first.token });
   * for (const { id } of later.removed) console.log('no longer here', id);
   * ```
   */
  delta<const S extends string = Key<T, F>>(options?: DeltaOptions<Field<T, F, S>>): Promise<Delta<Changed<T, F, S>>>;
}

/** What one item is asked for with: OData's options without the `$`. */
export interface ItemQuery<T, F extends Flavor = 'graph', S extends string = Key<T, F>> extends CallOptions {
  /**
   * Fields of the answer. The service adds the id, but not for users.
   * @defaultValue the service's own choice, most fields
   */
  select?: readonly Field<T, F, S>[];
  /** Related items that come along, such as `attachments`. */
  expand?: string | readonly string[];
}

/**
 * What a list is asked for with: OData's options without the `$`. Values from elsewhere go into `filter` by the tag of
 * that name, which quotes them. A query may stand in a variable; where that has lost the names of the fields
 * (`string[]`), the answer has the type of a whole item.
 */
export interface Query<T, F extends Flavor = 'graph', S extends string = Key<T, F>> extends ItemQuery<T, F, S> {
  /** OData condition, such as `isRead eq false`. */
  filter?: string;
  /** Fields to sort by, such as `receivedDateTime desc`. */
  orderBy?: string | readonly string[];
  /**
   * Words to search for, such as `lunch` or `from:ben "quarterly report"`: it is quoted whole, and quotes in it mark a
   * phrase. Graph takes no `filter` and no `orderBy` with it for messages.
   */
  search?: string;
  /**
   * Size of a page: 1 to 1000 for Graph, 1 to 50 for Outlook.
   * @defaultValue the service's, 10 for messages; `all` goes on with larger pages
   */
  top?: number;
  /** Items to leave out at the start. */
  skip?: number;
  /**
   * Asks for the number of all that match: `count` of the page.
   * @defaultValue false
   */
  count?: boolean;
}

/** What `all` asks for. */
export interface AllQuery<T, F extends Flavor = 'graph', S extends string = Key<T, F>> extends Query<T, F, S> {
  /**
   * Reads the whole list before the loop begins, so that the loop visits every item that was there at the start,
   * whatever it does to them. Items are as they were then, each once. Name in `select` what the loop needs: they are
   * all in memory.
   * @defaultValue false
   */
  stable?: boolean;
}

/** Which items `count` counts. */
export interface CountQuery extends CallOptions {
  /**
   * OData condition.
   * @defaultValue all items
   */
  filter?: string;
}

/** One page of a list. */
export interface Page<T> {
  /** The items of this page. It can be empty although others follow. */
  items: T[];
  /** The number of all that match, where the query had `count: true`. */
  count?: number;
  /** Fetches the next page; null where this is the last. */
  next: (() => Promise<Page<T>>) | null;
}

/** Options of `delta`. */
export interface DeltaOptions<S extends string = string> extends CallOptions {
  /**
   * Token of the last round, which also holds what was asked for then. It holds no secret, and is valid for this
   * collection only.
   */
  token?: string;
  /** Items for each request; the service may give fewer. */
  pageSize?: number;
  /** Fields of the items. A token holds them; beside one they are used only where all items are read again. */
  select?: readonly S[];
}

/** One round of changes. */
export interface Delta<T> {
  /** New and changed items, as the service sent them. */
  items: T[];
  /** Items that are no longer in this collection, also because they were moved. */
  removed: {
    /** Id of the item. */
    id: string;
    /** `changed`: it can be restored; `deleted`: not from here. */
    reason: 'deleted' | 'changed';
  }[];
  /** For the next round. Keep it together with the items. */
  token: string;
  /** The service no longer knew the old token: `items` is everything, and what is not in it is gone. */
  resynced: boolean;
}

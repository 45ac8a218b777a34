// The mail of a mailbox: sending, folders, categories.
import type {
  ConvertIdResult,
  ExchangeIdFormat,
  InferenceClassification,
  InferenceClassificationOverride,
  MailFolder,
  MailTips,
  Message,
  MessageRule,
  OutlookCategory,
} from '@microsoft/microsoft-graph-types';
import type { Progress } from './attachments.ts';
import type { Collection } from './collection.ts';
import type { Messages } from './messages.ts';
import type { Flavor, Model, Resource } from './model.ts';
import type { CallOptions } from './options.ts';
import type { Draft } from './values.ts';

/** The mail of a mailbox. */
export interface Mail<F extends Flavor = 'graph'> {
  /**
   * The messages of all folders.
   * @see https://learn.microsoft.com/graph/api/user-list-messages
   */
  readonly messages: Messages<F>;
  /**
   * The folders at the top of the mailbox.
   * @see https://learn.microsoft.com/graph/api/user-list-mailfolders
   */
  readonly folders: Folders<F>;
  /**
   * One folder, by its id or by a name that every mailbox has: `inbox`, `drafts`, `sentitems`, `deleteditems`, ...
   *
   * @example
   * ```ts
   * const { items } = await client.mail.folder('inbox').messages.list({ filter: 'isRead eq false', top: 20 });
   * ```
   */
  folder(idOrName: string): Folder<F>;
  /**
   * The categories that messages, events and contacts can have. Graph.
   * @see https://learn.microsoft.com/graph/api/outlookuser-list-mastercategories
   */
  readonly categories: Collection<OutlookCategory, F>;
  /** Senders whose mail is always focused, or never. Not in `outlook-v1`. */
  readonly focusedInbox: FocusedInbox<F>;
  /**
   * Sends a message; resolves when the service has taken it. Where it is more than one request takes (3 MB as JSON,
   * in which attachments are a third longer), it makes a draft, adds the attachments one by one (Graph: up to 150 MB
   * each) and sends it. The draft is deleted where that fails; where it cannot be deleted, or may have been sent, the
   * error has its id in `draftId`. Rejects with `too_large`, `invalid_argument` (a recipient without address),
   * `forbidden`.
   * @see https://learn.microsoft.com/graph/api/user-sendmail
   *
   * @example
   * ```ts
   * await client.mail.send({ subject: 'Hello', toRecipients: ['ben@contoso.example'], body: 'From exo365' });
   * ```
   */
  send(message: Draft<F>, options?: SendOptions): Promise<void>;
  /**
   * What a sender should know of these addresses: away, mailbox full, outside the organisation, moderated. Not in
   * `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/user-getmailtips
   */
  mailTips(addresses: readonly string[], options?: CallOptions): Promise<Model<MailTips, F>[]>;
  /**
   * Turns ids from one form into another, up to 1,000 at once. Graph.
   * @see https://learn.microsoft.com/graph/api/user-translateexchangeids
   */
  translateIds(
    ids: readonly string[],
    from: ExchangeIdFormat,
    to: ExchangeIdFormat,
    options?: CallOptions,
  ): Promise<ConvertIdResult[]>;
}

/** Options of `mail.send`. */
export interface SendOptions extends CallOptions {
  /**
   * Keeps a copy in Sent Items. Of what goes by a draft it is always kept: `false` is `invalid_argument`.
   * @defaultValue true
   */
  saveToSentItems?: boolean;
  /** Called as the attachments are sent, with their bytes. */
  onProgress?: Progress;
}

/** What is in one mail folder. */
export interface Folder<F extends Flavor = 'graph'> {
  /**
   * The messages of this folder.
   * @see https://learn.microsoft.com/graph/api/mailfolder-list-messages
   */
  readonly messages: Messages<F>;
  /**
   * The rules of this folder; Exchange has them for `inbox` only. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/mailfolder-list-messagerules
   */
  readonly rules: Collection<MessageRule, F>;
  /**
   * The folders in this folder.
   * @see https://learn.microsoft.com/graph/api/mailfolder-list-childfolders
   */
  readonly children: Folders<F>;
  /** A folder in this folder. Graph. */
  child(id: string): ChildFolder<F>;
}

/** A folder, reached through its parent. */
export interface ChildFolder<F extends Flavor = 'graph'> {
  /**
   * The messages of this folder.
   * @see https://learn.microsoft.com/graph/api/mailfolder-list-messages
   */
  readonly messages: Collection<Message, F, Draft<F>>;
}

/** Senders whose mail is always focused, or never. */
export interface FocusedInbox<F extends Flavor = 'graph'> extends Collection<InferenceClassificationOverride, F> {
  /**
   * All overrides in one object. Graph.
   * @see https://learn.microsoft.com/graph/api/inferenceclassification-list-overrides
   */
  classification(options?: CallOptions): Promise<InferenceClassification>;
}

/** Mail folders. */
export interface Folders<F extends Flavor = 'graph'> extends Collection<MailFolder, F> {
  /**
   * The folders in this one.
   * @see https://learn.microsoft.com/graph/api/mailfolder-list-childfolders
   */
  children(id: string): Folders<F>;
  /**
   * All folders with the folders in them, hidden ones left out. It takes one request for each folder that has others in
   * it.
   *
   * @example
   * ```ts
   * const folders = await client.mail.folders.tree();
   * for (const { folder, children } of folders) console.log(folder.displayName, children.length);
   * ```
   */
  tree(options?: CallOptions): Promise<FolderNode<F>[]>;
  /**
   * Moves a folder, with what is in it, into the folder `to`.
   * @see https://learn.microsoft.com/graph/api/mailfolder-move
   */
  move(id: string, to: string, options?: CallOptions): Promise<Resource<MailFolder, F>>;
  /**
   * Copies a folder, with what is in it, into the folder `to`; resolves with the copy.
   * @see https://learn.microsoft.com/graph/api/mailfolder-copy
   */
  copy(id: string, to: string, options?: CallOptions): Promise<Resource<MailFolder, F>>;
}

/** A folder of `folders.tree`. */
export interface FolderNode<F extends Flavor = 'graph'> {
  /** The folder itself. */
  folder: Resource<MailFolder, F>;
  /** The folders in it. */
  children: FolderNode<F>[];
}

// Messages: answered, forwarded, moved.
import type { Extension, Message } from '@microsoft/microsoft-graph-types';
import type { Attachments } from './attachments.ts';
import type { Collection } from './collection.ts';
import type { Flavor, Resource } from './model.ts';
import type { CallOptions } from './options.ts';
import type { Draft, Recipient } from './values.ts';

/** Messages of a mailbox or of a folder. */
export interface Messages<F extends Flavor = 'graph'> extends Collection<Message, F, Draft<F>> {
  /**
   * Sends a draft. Rejects with `not_found`.
   * @see https://learn.microsoft.com/graph/api/message-send
   */
  send(id: string, options?: CallOptions): Promise<void>;
  /**
   * Answers a message: a text goes above the quoted message, the fields of a draft replace those of the answer
   * (`outlook-v1` takes a text only). Attachments that are more than one request takes go by a draft, as with
   * `mail.send`.
   * @see https://learn.microsoft.com/graph/api/message-reply
   *
   * @example
   * ```ts
   * const { items } = await client.mail.messages.list({ top: 1 });
   * for (const { id } of items) await client.mail.messages.reply(id, 'Thank you.', { all: true });
   * ```
   */
  reply(id: string, reply: string | Draft<F>, options?: ReplyOptions): Promise<void>;
  /**
   * Forwards a message, with a text above it.
   * @see https://learn.microsoft.com/graph/api/message-forward
   */
  forward(id: string, to: readonly Recipient[], comment?: string, options?: CallOptions): Promise<void>;
  /**
   * Makes a draft of the answer.
   * @see https://learn.microsoft.com/graph/api/message-createreply
   */
  createReply(id: string, options?: CreateReplyOptions<F>): Promise<Resource<Message, F>>;
  /**
   * Makes a draft of the forwarded message.
   * @see https://learn.microsoft.com/graph/api/message-createforward
   */
  createForward(id: string, options?: CreateForwardOptions<F>): Promise<Resource<Message, F>>;
  /**
   * Moves a message to the folder with this id or well-known name. Resolves with the message in its new place: without
   * immutable ids it has another id there. Rejects with `not_found`.
   * @see https://learn.microsoft.com/graph/api/message-move
   *
   * @example
   * ```ts
   * const { items } = await client.mail.messages.list({ select: ['subject'], top: 1 });
   * for (const { id } of items) await client.mail.messages.move(id, 'archive');
   * ```
   */
  move(id: string, folder: string, options?: CallOptions): Promise<Resource<Message, F>>;
  /**
   * Copies a message to the folder with this id or well-known name; resolves with the copy.
   * @see https://learn.microsoft.com/graph/api/message-copy
   */
  copy(id: string, folder: string, options?: CallOptions): Promise<Resource<Message, F>>;
  /**
   * The message as it was sent over the network (RFC 5322), byte for byte, with the type `message/rfc822`. Its parts
   * have character sets of their own: a parser of mail reads them. Graph.
   * @see https://learn.microsoft.com/graph/outlook-get-mime-message
   *
   * @example
   * ```ts
   * const mime = await client.mail.messages.mime('AAMk...');
   * const url = URL.createObjectURL(mime); // For a link with `download="message.eml"`.
   * ```
   */
  mime(id: string, options?: CallOptions): Promise<Blob>;
  /**
   * The attachments of a message.
   * @see https://learn.microsoft.com/graph/api/message-list-attachments
   */
  attachments(id: string): Attachments<F>;
  /**
   * The pictures that the body shows by `cid:`, as object URLs by their content ids. Call `URL.revokeObjectURL` for
   * each when it is no longer shown. A CSP needs `blob:` in `img-src` for them. The body is foreign HTML: show it in a
   * sandboxed frame.
   *
   * @example
   * ```ts
   * const pictures = await client.mail.messages.inlineImages('AAMk...');
   * for (const [contentId, url] of pictures) console.log(`cid:${contentId}`, url);
   * ```
   */
  inlineImages(id: string, options?: CallOptions): Promise<Map<string, string>>;
  /**
   * Open extensions of a message: data of your own. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/opentypeextension-post-opentypeextension
   */
  extensions(id: string): Collection<Extension, F>;
}

/** Options of `messages.reply`. */
export interface ReplyOptions extends CallOptions {
  /**
   * Answers all recipients, not only the sender.
   * @defaultValue false
   */
  all?: boolean;
}

/** Options of `messages.createReply`. `comment` and a `body` in `message` at once are `bad_request`. */
export interface CreateReplyOptions<F extends Flavor = 'graph'> extends ReplyOptions {
  /** Text above the quoted message. */
  comment?: string;
  /** Fields that replace those of the answer. Not in `outlook-v1`. */
  message?: Draft<F>;
}

/** Options of `messages.createForward`. */
export interface CreateForwardOptions<F extends Flavor = 'graph'> extends CallOptions {
  /** Text above the forwarded message. */
  comment?: string;
  /** Fields that replace those of the draft. Not in `outlook-v1`. */
  message?: Draft<F>;
  /** Whom the message goes to. */
  toRecipients?: readonly Recipient[];
}

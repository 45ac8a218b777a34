// Attachments of messages and events.
import type { Attachment } from '@microsoft/microsoft-graph-types';
import type { Collection } from './collection.ts';
import type { Flavor, Resource } from './model.ts';
import type { CallOptions } from './options.ts';

/** Called during an upload, with the bytes that have been sent and the bytes in all. */
export type Progress = (sent: number, total: number) => void;

/** Attachments of a message or an event. */
export interface Attachments<F extends Flavor = 'graph'>
  extends Omit<Collection<Attachment, F>, 'update' | 'create' | 'delta'> {
  /** The content of a file; of an attached message or event its MIME form. Graph. */
  content(id: string, options?: CallOptions): Promise<Blob>;
  /**
   * Attaches a file. What fits into one request takes one: with Graph about 2.3 MB, as base64 is a third longer, with
   * Outlook 3 MB. Above that (Graph, up to 150 MB, otherwise `too_large`) it takes an upload session in pieces of about
   * 4 MB, each of which is repeated where it got lost. `timeout` is for one piece. The session is given up where the
   * call fails or is aborted. The pieces go without a token to a host of the mailbox: the page's CSP has to name it in
   * `connect-src`, in the global cloud `https://outlook.office.com https://outlook.office365.com`.
   *
   * Resolves with the attachment. Where the service does not show it yet after an upload, the answer has what is known
   * here: `name`, `contentType`, `size`, `isInline`, and `id`, which is empty where nobody tells it.
   * @see https://learn.microsoft.com/graph/outlook-large-attachments
   *
   * @example
   * ```ts
   * const file = new File(['a,b\n1,2\n'], 'figures.csv', { type: 'text/csv' });
   * const { id } = await client.mail.messages.create({ subject: 'Figures', toRecipients: ['ben@contoso.example'] });
   * await client.mail.messages.attachments(id).add(file, { onProgress: (sent, total) => console.log(sent / total) });
   * await client.mail.messages.send(id);
   * ```
   */
  add(
    file: Blob & {
      /** Name of the file. A File has it. */
      name?: string;
    },
    options?: AttachmentOptions,
  ): Promise<Resource<Attachment, F>>;
}

/** Options of `attachments(id).add`. */
export interface AttachmentOptions extends CallOptions {
  /**
   * Name of the attachment.
   * @defaultValue the name of the file, else 'attachment'
   */
  name?: string;
  /** Content id: makes the attachment inline, for a body that shows it by `cid:`. */
  contentId?: string;
  /** Called as the upload goes on. */
  onProgress?: Progress;
}

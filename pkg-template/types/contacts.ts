// Contacts and their folders.
import type { Contact, ContactFolder, Extension } from '@microsoft/microsoft-graph-types';
import type { Collection } from './collection.ts';
import type { Photo } from './mailbox.ts';
import type { Flavor, Resource } from './model.ts';
import type { CallOptions } from './options.ts';
import type { ContactDraft } from './values.ts';

/**
 * The contacts of the default folder.
 * @see https://learn.microsoft.com/graph/api/user-list-contacts
 */
export interface Contacts<F extends Flavor = 'graph'> extends Collection<Contact, F, ContactDraft<F>> {
  /** The other folders of contacts. */
  readonly folders: ContactFolders<F>;
  /**
   * The contacts of one folder.
   * @see https://learn.microsoft.com/graph/api/contactfolder-list-contacts
   */
  in(folderId: string): Collection<Contact, F, ContactDraft<F>>;
  /** The photo of a contact. Graph. */
  photo(id: string): Photo<F>;
  /**
   * The contacts that have this address.
   *
   * @example
   * ```ts
   * const [ben] = await client.contacts.findByEmail('ben@contoso.example');
   * if (ben) await client.contacts.update(ben.id, { jobTitle: 'Engineer' });
   * ```
   */
  findByEmail(address: string, options?: CallOptions): Promise<Resource<Contact, F>[]>;
  /**
   * Open extensions of a contact: data of your own. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/opentypeextension-post-opentypeextension
   */
  extensions(id: string): Collection<Extension, F>;
}

/**
 * Folders of contacts.
 * @see https://learn.microsoft.com/graph/api/user-list-contactfolders
 */
export interface ContactFolders<F extends Flavor = 'graph'> extends Collection<ContactFolder, F> {
  /**
   * The folders in this one.
   * @see https://learn.microsoft.com/graph/api/contactfolder-list-childfolders
   */
  children(id: string): Collection<ContactFolder, F>;
}

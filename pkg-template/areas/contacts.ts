// Contacts and their folders.
import type { Contact, ContactFolder, Extension } from '@microsoft/microsoft-graph-types';
import type { Api } from '../calls/api.ts';
import { path } from '../calls/path.ts';
import type { ContactDraft, Contacts } from '../types.ts';
import { photo } from './photos.ts';
import { verbs } from './verbs.ts';

export function contacts(api: Api): Contacts {
  const { collection } = verbs(api);
  const own: Contacts = {
    ...collection<Contact, ContactDraft>(path`contacts`),
    extensions: (id) => collection<Extension>(path`contacts/${id}/extensions`),
    folders: {
      ...collection<ContactFolder>(path`contactFolders`),
      children: (id) => collection<ContactFolder>(path`contactFolders/${id}/childFolders`),
    },
    in: (id) => collection<Contact, ContactDraft>(path`contactFolders/${id}/contacts`),
    photo: (id) => photo(api, path`contacts/${id}/photo`),
    findByEmail: (address, options) => api.lazy('findByEmail', own, address, options),
  };
  return own;
}

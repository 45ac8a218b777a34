// Pictures of people and contacts.
import type { ProfilePhoto } from '@microsoft/microsoft-graph-types';
import type { Api } from '../calls/api.ts';
import { below, path, type Path } from '../calls/path.ts';
import { invalidArgument } from '../error.ts';
import type { Mailbox, Photo } from '../types.ts';
import { orNull, verbs } from './verbs.ts';

/** One picture, which may not be there. */
export function photo(api: Api, path: Path): Photo {
  const { get, octets, put } = verbs(api);
  return {
    info: (options) => orNull(get(path, options)),
    content: (options) => orNull(octets(below(path, '$value'), options)),
    set: async (image, options) => {
      if (!(image instanceof Blob)) throw invalidArgument('the photo is missing: a Blob');
      return put(below(path, '$value'), options, image);
    },
  };
}

/** The picture of the mailbox's owner. */
export function ownPhoto(api: Api): Mailbox['photo'] {
  const { collection, octets, remove } = verbs(api);
  return {
    ...photo(api, path`photo`),
    delete: (options) => remove(path`photo/$value`, options),
    sizes: {
      ...collection<ProfilePhoto>(path`photos`),
      content: (size, options) => octets(path`photos/${size}/$value`, options),
    },
  };
}

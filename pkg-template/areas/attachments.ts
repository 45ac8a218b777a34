// Attachments: one request for a small file, an upload session for a large one.
import type { Attachment } from '@microsoft/microsoft-graph-types';
import type { Api } from '../calls/api.ts';
import { encodeBody } from '../calls/bodies.ts';
import type { Path } from '../calls/path.ts';
import type { Attachments, CallOptions, Progress, Resource } from '../types.ts';
import { bytesOf } from '../values/base64.ts';
import { attachment } from '../values/drafts.ts';
import { plainNames } from '../values/recipients.ts';
import { MAX_UPLOAD, maxRequest, mayFit } from '../values/sizes.ts';
import { onlyIn } from './fields.ts';
import { type About, tell, upload, type Uploading } from './uploads.ts';

/** What is asked of an attachment: everything but its content. */
const FIELDS = ['id', 'name', 'contentType', 'size', 'isInline', 'lastModifiedDateTime'] as const;

type File = Blob & { name?: string };
type Adding = CallOptions & { name?: string; contentId?: string; onProgress?: Progress };

/** Refuses an `onProgress` that cannot be called. */
export function checkProgress(
  { invalidArgument }: Api,
  onProgress: unknown,
): asserts onProgress is Progress | undefined {
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalidArgument('`onProgress` is a function');
}

/** Whether `body` fits into one request. */
export const fits = (api: Api, body: unknown) => new Blob([encodeBody(api, body)[0] as string]).size <= maxRequest(api);

/** Refuses what cannot be attached in any way. */
export async function checkAttachment(api: Api, given: unknown): Promise<void> {
  const isFile = given instanceof Blob;
  if (!isFile) await attachment(api, given, 'attachments');
  const { contentBytes = '' } = plainNames(given) as { contentBytes?: string };
  const size = isFile ? given.size : (contentBytes.length / 4) * 3;
  if (size > MAX_UPLOAD) throw api.fail('too_large', 'an attachment has at most 150 MB');
  if (!mayFit(api, size)) onlyIn(api, ['graph'], { 'attachment of more than 3 MB': size });
}

/**
 * Attaches `given`, a file or an attachment in the service's own form, at `path`. Resolves with the attachment, or
 * after an upload with its id.
 */
export async function attach(
  api: Api,
  path: Path,
  given: object,
  about: { name?: string; contentId?: string; isInline?: boolean },
  options: Uploading,
): Promise<unknown> {
  const { onProgress, ...rest } = options;
  await checkAttachment(api, given);
  const isFile = given instanceof Blob;
  if (!isFile || mayFit(api, given.size)) {
    const body = { ...(await attachment(api, given)), ...api.spelled(about) };
    if (fits(api, body)) {
      const made = await api.call({ method: 'POST', path, options: rest, body });
      if (isFile) tell(api, onProgress, given.size, given.size);
      return made;
    }
  }
  if (isFile) return upload(api, path, given, { name: 'attachment', ...about }, options);
  const { contentBytes, name, contentType, contentId, isInline } = plainNames(given) as Record<string, string>;
  if (!contentBytes) throw api.fail('too_large', 'an attachment has at most 3 MB');
  const file = new Blob([bytesOf(api, contentBytes)], { type: contentType ?? '' });
  return upload(api, path, file, { name, contentId, isInline: !!isInline } as About, rest);
}

/** Adds `file` to the attachments `own`, which are at `path`. */
export async function add(
  api: Api,
  path: Path,
  own: Attachments,
  file: File,
  options?: Adding,
): Promise<Resource<Attachment>> {
  const { name = file?.name ?? 'attachment', contentId, onProgress, ...rest } = options ?? {};
  if (!(file instanceof Blob)) throw api.invalidArgument('a file is a Blob');
  checkProgress(api, onProgress);
  const about = { name, isInline: !!contentId, ...(contentId && { contentId }) };
  const made = await attach(api, path, file, about, { onProgress, ...rest });
  if (typeof made !== 'string') return made as Resource<Attachment>;
  // An upload tells no more than the id. What fails from here on does not make it undone.
  const { size, type } = file;
  const known = { id: made, ...about, size, contentType: type || 'application/octet-stream' } as Resource<Attachment>;
  return made ? own.get(made, { select: FIELDS, ...rest }).catch(() => known) : known;
}

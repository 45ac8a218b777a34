// Attachments: one request for a small file, an upload session for a large one, inline pictures.
import type { Attachment } from '@microsoft/microsoft-graph-types';
import type { Api, Options } from '../calls/api.ts';
import { below, type Path } from '../calls/path.ts';
import type { Attachments, CallOptions, Messages, Progress, Resource } from '../types.ts';
import { attachment } from '../values/drafts.ts';
import { MAX_INLINE, MAX_UPLOAD } from '../values/sizes.ts';

/** Bytes of one piece of an upload: below the 4 MB that a request may have, and a multiple of 320 KiB. */
const PIECE = 3_932_160;
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

interface Session {
  nextExpectedRanges?: string[];
  NextExpectedRanges?: string[];
}

/** Sends `file` piece by piece; resolves with the id of the attachment, where the browser lets us see it. */
async function upload(api: Api, path: Path, file: File, item: object, options: Adding): Promise<string | undefined> {
  const { onProgress, signal, timeout } = options;
  const { size } = file;
  const body = { AttachmentItem: { attachmentType: 'file', ...item, size } };
  const { uploadUrl } = await api.call({
    method: 'POST',
    path: below(path, 'createUploadSession'),
    options: { signal, timeout },
    body,
  });
  // Without a token: the address is a secret of its own, on another host.
  const ask = (method: string, options?: Options, body?: Blob) =>
    api.call({ method, path: uploadUrl, options: { bare: true, ...options }, body, allowed: ['bare'] });
  try {
    for (let at = 0; ; ) {
      const piece = file.slice(at, at + PIECE);
      const headers = {
        'content-range': `bytes ${at}-${at + piece.size - 1}/${size}`,
        'content-type': 'application/octet-stream',
      };
      const answer: Response = await ask('PUT', { headers, signal, timeout }, piece).catch((error) => {
        // It has this piece: the answer to an earlier attempt was lost.
        if (error.status !== 416) throw error;
        return ask('GET', { signal, timeout });
      });
      const { nextExpectedRanges, NextExpectedRanges: ranges = nextExpectedRanges }: Session =
        answer.status === 201 ? {} : await answer.json();
      const next = ranges ? Number.parseInt(ranges[0], 10) : size;
      if (!(next > at)) throw api.fail('invalid_response', 'the upload does not go on');
      at = next;
      onProgress?.(at, size);
      if (answer.status === 201)
        return /'([^']+)'\)$/.exec(decodeURIComponent(answer.headers.get('location') ?? ''))?.[1];
    }
  } catch (error) {
    ask('DELETE').catch(() => {});
    throw error;
  }
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
  const about = { name, ...(contentId && { contentId, isInline: true }) };
  if (file.size <= MAX_INLINE) {
    const { create } = own as unknown as Messages;
    const made = await create({ ...(await attachment(api, file)), ...api.spelled(about) }, rest);
    onProgress?.(file.size, file.size);
    return made;
  }
  if (file.size > MAX_UPLOAD) throw api.fail('too_large', 'an attachment has at most 150 MB');
  const contentType = file.type || 'application/octet-stream';
  let id = await upload(api, path, file, { ...about, contentType }, { onProgress, ...rest });
  const query = { select: FIELDS, ...rest };
  // The last one of that name, where the browser does not let us see the id.
  if (!id) for await (const one of own.all(query)) if (one.name === name) id = one.id;
  if (!id) throw api.fail('invalid_response', 'the attachment has arrived under another name');
  return own.get(id, query);
}

/** The pictures that a message shows, by their content id; the object URLs are the caller's to revoke. */
export async function inlineImages(
  { spell }: Api,
  own: Attachments,
  options?: CallOptions,
): Promise<Map<string, string>> {
  const field = (one: object, name: string) => (one as Record<string, unknown>)[spell(name)] as string;
  const select = ['id', 'contentType', 'isInline'].map(spell) as (typeof FIELDS)[number][];
  const found = new Map<string, Blob>();
  for await (const one of own.all({ ...options, select })) {
    const type = field(one, 'contentType');
    // Not all programs that write mail say that a picture is inline.
    if (!field(one, 'isInline') && !/^image\//i.test(type)) continue;
    const whole = await own.get(field(one, 'id'), options);
    const bytes = field(whole, 'contentBytes');
    if (!field(whole, 'contentId') || !bytes) continue;
    const raw = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
    found.set(field(whole, 'contentId'), new Blob([raw], { type }));
  }
  // At the end: what nobody gets nobody can revoke.
  return new Map([...found].map(([name, blob]) => [name, URL.createObjectURL(blob)]));
}

// Upload sessions: a large file goes piece by piece, to an address with a secret of its own.
import type { Api, Options } from '../calls/api.ts';
import { below, type Path } from '../calls/path.ts';
import type { Progress } from '../types.ts';
import { plainNames } from '../values/recipients.ts';

/** Bytes of one piece of an upload: below the 4 MB that a request may have, and a multiple of 320 KiB. */
const PIECE = 3_932_160;

export interface Uploading extends Options {
  onProgress?: Progress | undefined;
}
/** What the session is told of the file. */
export interface About {
  name: string;
  contentType?: string;
  contentId?: string;
  isInline?: boolean;
}

/** Calls `onProgress`; what it throws is told as the error of an argument. At the end it changes nothing any more. */
export function tell({ invalidArgument }: Api, onProgress: Progress | undefined, sent: number, total: number): void {
  try {
    onProgress?.(sent, total);
  } catch (cause) {
    if (sent < total) throw invalidArgument('`onProgress` threw', cause);
  }
}

/** How far an upload is. */
interface Step {
  at: number;
  /** Of the attachment, where it is known. */
  id?: string | undefined;
  /** By our own count: the service did not say. */
  counted?: boolean;
}

/**
 * Sends `file` to the attachments at `path`; resolves with the id of the attachment, or with an empty text where nobody
 * tells it.
 */
export async function upload(api: Api, path: Path, file: Blob, about: About, options: Uploading): Promise<string> {
  const { onProgress, ...rest } = options;
  const { signal, timeout } = rest;
  const { size } = file;
  const contentType = file.type || 'application/octet-stream';
  const session = await api.call({
    method: 'POST',
    path: below(path, 'createUploadSession'),
    options: rest,
    body: { AttachmentItem: { attachmentType: 'file', contentType, ...about, size } },
  });
  const { uploadUrl } = plainNames(session);
  if (typeof uploadUrl !== 'string') throw api.fail('invalid_response', 'the upload does not go on');
  // Without a token: the address is a secret of its own, on another host.
  const ask = (method: string, options?: Options, body?: Blob): Promise<Response> =>
    api.call({ method, path: uploadUrl, options: { bare: true, ...options }, body, allowed: ['bare'] });

  /** The id of the attachment, where the list has it: the last one of this name and size. Null where nobody tells. */
  const attached = async () => {
    let found: string | undefined;
    const query = { ...rest, select: ['id', 'name', 'size'] };
    try {
      for await (const one of api.walk((own) => api.list<Record<string, unknown>>(api, path, own), query))
        if (one.name === about.name && (one.size as number) >= size) found = one.id as string;
    } catch {
      return found ?? null;
    }
    return found;
  };
  /** Sends the bytes from `at`. */
  const send = async ({ at, counted }: Step): Promise<Step> => {
    const end = Math.min(at + PIECE, size);
    const headers = { 'content-range': `bytes ${at}-${end - 1}/${size}`, 'content-type': 'application/octet-stream' };
    let failure: unknown;
    try {
      return await read(api, await ask('PUT', { headers, signal, timeout }, file.slice(at, end)), at, end, size);
    } catch (error) {
      failure = error;
    }
    const { code, status } = failure as { code?: string; status?: number };
    if (code === 'aborted') throw failure;
    if (status === 416 || status === 400) {
      // It has this piece already: an answer was lost. Some services do not tell where they are.
      const answer = await ask('GET', { signal, timeout }).catch(() => undefined);
      if (answer) return read(api, answer, at, at, size);
      if (end < size && !counted) return { at: end, counted: true };
    }
    // The last piece may have arrived, though its answer does not say so.
    const id = end === size ? await attached() : undefined;
    if (id) return { at: size, id };
    // Where it was refused, it is not there.
    if (id === null && !((status as number) < 500))
      throw api.fail('outcome_unknown', 'the last piece may have arrived: look at the attachments', failure);
    throw failure;
  };

  try {
    for (let step: Step = { at: 0 }; ; ) {
      step = await send(step);
      tell(api, onProgress, step.at, size);
      if (step.at === size) return step.id ?? (await attached()) ?? '';
    }
  } catch (error) {
    ask('DELETE').catch(() => {});
    throw error;
  }
}

/** Reads what the service answers to the bytes from `from` to `to`. Throws where it does not go on. */
async function read(api: Api, answer: Response, from: number, to: number, size: number): Promise<Step> {
  const text = await answer.text();
  let body: unknown;
  let id: unknown;
  try {
    id = /'([^']+)'\)$/.exec(decodeURIComponent(answer.headers.get('location') ?? ''))?.[1];
    body = JSON.parse(text);
  } catch {} // Then it has none.
  const { nextExpectedRanges: ranges, id: own = id } = plainNames(body);
  // The last piece: answered with the attachment, or with nothing.
  if (answer.status === 201 || (to === size && (own || !text))) return { at: size, id: own as string | undefined };
  const next = Number.parseInt((ranges as string[] | undefined)?.[0] ?? '', 10);
  if (!(next > from && next < size)) throw api.fail('invalid_response', 'the upload does not go on');
  return { at: next };
}

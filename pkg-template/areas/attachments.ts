// Attachments: one request for a small file, an upload session for a large one, inline pictures.
import { attachment } from './drafts.js';
import { LARGEST, tooLarge } from './sizes.js';

const MOST = 150 * 1024 * 1024;
/** A piece of an upload: below the 4 MB that a request may have, and a multiple of 320 KiB. */
const PIECE = 3_932_160;
const ABOUT = ['id', 'name', 'contentType', 'size', 'isInline', 'lastModifiedDateTime'];

/** Refuses what cannot be told how far a sending is. */
export function heeded(face, onProgress) {
  if (onProgress !== undefined && typeof onProgress !== 'function') throw face.wrong('`onProgress` is a function');
}

/** Sends `file` piece by piece; resolves with the id of the attachment, where the browser lets us see it. */
async function upload(face, user, path, ids, file, item, { onProgress, signal, timeout }) {
  const { size } = file;
  const { uploadUrl } = await face.call('POST', user, `${path}/createUploadSession`, ids, { signal, timeout }, { AttachmentItem: { attachmentType: 'file', ...item, size } });
  const ask = (method, options, body) => face.call(method, undefined, uploadUrl, undefined, { bare: true, ...options }, body, 'bare');
  try {
    for (let at = 0; ;) {
      const piece = file.slice(at, at + PIECE);
      const headers = { 'content-range': `bytes ${at}-${at + piece.size - 1}/${size}`, 'content-type': 'application/octet-stream' };
      const answer = await ask('PUT', { headers, signal, timeout }, piece).catch((error) => {
        // It has this piece: the answer to an earlier attempt was lost.
        if (error.status !== 416) throw error;
        return ask('GET', { signal, timeout });
      });
      const { nextExpectedRanges, NextExpectedRanges = nextExpectedRanges } = answer.status === 201 ? {} : await answer.json();
      const next = NextExpectedRanges ? Number.parseInt(NextExpectedRanges[0], 10) : size;
      if (!(next > at)) throw face.fail('invalid_response', 'the upload does not go on');
      at = next;
      onProgress?.(at, size);
      if (answer.status === 201) return /'([^']+)'\)$/.exec(decodeURIComponent(answer.headers.get('location') ?? ''))?.[1];
    }
  } catch (error) {
    ask('DELETE').catch(() => {});
    throw error;
  }
}

/** Adds `file` to the attachments `own`, under `path`, a template whose `{}` are `ids`. */
export async function add(face, user, path, ids, own, file, options) {
  const { name = file?.name ?? 'attachment', contentId, onProgress, ...rest } = options ?? {};
  if (!(file instanceof Blob)) throw face.wrong('a file is a Blob');
  heeded(face, onProgress);
  const about = { name, ...(contentId && { contentId, isInline: true }) };
  if (file.size <= LARGEST) {
    const made = await own.create({ ...await attachment(face, file), ...face.spelled(about) }, rest);
    onProgress?.(file.size, file.size);
    return made;
  }
  if (file.size > MOST) throw tooLarge(face, 'an attachment has at most 150 MB');
  let id = await upload(face, user, path, ids, file, { ...about, contentType: file.type || 'application/octet-stream' }, { onProgress, ...rest });
  const query = { select: ABOUT, ...rest };
  // The last one of that name, where the browser does not let us see the id.
  if (!id) for await (const one of own.all(query)) if (one.name === name) id = one.id;
  if (!id) throw face.fail('invalid_response', 'the attachment has arrived under another name');
  return own.get(id, query);
}

/** The pictures that a message shows, by their content id; the object URLs are the caller's to revoke. */
export async function inlineImages({ spell }, own, options) {
  const [id, type, inline, cid, bytes] = ['id', 'contentType', 'isInline', 'contentId', 'contentBytes'].map(spell);
  const found = new Map();
  for await (const { [id]: one, [type]: kind, [inline]: shown } of own.all({ ...options, select: [id, type, inline] })) {
    // Not all programs that write mail say that a picture is inline.
    if (!shown && !/^image\//i.test(kind)) continue;
    const whole = await own.get(one, options);
    if (!whole[cid] || !whole[bytes]) continue;
    const raw = Uint8Array.from(atob(whole[bytes]), (char) => char.charCodeAt());
    found.set(whole[cid], new Blob([raw], { type: kind }));
  }
  // At the end: what nobody gets nobody can revoke.
  return new Map([...found].map(([name, blob]) => [name, URL.createObjectURL(blob)]));
}

/** Sends a message whose files are more than one request takes: into a draft, one by one. What fails leaves no draft behind. */
export async function sendLarge(face, messages, message, files, { saveToSentItems, onProgress, ...rest }) {
  const { api, graph, spell, fail, wrong } = face;
  if (!saveToSentItems) throw wrong('a message with more than 3 MB of attachments is sent as a draft, which is always saved');
  const large = files.filter((one) => one instanceof Blob);
  const size = large.reduce((sum, one) => sum + one.size, 0);
  const largest = Math.max(...large.map((one) => one.size));
  if (largest > MOST) throw tooLarge(face, 'an attachment has at most 150 MB');
  if (largest > LARGEST && !graph) throw fail('unsupported_by_api', `${api} has no attachments of more than 3 MB; these have: graph`);
  const { [spell('id')]: id } = await messages.create({ ...message, [spell('attachments')]: undefined, attachments: files.filter((one) => !large.includes(one)) }, rest);
  try {
    let before = 0;
    for (const file of large) {
      await messages.attachments(id).add(file, { ...rest, onProgress: (sent) => onProgress?.(before + sent, size) });
      before += file.size;
    }
  } catch (error) {
    await messages.delete(id).catch(() => {});
    throw error;
  }
  await messages.send(id, rest);
}

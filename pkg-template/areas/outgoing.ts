// Messages that are written: created, sent, answered. What is more than one request takes goes by a draft, to which the
// attachments are added one by one.
import type { Api, Options } from '../calls/api.ts';
import { below, path, type Path } from '../calls/path.ts';
import type { Draft, Messages, Progress } from '../types.ts';
import { draft, nameIn } from '../values/drafts.ts';
import { mayFit } from '../values/sizes.ts';
import { attach, checkAttachment, checkProgress, fits } from './attachments.ts';
import { onlyIn, split } from './fields.ts';
import { tell, type Uploading } from './uploads.ts';

type Answering = Options & { all?: boolean };
type Fields = Record<string, unknown>;

/** Where a message is posted, and the body there. */
interface Post {
  path: Path;
  body(message: unknown): Promise<Fields>;
}
interface Sending {
  saveToSentItems?: boolean | undefined;
  onProgress?: Progress | undefined;
}

/** An action on the message `id`; `fields` of its body are beside the message that it makes. */
const action = (api: Api, id: string, name: string, fields: Fields, options: Options): Post => ({
  path: below(path`messages/${id}`, name),
  body: async (message) =>
    api.spelled(await draft(api, { ...fields, ...(message !== undefined && { message }) }, options.timeZone)),
});

export async function reply(api: Api, id: string, said: string | Draft, options?: Answering): Promise<void> {
  if (said === undefined || said === null) throw api.invalidArgument('a reply is a text or a draft');
  const { all, ...rest } = options ?? {};
  const toAll = api.booleanOption(all, 'all') ? 'All' : '';
  const [comment, message] = typeof said === 'string' ? [said] : [undefined, said];
  onlyIn(api, ['graph', 'outlook-v2'], { message });
  const [whole, byDraft] = ['reply', 'createReply'].map((name) =>
    action(api, id, name + toAll, comment === undefined ? {} : { comment }, rest),
  ) as [Post, Post];
  await compose(api, message, whole, byDraft, rest);
}

export async function createReply(api: Api, id: string, options?: Answering & { comment?: string; message?: Draft }) {
  const { all, ...rest } = options ?? {};
  const toAll = api.booleanOption(all, 'all') ? 'All' : '';
  return answer(api, id, `createReply${toAll}`, ['comment'], rest);
}

export const createForward = async (api: Api, id: string, options?: Options) =>
  answer(api, id, 'createForward', ['comment', 'toRecipients'], options);

/** A draft of an answer, made by `name`; `names` are the options that become fields of its body. */
async function answer(api: Api, id: string, name: string, names: string[], options?: Options) {
  const [{ message, ...fields }, rest] = split(options, ['message', ...names]);
  onlyIn(api, ['graph', 'outlook-v2'], { message });
  return compose(api, message, action(api, id, name, fields, rest), undefined, rest) as ReturnType<
    Messages['createReply']
  >;
}

/** Creates a message in the collection at `path`. */
export const message = (api: Api, path: Path, given: object, options?: Options) =>
  compose(api, given, { path, body: (message) => draft(api, message, options?.timeZone) }, undefined, { ...options });

/** Sends in one call, or by a draft. */
export async function send(api: Api, given: Draft, options?: Options & Sending): Promise<void> {
  const { saveToSentItems: kept, onProgress, ...rest } = options ?? {};
  const saveToSentItems = api.booleanOption(kept, 'saveToSentItems', true);
  checkProgress(api, onProgress);
  const body = (message: unknown) => draft(api, message, rest.timeZone);
  const whole = {
    path: path`sendMail`,
    body: async (message: unknown) => api.spelled({ message: await body(message), saveToSentItems }),
  };
  const byDraft = {
    path: path`messages`,
    body: (message: unknown) => {
      if (!saveToSentItems) throw api.invalidArgument('a large message is sent as a draft, which is always saved');
      return body(message);
    },
  };
  await compose(api, given, whole, byDraft, { ...rest, onProgress });
}

/**
 * Posts a message by `whole` where it is no more than a request takes. Else it posts the message without its
 * attachments, adds them one by one, and where `byDraft` made a draft of what is to be sent, sends it. Where that
 * fails, the draft is deleted, or named in the error.
 */
async function compose(
  api: Api,
  given: unknown,
  whole: Post,
  byDraft: Post | undefined,
  options: Options & Sending,
): Promise<unknown> {
  const { onProgress, ...rest } = options;
  const key = nameIn(api, (given ?? {}) as Fields, 'attachments') ?? '';
  const { [key]: attachments, ...bare } = (given ?? {}) as Fields;
  const files: unknown[] = Array.isArray(attachments) ? attachments : [];
  const size = files.reduce<number>((sum, one) => sum + sizeOf(one), 0);
  const post = ({ path }: Post, body: unknown) => api.call({ method: 'POST', path, options: rest, body });
  if (mayFit(api, size)) {
    const body = await whole.body(given);
    if (fits(api, body)) {
      const made = await post(whole, body);
      tell(api, onProgress, size, size);
      return made;
    }
  }
  for (const one of files) await checkAttachment(api, one);
  const body = await (byDraft ?? whole).body(bare);
  if (!fits(api, body)) throw api.fail('too_large', 'a message has at most 3 MB');
  const made = await post(byDraft ?? whole, body);
  const id = made?.[api.spell('id')];
  if (typeof id !== 'string') throw api.fail('invalid_response', 'the answer is no draft');
  let sending = false;
  try {
    await attachAll(api, id, files as object[], { ...rest, onProgress: (sent) => tell(api, onProgress, sent, size) });
    if (!byDraft) return made;
    // What is aborted by now is not sent.
    sending = !rest.signal?.aborted;
    return await api.call({ method: 'POST', path: path`messages/${id}/send`, options: rest });
  } catch (error) {
    const { status = 0, message } = error as { status?: number; message: string };
    // Only a refusal says that it was not sent: else the draft may be on its way.
    const unwanted = !sending || (status >= 400 && status < 500);
    const discard = async () => api.call({ method: 'DELETE', path: path`messages/${id}` });
    const stays =
      !unwanted ||
      (await discard().then(
        () => false,
        () => true,
      ));
    if (stays)
      Object.assign(error as object, {
        draftId: id,
        message: `${message}; the draft ${id} may be left`,
      });
    throw error;
  }
}

const sizeOf = (one: unknown) => (one instanceof Blob ? one.size : 0);

/** Attaches `files` to the message `id`; the progress is that of all. */
async function attachAll(api: Api, id: string, files: object[], { onProgress, ...rest }: Uploading): Promise<void> {
  let before = 0;
  for (const file of files) {
    const progress = (sent: number) => onProgress?.(before + sent, 0);
    const about = file instanceof Blob ? { name: (file as File).name ?? 'attachment' } : {};
    await attach(api, path`messages/${id}/attachments`, file, about, { ...rest, onProgress: progress });
    before += sizeOf(file);
  }
}

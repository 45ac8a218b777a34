// Messages that go out: sent, and answered.
import type { Api, Options } from '../calls/api.ts';
import { below, path } from '../calls/path.ts';
import type { Draft, Messages, Progress } from '../types.ts';
import { checkProgress } from './attachments.ts';
import { onlyIn, postFields, split } from './fields.ts';
import { draft } from '../values/drafts.ts';
import { MAX_INLINE, MAX_UPLOAD } from '../values/sizes.ts';

type ReplyAction = 'reply' | 'createReply';
type Answering = Options & { all?: boolean };

/** `comment` is a text above the quoted message, `message` has fields that replace those of the answer. */
async function answer(
  api: Api,
  action: ReplyAction,
  id: string,
  said: { comment?: unknown; message?: unknown },
  options: Answering,
) {
  const { all, ...rest } = options;
  onlyIn(api, ['graph', 'outlook-v2'], { message: said.message });
  const toAll = api.booleanOption(all, 'all') ? 'All' : '';
  return postFields(api, below(path`messages/${id}`, `${action}${toAll}`), said, rest);
}

export async function reply(api: Api, id: string, said: string | Draft, options?: Answering): Promise<void> {
  if (said === undefined || said === null) throw api.invalidArgument('a reply is a text or a draft');
  return answer(api, 'reply', id, typeof said === 'string' ? { comment: said } : { message: said }, { ...options });
}

export async function createReply(api: Api, id: string, options?: Answering & { comment?: string; message?: Draft }) {
  const { comment, message, ...rest } = options ?? {};
  return answer(api, 'createReply', id, { comment, message }, rest);
}

export async function createForward(api: Api, id: string, options?: Options) {
  const [fields, rest] = split(options, ['comment', 'message', 'toRecipients']);
  onlyIn(api, ['graph', 'outlook-v2'], { message: fields.message });
  return postFields(api, path`messages/${id}/createForward`, fields, rest);
}

interface Sending {
  saveToSentItems?: boolean | undefined;
  onProgress?: Progress | undefined;
}

/** Sends in one call; with more files than it takes, by a draft. */
export async function send(api: Api, messages: Messages, message: Draft, options?: Options & Sending): Promise<void> {
  const { saveToSentItems: given, onProgress, ...rest } = options ?? {};
  const saveToSentItems = api.booleanOption(given, 'saveToSentItems', true);
  checkProgress(api, onProgress);
  const fields = (message ?? {}) as Record<string, unknown>;
  const files: unknown[] = [fields.attachments, fields[api.spell('attachments')]].find(Array.isArray) ?? [];
  const size = total(files.filter((one) => one instanceof Blob));
  if (size > MAX_INLINE) return sendByDraft(api, messages, message, files, { saveToSentItems, onProgress, ...rest });
  const body = api.spelled({ message: await draft(api, message), saveToSentItems });
  await api.call({ method: 'POST', path: path`sendMail`, options: rest, body });
  onProgress?.(size, size);
}

const total = (files: Blob[]) => files.reduce((sum, one) => sum + one.size, 0);

/**
 * Sends a message whose files are more than one request takes: into a draft, one by one. Where a file is refused, the
 * draft is deleted.
 */
async function sendByDraft(
  api: Api,
  messages: Messages,
  message: Draft,
  files: unknown[],
  options: Options & Sending,
): Promise<void> {
  const { saveToSentItems, onProgress, ...rest } = options;
  const { flavor, graph, spell, fail, invalidArgument } = api;
  if (!saveToSentItems)
    throw invalidArgument('a message with more than 3 MB of attachments is sent as a draft, which is always saved');
  const large = files.filter((one) => one instanceof Blob);
  const size = total(large);
  const largest = Math.max(...large.map((one) => one.size));
  if (largest > MAX_UPLOAD) throw fail('too_large', 'an attachment has at most 150 MB');
  if (largest > MAX_INLINE && !graph)
    throw fail('unsupported_by_api', `${flavor} has no attachments of more than 3 MB; these have: graph`);
  const others = files.filter((one) => !(one instanceof Blob)) as Draft['attachments'];
  const made = (await messages.create(
    { ...message, [spell('attachments')]: undefined, attachments: others },
    rest,
  )) as object as Record<string, unknown>;
  const id = made[spell('id')] as string;
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

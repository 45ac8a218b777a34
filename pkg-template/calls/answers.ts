// The answers to the items of a batch.
import type { Api } from './api.ts';
import { type BatchAnswer, type BatchItem, isKeyed } from './core.ts';
import { path } from './path.ts';

export { pause as wait } from '../session/task.ts';

export const BATCH = path`/$batch`;

/** The answers of a batch by their ids. */
export function byId(body: unknown): Map<string | undefined, BatchAnswer> {
  const { responses } = (body ?? {}) as { responses?: (Partial<BatchAnswer> | null)[] };
  const answers = Array.isArray(responses) ? responses : [];
  return new Map(answers.map((one) => [one?.id, { status: 0, ...one, headers: one?.headers ?? {} }]));
}

/** Whether the item was done. */
export const isSuccess = ({ status = 0 }: Partial<BatchAnswer> = {}) => status >= 200 && status < 300;

/** What an answer to `item` means, which was sent again `repeats` times already. */
export function judge(api: Api, answer: BatchAnswer, item: Omit<BatchItem, 'id'>, repeats = 0, doubt = 0) {
  const { status, headers, body } = answer;
  const { method, url, headers: sent, body: content } = item;
  const said = JSON.stringify(body) ?? '';
  return api.judge(status, headers, said, method, url, 'if-match' in sent, isKeyed(content), repeats, doubt);
}

// Several calls in one request: reads that wait together, and batches of the caller's own.
import type { BatchRequest, BatchResponse, CallOptions } from '../types.ts';
import type { Exo365Error } from '../error.ts';
import { base64 } from '../values/drafts.ts';
import type { Api } from './api.ts';
import { encodeBody } from './bodies.ts';
import type { BatchAnswer, BatchItem } from './core.ts';
import { path } from './path.ts';
import { BATCH_SIZE, type WaitingRead } from './queue.ts';

const BATCH = path`/$batch`;

/** The answers of a batch by their ids. */
function byId(body: unknown): Map<string | undefined, BatchAnswer> {
  const { responses } = (body ?? {}) as { responses?: (Partial<BatchAnswer> | null)[] };
  const answers = Array.isArray(responses) ? responses : [];
  return new Map(answers.map((one) => [one?.id, { status: 0, ...one, headers: one?.headers ?? {} }]));
}

const wait = (time: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, time);
    signal?.addEventListener('abort', () => resolve());
  });

/**
 * Answers waiting reads by one batch. What the batch does not answer well is asked for alone: there it has its renewal
 * and its repeats.
 */
export async function sendTogether(api: Api, taken: readonly WaitingRead[]): Promise<void> {
  const items: BatchItem[] = [];
  const asked: WaitingRead[] = [];
  for (const one of taken) {
    try {
      items.push({ id: `${asked.length}`, ...one.read() });
      asked.push(one);
    } catch {
      one.resolve(one.alone()); // it is refused there, with the reason
    }
  }
  const [content, headers] = encodeBody(api, { requests: items });
  const answers = await api.send('POST', BATCH, content, headers).then(byId, byId);
  for (const [at, one] of asked.entries()) settle(api, one, answers.get(`${at}`));
}

/** Settles a read by its answer, or by a call of its own. */
function settle(api: Api, { resolve, reject, alone }: WaitingRead, answer?: BatchAnswer): void {
  if (!answer || answer.status === 401) resolve(alone());
  else if (answer.status < 300) resolve(answer.body);
  else {
    const [error, time] = api.judge(answer, 'GET', 0);
    if (time === undefined) reject(error);
    else resolve(wait(time).then(alone));
  }
}

/** Parts of at most 20, in which nothing depends on what is in another. */
function parts(api: Api, items: readonly BatchItem[]): BatchItem[][] {
  const groups: BatchItem[][] = [];
  for (const item of items) {
    const needed = new Set([item.id, ...(item.dependsOn ?? [])]);
    const related = groups.filter((group) =>
      group.some((one) => needed.has(one.id) || one.dependsOn?.includes(item.id)),
    );
    groups.splice(0, groups.length, ...groups.filter((group) => !related.includes(group)), [...related.flat(), item]);
  }
  let last: BatchItem[] = [];
  const out = [last];
  for (const group of groups) {
    if (group.length > BATCH_SIZE) throw api.invalidArgument(`more than ${BATCH_SIZE} requests depend on one another`);
    if (last.length + group.length > BATCH_SIZE) {
      last = [];
      out.push(last);
    }
    last.push(...group);
  }
  return out;
}

type Request = BatchRequest & { id: string; dependsOn: readonly string[] };

/** The caller's requests with their ids, of which all differ and none is missing. */
function withIds(api: Api, requests: readonly BatchRequest[]): Request[] {
  const { invalidArgument } = api;
  const given = requests.map((one, at) => ({ ...one, id: one?.id ?? `${at + 1}`, dependsOn: one?.dependsOn ?? [] }));
  const isId = (id: unknown) => typeof id === 'string' && id !== '';
  if (!given.every(({ id, dependsOn }) => Array.isArray(dependsOn) && [id, ...dependsOn].every(isId))) {
    throw invalidArgument('ids of a batch are texts, and `dependsOn` is a list of them');
  }
  // The service does not tell capitals from small letters.
  const ids = new Map(given.map(({ id }) => [id.toLowerCase(), id]));
  const lost = given.find(({ dependsOn }) => !dependsOn.every((id) => ids.has(id.toLowerCase())));
  if (lost) throw invalidArgument(`dependsOn of ${lost.id} names a request that is not there`);
  if (ids.size < given.length) throw invalidArgument('ids of a batch differ in more than case');
  return given.map((one) => ({ ...one, dependsOn: one.dependsOn.map((id) => ids.get(id.toLowerCase()) as string) }));
}

async function itemOf(
  api: Api,
  { id, method, path, headers, body, dependsOn }: Request,
  timeZone?: string,
): Promise<BatchItem> {
  const item: BatchItem = { id, ...api.batchItem({ method, path, options: { headers, timeZone } }) };
  if (dependsOn.length) item.dependsOn = [...dependsOn];
  if (body instanceof Blob) {
    item.headers['content-type'] ??= body.type || 'application/octet-stream';
    item.body = await base64(api, body);
  } else if (body !== undefined || item.method === 'POST') {
    item.headers['content-type'] ??= 'application/json';
    item.body = body ?? {};
  }
  return item;
}

/** A batch of the caller's own, in parts of 20; what was throttled is sent again with what depends on it. */
export async function batch(
  api: Api,
  requests: readonly BatchRequest[],
  options?: Pick<CallOptions, 'signal' | 'timeout' | 'timeZone'>,
): Promise<BatchResponse[]> {
  const { signal, timeout, timeZone, ...unknown } = options ?? {};
  if (!Array.isArray(requests) || Object.keys(unknown).length) {
    throw api.invalidArgument('batch takes a list of requests, and `signal`, `timeout`, `timeZone`');
  }
  const given = withIds(api, requests);
  const items = await Promise.all(given.map((one) => itemOf(api, one, timeZone)));
  const results = new Map<string, BatchResponse>();
  for (let todo = items, round = 0; todo.length; round++) {
    let longest = 0;
    const again = new Set<string>();
    for (const part of parts(api, todo)) {
      let failure: Exo365Error | undefined;
      const answers = byId(
        await api
          .call({ method: 'POST', path: BATCH, options: { signal, timeout }, body: { requests: part } })
          .catch((error) => {
            // What other parts have done is not lost with this one.
            if (!results.size || error.code === 'aborted') throw error;
            failure = error;
          }),
      );
      for (const { id, method } of part) {
        const answer = answers.get(id) ?? { status: failure?.status ?? 0, headers: {}, body: undefined };
        const { status, headers, body } = answer;
        const [error, time] = judged(api, answer, failure, method, round);
        results.set(id, { id, status, headers, body, ...(error && { error }) });
        if (time === undefined) continue;
        longest = Math.max(longest, time);
        again.add(id);
      }
    }
    todo = toRepeat(todo, results, again);
    if (todo.length) await wait(longest, signal);
  }
  return given.map(({ id }) => results.get(id) as BatchResponse);
}

/** The error of an answer, and how long to wait before the item is sent again: undefined where it is not. */
function judged(
  api: Api,
  answer: BatchAnswer,
  failure: Exo365Error | undefined,
  method: string,
  round: number,
): [Exo365Error?, number?] {
  const { status } = answer;
  if (failure) return [failure];
  if (!status) return [api.fail('invalid_response', 'the batch has no answer to this call')];
  return status < 200 || status >= 300 ? api.judge(answer, method, round) : [];
}

/** The items to send again, with those that waited for them. What was done before needs no waiting for. */
function toRepeat(items: BatchItem[], results: ReadonlyMap<string, BatchResponse>, again: Set<string>): BatchItem[] {
  for (const { id, dependsOn } of items) {
    if (results.get(id)?.status === 424 && dependsOn?.some((one) => again.has(one))) again.add(id);
  }
  return items
    .filter(({ id }) => again.has(id))
    .map(({ dependsOn, ...one }) => {
      const still = dependsOn?.filter((id) => again.has(id));
      return still?.length ? { ...one, dependsOn: still } : one;
    });
}

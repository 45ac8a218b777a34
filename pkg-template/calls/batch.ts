// Batches of the caller's own.
import type { BatchRequest, BatchResponse, CallOptions } from '../types.ts';
import type { Exo365Error } from '../error.ts';
import { base64 } from '../values/base64.ts';
import type { Api } from './api.ts';
import { BATCH, byId, isSuccess, judge, wait } from './answers.ts';
import type { BatchAnswer, BatchItem } from './core.ts';
import { batches, isAcyclic } from './sequences.ts';

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
  const named = given.map((one) => ({
    ...one,
    dependsOn: one.dependsOn.map((id) => ids.get(id.toLowerCase()) as string),
  }));
  if (!isAcyclic(named)) throw invalidArgument('`dependsOn` leads in a circle');
  return named;
}

async function itemOf(
  api: Api,
  { id, method, path, headers, body, dependsOn }: Request,
  timeZone?: string,
): Promise<BatchItem> {
  const item: BatchItem = { id, ...api.batchItem({ method, path, options: { headers, timeZone } }) };
  if (dependsOn.length) item.dependsOn = [...dependsOn];
  if (body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    const blob = new Blob([body as BlobPart]);
    item.headers['content-type'] ??= (body as Blob).type || 'application/octet-stream';
    item.body = await base64(api, blob);
  } else if (body !== undefined || item.method === 'POST') {
    item.headers['content-type'] ??= 'application/json';
    item.body = body ?? {};
  }
  return item;
}

/** What is known of one request of the caller's. */
interface Progress {
  repeats: number;
  doubt: number;
}

/** A batch of the caller's own: in rounds, of batches in the shape that the service takes. */
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
  const run = new Rounds(api, { signal, timeout });
  await run.all(items);
  return given.map(({ id }) => run.results.get(id) as BatchResponse);
}

/** The rounds of one batch of the caller's. */
class Rounds {
  readonly results = new Map<string, BatchResponse>();
  readonly #api: Api;
  readonly #options: Pick<CallOptions, 'signal' | 'timeout'>;
  readonly #progress = new Map<string, Progress>();
  /** Whether a batch was answered: what is done is not lost with another batch that fails. */
  #answered = false;
  #failure: Exo365Error | undefined;
  /** Milliseconds until the next round. */
  #pause = 0;

  constructor(api: Api, options: Pick<CallOptions, 'signal' | 'timeout'>) {
    this.#api = api;
    this.#options = options;
  }

  async all(items: readonly BatchItem[]): Promise<void> {
    for (let waiting = items; waiting.length; ) {
      this.#pause = 0;
      await Promise.all(batches(waiting).map((part) => this.#send(part)));
      waiting = this.#open(waiting);
      if (waiting.length && this.#pause) await wait(this.#pause, this.#options.signal);
    }
    const nothing = [...this.results.values()].every(({ error }) => error && error.code !== 'outcome_unknown');
    if (this.#failure && !this.#answered && nothing) throw this.#failure;
  }

  /** What is left for the next round. What waited for a request that failed fails with it. */
  #open(waiting: readonly BatchItem[]): BatchItem[] {
    const left = waiting.filter(({ id }) => !this.results.has(id));
    const lost = left.filter(({ dependsOn }) => dependsOn?.some((id) => this.results.get(id)?.error));
    if (!lost.length) return left;
    const body = { error: { code: 'FailedDependency', message: 'Request failed as dependent request failed' } };
    for (const item of lost) this.#told(item, { status: 424, headers: {}, body });
    return this.#open(left);
  }

  async #send(part: BatchItem[]): Promise<void> {
    const call = { method: 'POST', path: BATCH, options: this.#options, body: { requests: part } };
    let failure: Exo365Error | undefined;
    const answers = await this.#api.call(call).then(byId, (error) => {
      if (error.code === 'aborted') throw error;
      failure = error;
      return byId(undefined);
    });
    this.#answered ||= !failure;
    this.#failure = failure ?? this.#failure;
    // That an item succeeded ends the rests of its mailbox.
    const done = part.find(({ id }) => isSuccess(answers.get(id)));
    if (done) judge(this.#api, { status: 200, headers: {} }, done);
    let broken = false;
    for (const item of part) {
      const answer = answers.get(item.id) ?? { status: lostStatus(failure), headers: {}, body: undefined };
      // Behind a failure nothing of a sequence has run: it comes in the next round.
      if (answer.status === 424 && broken && item.dependsOn) continue;
      broken = !this.#settle(item, answer, failure) || broken;
    }
  }

  /** Notes what came back for an item; whether the next one of its sequence has run. */
  #settle(item: BatchItem, answer: BatchAnswer, failure?: Exo365Error): boolean {
    const { id } = item;
    const { status, headers, body } = answer;
    if (isSuccess(answer)) {
      this.results.set(id, { id, status, headers, body });
      return true;
    }
    if (failure && !IN_DOUBT.includes(failure.code)) {
      this.results.set(id, { id, status: failure.status ?? 0, headers, body, error: failure });
      return false;
    }
    const { repeats, doubt } = this.#progress.get(id) ?? { repeats: 0, doubt: 0 };
    const [error, time, next] = judge(this.#api, answer, item, repeats, doubt);
    if (error && time !== undefined) {
      this.#progress.set(id, { repeats: repeats + 1, doubt: next ?? 0 });
      this.#pause = Math.max(this.#pause, time);
    } else this.#told(item, answer, error, failure);
    return !error;
  }

  /** Notes what a request came to for good. Without an error it is done, as a deletion that finds nothing any more. */
  #told({ id, ...item }: BatchItem, answer: BatchAnswer, told?: Exo365Error, failure?: Exo365Error): void {
    const { status, headers, body } = answer;
    let error = told ?? (status === 424 ? judge(this.#api, answer, item)[0] : undefined);
    if (!error) return void this.results.set(id, { id, status: 204, headers: {}, body: undefined });
    // A read whose batch was lost: what its own answer would have been nobody asks.
    if (error.code === 'invalid_response' && !status)
      error = failure ?? this.#api.fail('invalid_response', 'the batch has no answer to this call');
    this.results.set(id, { id, status: status || (failure?.status ?? 0), headers, body, error });
  }
}

/** How a batch fails of which some requests may have been done. */
const IN_DOUBT = ['network', 'timeout', 'invalid_response', 'service_unavailable'];

/** The status of an item whose batch failed: 0 where no answer came. */
const lostStatus = (failure?: Exo365Error): number => {
  const { code, status = 0 } = failure ?? {};
  return code === 'service_unavailable' ? status : 0;
};

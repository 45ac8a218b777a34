// Reads that wait together: in sequences, or in one parallel batch where the service has no `dependsOn`.
import { BATCH, byId, isSuccess, judge, wait } from './answers.ts';
import type { Api } from './api.ts';
import type { BatchItem } from './core.ts';
import { insert, type Lane, type Shape, type WaitingRead } from './queue.ts';
import { BATCH_SIZE, type Flight, type Pace, learnt, share, UNKNOWN } from './schedule.ts';

/** What is known of a mailbox. */
export interface Knowledge {
  pace: Pace;
  readonly flights: Set<Flight>;
  /** Until when the mailbox rests: what leaves before takes longer than it would. */
  restsUntil: number;
}

/**
 * Takes reads from `lane`, whose turn it is, and answers them by one batch. What the batch does not answer well is
 * asked for alone: there it has its renewal and its repeats. What did not run behind such a one waits again.
 */
export async function sendTogether(api: Api, lane: Lane, limit: number, shape: Shape): Promise<void> {
  lane.known ??= { pace: UNKNOWN, flights: new Set(), restsUntil: 0 };
  const { waiting, known } = lane;
  const free = Math.max(1, lane.starting--);
  // A write came meanwhile and goes first, or no call waits any more.
  if (!waiting[0]?.read) return waiting.shift()?.run();
  const begun = performance.now();
  const demand = { ...known, waiting: waiting.length, free, limit, now: begun };
  const next = waiting.splice(0, shape === 'parallel' ? BATCH_SIZE : share(demand)) as WaitingRead[];
  lane.served = Math.max(lane.served, next[next.length - 1].rank);
  const taken = next.filter(({ signal }) => !signal?.aborted);
  const flight = { count: taken.length, begun };
  known.flights.add(flight);
  const ran = taken.length > 1 ? await send(api, lane, known, taken, shape) : await alone(taken[0]);
  known.flights.delete(flight);
  if (begun >= known.restsUntil) known.pace = learnt(known.pace, ran, performance.now() - begun);
}

/** Sends a read on its own, if there is one; 1 where that tells something of the service. */
async function alone(one?: WaitingRead): Promise<number> {
  await one?.run();
  return one && !one.signal?.aborted ? 1 : 0;
}

/** Sends `taken` as one batch and settles them; how many of them have run, as far as the answer tells. */
async function send(api: Api, lane: Lane, known: Knowledge, taken: readonly WaitingRead[], shape: Shape) {
  const requests: BatchItem[] = [];
  const asked = taken.filter((one) => {
    try {
      const at = requests.length;
      const item: BatchItem = { id: `${at}`, ...one.read() };
      if (at && shape === 'sequences') item.dependsOn = [`${at - 1}`];
      requests.push(item);
      return true;
    } catch {
      one.resolve(one.alone()); // it is refused there, with the reason
      return false;
    }
  });
  const json = { 'content-type': 'application/json' };
  const answers = await api.send('POST', BATCH, JSON.stringify({ requests }), json).then(byId, byId);
  let ran = 0;
  let broken = false;
  for (const [at, one] of asked.entries()) {
    const answer = answers.get(`${at}`);
    // Behind a failure nothing of a sequence has run.
    if (broken && answer?.status === 424 && shape === 'sequences') {
      insert(lane, one);
      continue;
    }
    const first = !ran++;
    if (isSuccess(answer)) {
      // That an item succeeded ends the rests of its mailbox: once for all of the batch.
      if (first) judge(api, { status: 200, headers: {} }, requests[at]);
      one.resolve(answer?.body);
      continue;
    }
    broken = true;
    if (!answer || answer.status === 401) {
      one.resolve(one.alone());
      continue;
    }
    const [error, time] = judge(api, answer, requests[at]);
    if (time === undefined) one.reject(error);
    else {
      one.resolve(wait(time).then(one.alone));
      known.restsUntil = Math.max(known.restsUntil, performance.now() + time);
      // The service starts all items of a batch at once.
      if (shape === 'parallel') lane.single = true;
    }
  }
  return answers.size && ran;
}

// Reads that wait together: in sequences, or in one parallel batch where the service has no `dependsOn`.
import { BATCH, byId, isSuccess, judge, wait } from './answers.ts';
import type { Api } from './api.ts';
import { encodeBody } from './bodies.ts';
import type { BatchAnswer, BatchItem } from './core.ts';
import { insert, type Lane, type Shape, type WaitingRead } from './queue.ts';
import { BATCH_SIZE, type Flight, type Pace, learnt, share, UNKNOWN } from './schedule.ts';

/** What is known of a lane here. */
interface Knowledge {
  pace: Pace;
  readonly flights: Set<Flight>;
  /** Until when the mailbox rests: what was sent before takes longer than it would. */
  restsUntil: number;
}

const lanes = new WeakMap<Lane, Knowledge>();

/**
 * Takes reads from `lane`, whose turn it is, and answers them by one batch. What the batch does not answer well is
 * asked for alone: there it has its renewal and its repeats. What did not run behind such a one waits again.
 */
export async function sendTogether(api: Api, lane: Lane, limit: number, shape: Shape): Promise<void> {
  const known = lanes.get(lane) ?? { pace: UNKNOWN, flights: new Set<Flight>(), restsUntil: 0 };
  lanes.set(lane, known);
  const free = Math.max(1, lane.starting--);
  const { waiting } = lane;
  // A write came meanwhile, or nobody is left.
  if (!waiting[0]?.read) return waiting.shift()?.run();
  const now = performance.now();
  const demand = { waiting: waiting.length, free, limit, flights: [...known.flights], pace: known.pace, now };
  const taken = waiting.splice(0, shape === 'sequences' ? share(demand) : BATCH_SIZE) as WaitingRead[];
  lane.served = Math.max(lane.served, taken.at(-1)?.rank ?? 0);
  const flight = { count: taken.length, begun: now };
  known.flights.add(flight);
  try {
    const ran = taken.length > 1 ? await send(api, lane, known, taken, shape) : await alone(taken[0]);
    if (shape === 'sequences' && now >= known.restsUntil) known.pace = learnt(known.pace, ran, performance.now() - now);
  } finally {
    known.flights.delete(flight);
  }
}

/** Sends a read on its own; 1 where that tells something of the service. */
async function alone(one?: WaitingRead): Promise<number> {
  await one?.run();
  return one && !one.signal?.aborted ? 1 : 0;
}

/** Sends `taken` as one batch and settles them; how many of them have run, as far as the answer tells. */
async function send(api: Api, lane: Lane, known: Knowledge, taken: readonly WaitingRead[], shape: Shape) {
  const items: BatchItem[] = [];
  const asked: WaitingRead[] = [];
  for (const one of taken) {
    try {
      const item: BatchItem = { id: `${asked.length}`, ...one.read() };
      if (shape === 'sequences' && asked.length) item.dependsOn = [`${asked.length - 1}`];
      items.push(item);
      asked.push(one);
    } catch {
      one.resolve(one.alone()); // it is refused there, with the reason
    }
  }
  const [content, headers] = encodeBody(api, { requests: items });
  const answers = await api.send('POST', BATCH, content, headers).then(byId, byId);
  let ran = 0;
  let broken = false;
  for (const [at, one] of asked.entries()) {
    const answer = answers.get(`${at}`);
    // Behind a failure nothing of a sequence has run.
    if (shape === 'sequences' && broken && answer?.status === 424) insert(lane, one);
    else {
      // That an item succeeded ends the rests of its mailbox: once for all of the batch.
      if (!ran++ && isSuccess(answer)) judge(api, { status: 200, headers: {} }, items[at]);
      broken ||= !isSuccess(answer);
      const time = settle(api, one, items[at], answer);
      if (time !== undefined) rest(lane, known, time, shape);
    }
  }
  return answers.size ? ran : 0;
}

function rest(lane: Lane, known: Knowledge, time: number, shape: Shape): void {
  known.restsUntil = Math.max(known.restsUntil, performance.now() + time);
  // The service starts all items of a batch at once.
  if (shape === 'parallel') lane.single = true;
}

/** Settles a read by its answer, or by a call of its own: then gives the milliseconds that it has to wait, if it has. */
function settle(api: Api, one: WaitingRead, item: BatchItem, answer?: BatchAnswer): number | undefined {
  const { resolve, reject, alone } = one;
  if (isSuccess(answer)) resolve(answer?.body);
  else if (!answer || answer.status === 401) resolve(alone());
  else {
    const [error, time] = judge(api, answer, item);
    if (time === undefined) reject(error);
    else resolve(wait(time).then(alone));
    return time;
  }
  return undefined;
}

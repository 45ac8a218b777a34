// The order of calls: so many at a time for each mailbox, and waiting reads together in one batch.
// Exchange Online answers four calls at a time for one app and mailbox, and runs four items of a batch at a time
// (https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits): a batch takes the whole lane.
import type { BatchItem } from './core.ts';

/** Most items of one batch (https://learn.microsoft.com/graph/json-batching). */
export const BATCH_SIZE = 20;

/** A read that waits for its turn. */
export interface WaitingRead {
  /** The read as an item of a batch. */
  read(): Omit<BatchItem, 'id'>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** Sends the read on its own, in a later turn. */
  alone(): Promise<unknown>;
}
/** A call that waits for its turn; without `read` it must be sent alone. */
interface Waiting extends Omit<WaitingRead, 'read'> {
  read?: WaitingRead['read'] | undefined;
  /** Sends the call on its own, now. */
  run(): Promise<void>;
}
interface Lane {
  waiting: Waiting[];
  running: number;
}

/** What starts now: [from, how many] of those that wait, a batch where there are several. */
export function next(
  waiting: readonly Pick<Waiting, 'read'>[],
  running: number,
  limit: number,
): [from: number, count: number] {
  const free = limit - running;
  const reads = waiting.length;
  // What no batch takes goes first: a message that is sent does not wait behind five hundred reads.
  const alone = waiting.findIndex((one) => !one.read);
  if (free <= 0 || !reads) return [0, 0];
  if (alone >= 0) return [alone, 1];
  // One call that takes long does not hold a batch up.
  if (!running || (running === 1 && reads > free)) return [0, Math.min(reads, BATCH_SIZE)];
  return [0, reads <= free ? 1 : 0];
}

/** Runs `run` in the turn of the mailbox `name`, or has its read answered together with others. */
export type Enter = (name: string, run: () => Promise<unknown>, read?: Waiting['read']) => Promise<unknown>;

/** A queue with `limit` calls at a time for each mailbox; `sendTogether` answers several waiting reads. */
export function queue(limit: number, sendTogether: (taken: WaitingRead[]) => Promise<unknown>): Enter {
  const lanes = new Map<string, Lane>();
  const start = (lane: Lane) => {
    const [from, count] = next(lane.waiting, lane.running, limit);
    if (!count) return;
    const taken = lane.waiting.splice(from, count);
    const slots = count > 1 ? limit : 1;
    lane.running += slots;
    // Where no batch can be made, each goes alone.
    const sendEach = () => {
      for (const one of taken) one.resolve(one.alone());
    };
    const sending = count > 1 ? sendTogether(taken as WaitingRead[]).catch(sendEach) : taken[0].run();
    sending.finally(() => {
      lane.running -= slots;
      start(lane);
    });
    start(lane);
  };
  return function enter(name, run, read?) {
    const lane = lanes.get(name) ?? { waiting: [], running: 0 };
    lanes.set(name, lane);
    return new Promise((resolve, reject) => {
      lane.waiting.push({
        read,
        resolve,
        reject,
        alone: () => enter(name, run),
        run: async () => {
          try {
            resolve(await run());
          } catch (error) {
            reject(error);
          }
        },
      });
      // Behind everything that begins in the same turn of the event loop.
      queueMicrotask(() => start(lane));
    });
  };
}

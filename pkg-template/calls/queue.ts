// The order of calls: so many at a time for each mailbox, writes first, and reads that are more than the free places
// together in batches. Exchange Online answers four calls at a time for one app and mailbox
// (https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits).
import type { BatchItem } from './core.ts';
import type { Knowledge } from './together.ts';

/** A call that waits for its turn. */
interface Waiting {
  /** The read as an item of a batch; without it the call must be sent alone. */
  readonly read?: (() => Omit<BatchItem, 'id'>) | undefined;
  /** Who is next: the lowest. */
  readonly rank: number;
  readonly signal?: AbortSignal | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** Sends the call on its own, in a later turn. */
  alone(): Promise<unknown>;
  /** Sends the call on its own, now. */
  run(): Promise<void>;
}

/** A read that waits for its turn. */
export type WaitingRead = Waiting & { readonly read: NonNullable<Waiting['read']> };

/** The calls of one mailbox. */
export interface Lane {
  /** In the order in which they are sent. */
  readonly waiting: Waiting[];
  /** Places that are taken. */
  running: number;
  /** Those of them for which no reads were taken from `waiting` yet. */
  starting: number;
  /** Whether no batch is made until nobody waits any more: one was refused, or none can be made. */
  single: boolean;
  /** The rank of the read that was sent last. */
  served: number;
  /** How many calls came in this turn of the event loop. */
  turn: number;
  /** What its batches told. */
  known?: Knowledge;
}

/** The batches that a service takes: sequences, of which each takes a place, or one at a time that takes them all. */
export type Shape = 'sequences' | 'parallel';

/** What starts now: `alone` the first of those that wait, `together` several of them in a batch. */
export function next(
  { waiting, running, single }: Pick<Lane, 'running' | 'single'> & { waiting: readonly Pick<Waiting, 'read'>[] },
  limit: number,
  shape: Shape,
): 'alone' | 'together' | undefined {
  const [first] = waiting;
  const free = limit - running;
  if (free <= 0 || !first) return undefined;
  if (single || !first.read || waiting.length <= free) return 'alone';
  // One call that takes long does not hold a parallel batch up.
  return shape === 'sequences' || running <= 1 ? 'together' : undefined;
}

/** Puts a call where its rank is. */
export function insert({ waiting }: Pick<Lane, 'waiting'>, one: Waiting): void {
  let at = waiting.length;
  while (at && waiting[at - 1].rank > one.rank) at--;
  waiting.splice(at, 0, one);
}

/**
 * Runs `run` in the turn of the mailbox `name`, or has its read answered together with others. What waits when `signal`
 * aborts is never sent.
 */
export type Enter = (
  name: string,
  run: () => Promise<unknown>,
  read?: Waiting['read'],
  signal?: AbortSignal,
) => Promise<unknown>;

/**
 * A queue with `limit` calls at a time for each mailbox; `sendTogether` takes reads from the lane and answers them.
 */
export function queue(limit: number, shape: Shape, sendTogether: (lane: Lane) => Promise<unknown>): Enter {
  const lanes = new Map<string, Lane>();
  const start = (lane: Lane) => {
    const { waiting } = lane;
    for (;;) {
      while (waiting[0]?.signal?.aborted) waiting.shift();
      lane.single &&= waiting.length > 0;
      const what = next(lane, limit, shape);
      if (!what) return;
      const together = what === 'together';
      const places = together && shape === 'parallel' ? limit : 1;
      lane.running += places;
      if (together) lane.starting++;
      const sending = together ? sendTogether(lane) : (waiting.shift() as Waiting).run();
      sending
        .catch(() => {
          // Where no batch can be made, each goes alone.
          lane.single = true;
          lane.starting = 0;
        })
        .then(() => {
          lane.running -= places;
          start(lane);
        });
    }
  };
  return function enter(name, run, read?, signal?) {
    const lane = lanes.get(name) ?? { waiting: [], running: 0, starting: 0, single: false, served: 0, turn: 0 };
    lanes.set(name, lane);
    // Behind everything that begins in the same turn of the event loop.
    if (!lane.turn++)
      Promise.resolve().then(() => {
        lane.turn = 0;
        start(lane);
      });
    // What no batch takes goes first: a message that is sent does not wait behind five hundred reads. Reads of a later
    // turn take turns with those: its first one waits with the next one of them.
    const rank = read ? lane.served + lane.turn : 0;
    return new Promise((resolve, reject) => {
      insert(lane, {
        read,
        rank,
        signal,
        resolve,
        reject,
        alone: () => enter(name, run, undefined, signal),
        run: async () => {
          try {
            resolve(await run());
          } catch (error) {
            reject(error);
          }
        },
      });
    });
  };
}

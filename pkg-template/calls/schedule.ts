// How reads that wait for a mailbox are shared out over sequences: batches in which each item depends on the one
// before it. One item of a sequence runs at a time, so that as many sequences as there are places keep within the
// limit of the service, whether it counts requests or items
// (https://learn.microsoft.com/graph/throttling-limits, Outlook service). All of it is arithmetic over measured times.

/** Most items of one batch (https://learn.microsoft.com/graph/json-batching). */
export const BATCH_SIZE = 20;

/** A sequence should keep its place no longer, in milliseconds: whoever comes meanwhile waits as long. */
const LONGEST = 500;

/** What is known of the times of a mailbox, in milliseconds. */
export interface Pace {
  /** How long the service takes for an item. */
  readonly item: number;
  /** The quickest request so far: how many items it had, and how long it took. The way to the service is in it. */
  readonly quickest?: { readonly count: number; readonly took: number };
}

/** Before anything was measured. */
export const UNKNOWN: Pace = { item: 100 };

/** A sequence on its way. */
export interface Flight {
  readonly count: number;
  /** When it left, in milliseconds of the clock that also gives `now`. */
  readonly begun: number;
}

/** What there is to share out. */
export interface Demand {
  /** Reads that wait. */
  readonly waiting: number;
  /** Places that take some of them now. */
  readonly free: number;
  /** All places of the mailbox. */
  readonly limit: number;
  readonly flights: Iterable<Flight>;
  readonly pace: Pace;
  readonly now: number;
}

/** How many of the waiting reads go together in the sequence that leaves now; 1: it goes alone, 0: there is none. */
export function share({ waiting, free, limit, flights, pace, now }: Demand): number {
  const { item, quickest } = pace;
  if (!waiting) return 0;
  // The first one goes alone: what it takes is mostly the way, which tells it from the items of the others.
  const away = [...flights];
  if (!quickest && !away.length) return 1;
  const way = quickest?.took ?? 0;
  const left = ({ count, begun }: Flight) => count * Math.max(0, 1 - (now - begun) / (way + count * item));
  const most = Math.max(1, Math.min(BATCH_SIZE, Math.floor(LONGEST / item)));
  // All places shall end at the same time: each has its part of what waits and of what is on its way.
  const part = away.reduce((sum, flight) => sum + left(flight), waiting) / limit;
  const even = Math.ceil(part / Math.ceil(part / most));
  return Math.min(waiting, Math.ceil(waiting / free), Math.max(1, even));
}

/** What is known after a request with `count` items, which have run, took so many milliseconds. */
export function learnt({ item, quickest }: Pace, count: number, took: number): Pace {
  if (count < 1) return quickest ? { item, quickest } : { item };
  const base = quickest && quickest.took <= took ? quickest : { count, took };
  const high = took / count;
  if (count === 1) return { item: Math.min(item, high), quickest: base };
  const low = (took - base.took) / count;
  // Where nothing tells the way from the items, longer sequences are tried little by little.
  let next = 0.8 * item;
  if (count >= 2 * base.count) {
    const slope = (took - base.took) / (count - base.count);
    // A slower time counts at once, a quicker one by half: times of a network vary.
    next = Math.max(slope, (item + slope) / 2);
  }
  return { item: Math.min(high, Math.max(low, next)), quickest: base };
}

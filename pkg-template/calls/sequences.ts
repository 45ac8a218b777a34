// The shape of batches. The service takes a batch whose requests are all independent, or one in which each request
// depends on the one before it, in order; it refuses all others as a whole. It runs four batches of the second kind of
// a mailbox at a time, and refuses some requests of a longer one of the first kind for running at once
// (https://learn.microsoft.com/graph/throttling-limits, Outlook service).
import { BATCH_SIZE } from './schedule.ts';

/** So many requests run at a time, whatever the shape. */
const AT_A_TIME = 4;

/** A request, and the ids of those that have to succeed before it. */
export interface Dependent {
  readonly id: string;
  readonly dependsOn?: readonly string[] | undefined;
}

/** Whether each request can be sent at some time: false where they wait for one another in a circle. */
export function isAcyclic(requests: readonly Dependent[]): boolean {
  const waiting = new Map(requests.map((one) => [one.id, one]));
  for (let before = -1; before !== waiting.size; ) {
    before = waiting.size;
    for (const { id, dependsOn } of waiting.values())
      if (!dependsOn?.some((needed) => waiting.has(needed))) waiting.delete(id);
  }
  return waiting.size === 0;
}

/**
 * What can be sent now of `waiting`, in lists: each is the order of a sequence, in which a request may depend on the
 * one before it. What waits for several, or for what several wait for, comes in a later round.
 */
function sequences<T extends Dependent>(waiting: readonly T[]): T[][] {
  const all = chains(waiting);
  const count = all.reduce((sum, chain) => sum + chain.length, 0);
  const least = Math.max(Math.min(AT_A_TIME, all.length), Math.ceil(count / BATCH_SIZE));
  const out: T[][] = Array.from({ length: least }, () => []);
  // Long ones first, each to where there is most room.
  for (const chain of all.sort((a, b) => b.length - a.length)) {
    const shortest = out.reduce((best, one) => (one.length < best.length ? one : best));
    if (shortest.length + chain.length > BATCH_SIZE) out.push(chain);
    else shortest.push(...chain);
  }
  return out;
}

/** What can be sent now, each with those behind it that wait for nothing else; at most as many as a batch takes. */
function chains<T extends Dependent>(waiting: readonly T[]): T[][] {
  const ids = new Set(waiting.map(({ id }) => id));
  const open = ({ dependsOn = [] }: T) => dependsOn.filter((id) => ids.has(id));
  const behind = new Map<string, T[]>();
  for (const one of waiting) for (const id of open(one)) behind.set(id, [...(behind.get(id) ?? []), one]);
  const first = waiting.filter((one) => !open(one).length);
  return first.map((one) => {
    const chain = [one];
    for (let last = one; chain.length < BATCH_SIZE; chain.push(last)) {
      const [next, another] = behind.get(last.id) ?? [];
      if (!next || another || open(next).length > 1) break;
      last = next;
    }
    return chain;
  });
}

/** A sequence as the service takes it: each depends on the one before. */
const inOrder = <T extends Dependent>(sequence: readonly T[]): T[] =>
  sequence.map((one, at) => (at ? { ...one, dependsOn: [sequence[at - 1].id] } : alone(one)));

const alone = <T extends Dependent>({ dependsOn: _, ...one }: T) => one as T;

/** Batches in the shape that the service takes: a parallel one where there are few requests, else sequences. */
export function batches<T extends Dependent>(waiting: readonly T[]): T[][] {
  const lists = sequences(waiting);
  return lists.every(({ length }) => length === 1) ? [lists.flat().map(alone)] : lists.map(inOrder);
}

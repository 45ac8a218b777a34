// Who is sent next: so many calls at a time for each mailbox, and waiting reads together in one batch.
// Exchange Online answers four calls at a time for one app and mailbox, and runs four items of a batch at a time
// (https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits): a batch takes the whole lane.

/** Most items of one batch. */
const BATCH = 20;

/** What starts now: [from, how many] of those that wait, a batch where there are several. */
export function next(waiting, running, limit) {
  const free = limit - running;
  const reads = waiting.length;
  // What no batch takes goes first: a message that is sent does not wait behind five hundred reads.
  const alone = waiting.findIndex((one) => !one.read);
  if (free <= 0 || !reads) return [0, 0];
  if (alone >= 0) return [alone, 1];
  // One call that takes long does not hold a batch up.
  if (!running || (running === 1 && reads > free)) return [0, Math.min(reads, BATCH)];
  return [0, reads <= free ? 1 : 0];
}

/** `enter(lane, run, read)` runs `run` in its turn, or has `gather` answer it with others; `read` is what `gather` wants to know. */
export function queue(limit, gather) {
  const lanes = new Map();
  const start = (lane) => {
    const [from, count] = next(lane.waiting, lane.running, limit);
    if (!count) return;
    const taken = lane.waiting.splice(from, count);
    const slots = count > 1 ? limit : 1;
    lane.running += slots;
    // Where no batch can be made, each goes alone.
    (count > 1 ? gather(taken).catch(() => taken.forEach((one) => one.resolve(one.alone()))) : taken[0].run()).finally(() => {
      lane.running -= slots;
      start(lane);
    });
    start(lane);
  };
  return function enter(name, run, read) {
    const lane = lanes.get(name) ?? { waiting: [], running: 0 };
    lanes.set(name, lane);
    return new Promise((resolve, reject) => {
      const alone = () => enter(name, run);
      const own = async () => {
        try {
          resolve(await run());
        } catch (error) {
          reject(error);
        }
      };
      lane.waiting.push({ read, resolve, reject, alone, run: own });
      // Behind everything that begins in the same turn of the event loop.
      queueMicrotask(() => start(lane));
    });
  };
}

// How reads are shared out: the arithmetic in tables, and whole runs at a service in virtual time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Simulation } from '../tests/simulated-service.mjs';
import { learnt, share, UNKNOWN } from './schedule.ts';

const quick = { item: 5, quickest: { count: 1, took: 55 } };
const DEMAND = { waiting: 500, free: 4, limit: 4, flights: [], pace: quick, now: 1000 };

test('how many reads leave together', () => {
  const fresh = (count) => ({ count, begun: 1000 });
  const slow = (item) => ({ ...quick, item });
  for (const [name, demand, wanted] of /** @type {[string, Partial<typeof DEMAND>, number][]} */ ([
    ['nobody waits', { waiting: 0 }, 0],
    ['the first of all goes alone', { pace: UNKNOWN }, 1],
    ['those beside it are few: their time is not known', { pace: UNKNOWN, flights: [fresh(1)], free: 3 }, 5],
    ['even rounds in place of full ones and a rest', {}, 18],
    ['no more than a batch takes', { waiting: 8000 }, 20],
    ['a fair part for each free place', { waiting: 5 }, 2],
    ['the last place takes the rest', { waiting: 3, free: 1, flights: [fresh(3), fresh(3), fresh(3)] }, 3],
    ['places that are taken by others get their part, too', { waiting: 30, free: 1 }, 8],
    ['what is nearly done counts little', { waiting: 8, free: 1, flights: [{ count: 20, begun: 850 }] }, 3],
    ['half a second of a slow service', { pace: slow(50) }, 10],
    ['a service that is slower yet', { pace: slow(240) }, 2],
    ['so slow that each goes alone', { pace: slow(700) }, 1],
    ['one place', { waiting: 30, free: 1, limit: 1 }, 15],
    ['a time that is too short to be measured', { pace: slow(0) }, 18],
  ]))
    assert.equal(share({ ...DEMAND, ...demand }), wanted, name);
});

test('what a request tells of the service: milliseconds of an item', () => {
  const one = { count: 1, took: 55 };
  const ten = { count: 10, took: 550 };
  for (const [
    name,
    before,
    count,
    took,
    item,
    quickest,
  ] of /** @type {[string, any, number, number, number, any][]} */ ([
    ['a first call alone: an item takes no longer', UNKNOWN, 1, 55, 55, one],
    ['a first call over a long way', UNKNOWN, 1, 400, 100, { count: 1, took: 400 }],
    ['the way is not counted', { item: 100, quickest: one }, 20, 150, 7.5, one],
    ['a service that got slower is believed at once', quick, 20, 1005, 50, one],
    ['a service that got quicker is believed by halves', { item: 40, quickest: one }, 6, 155, 155 / 6, one],
    ['a call alone that took long tells nothing', quick, 1, 5000, 5, one],
    ['a call alone that was quick does', { item: 700, quickest: one }, 1, 60, 60, one],
    ['a quicker way', quick, 1, 20, 5, { count: 1, took: 20 }],
    ['like the quickest: a little less, in case it was the way', { item: 50, quickest: ten }, 11, 560, 40, ten],
    ['slower than the quickest', { item: 5, quickest: ten }, 10, 5550, 500, ten],
    ['nothing ran', quick, 0, 9000, 5, one],
    ['nothing ran yet', UNKNOWN, 0, 9000, 100, undefined],
  ])) {
    const known = learnt(before, count, took);
    assert.ok(Math.abs(known.item - item) < 0.1, `${name}: ${known.item}`);
    assert.deepEqual(known.quickest, quickest, name);
  }
});

const COUNT = 160;
const reads = (it, count = COUNT, from = 0) => Array.from({ length: count }, (_, at) => it.read(from + at));
const ids = (count = COUNT) => Array.from({ length: count }, (_, at) => at);
/** A sequence that was not known to be too long. */
const TOO_LONG = 700;

for (const limit of [1, 2, 3, 4])
  for (const counts of /** @type {const} */ (['requests', 'items']))
    test(`a service with a limit of ${limit} that counts ${counts} is busy, refuses nothing and is never held up`, async () => {
      for (const roundTrip of [0, 50, 300])
        for (const item of [1, 5, 50])
          for (const noise of [0, 0.3]) {
            const name = `${roundTrip} ms round trip, ${item} ms an item, noise ${noise}`;
            const it = new Simulation({ roundTrip, item: () => item, noise, limit, counts });
            assert.deepEqual(await it.run(reads(it)), ids(), name);
            assert.deepEqual([it.refused, it.most <= limit], [0, true], name);
            const mean = 1 + noise / 2;
            // Full sequences, of which each waits for the one before, and three rounds until their length is known.
            const rounds = COUNT / limit / Math.min(20, 500 / item) + 3;
            const ideal = mean * ((COUNT / limit) * item + rounds * roundTrip);
            assert.ok(it.now < 1.3 * ideal, `${name}: ${it.now} of ${ideal} ms`);
            assert.ok(Math.max(...it.requests.map(({ took }) => took)) < TOO_LONG, name);
          }
    });

test('behind a 404 nothing has run: it goes on in the next sequence, and nobody but its caller sees it', async () => {
  const isMissing = (id) => id % 9 === 4;
  const it = new Simulation({ roundTrip: 50, item: () => 5, isMissing });
  const wanted = ids().map((id) => (isMissing(id) ? 'undefined' : id));
  // The fake judges by status: the error of an item has one.
  const got = await it.run(reads(it));
  assert.deepEqual(
    got.map((one) => (one === '404' ? 'undefined' : one)),
    wanted,
  );
  assert.equal(it.refused, 0);
  const alone = (COUNT / 4) * 55;
  assert.ok(it.now < 0.6 * alone, `${it.now} of ${alone} ms`);
});

test('nothing but 404: no slower than one by one', async () => {
  const it = new Simulation({ roundTrip: 50, item: () => 5, isMissing: () => true });
  assert.deepEqual(new Set(await it.run(reads(it))), new Set(['404']));
  assert.ok(it.now < 1.1 * (COUNT / 4) * 55, `${it.now}`);
});

test('a service that is ten times slower from one moment to the next: what leaves later is as short as it must be', async () => {
  const it = new Simulation({ roundTrip: 50, item: (at) => (at < 400 ? 5 : 50), noise: 0.2 });
  await it.run(reads(it, 500));
  const later = it.requests.filter(({ begun }) => begun > 400 + 20 * 60 + 50);
  assert.ok(later.length > 10 && later.every(({ took }) => took < TOO_LONG), JSON.stringify(later));
});

test('a service that was slow for a while gets long sequences again', async () => {
  const it = new Simulation({ roundTrip: 50, item: (at) => (at > 300 && at < 3000 ? 300 : 5) });
  await it.run(reads(it, 500));
  assert.ok(
    it.requests.slice(-8).some(({ count }) => count > 12),
    JSON.stringify(it.requests.slice(-8)),
  );
});

test('a first view among 500 reads: its reads and a write are answered within a second, however slow the service is', async () => {
  for (const item of [5, 50, 100]) {
    const it = new Simulation({ roundTrip: 50, item: () => item });
    const all = reads(it, 500);
    await it.run([it.wait(1500)]);
    const begun = it.now;
    const view = [...reads(it, 3, 1000), it.write(7)];
    assert.deepEqual(await it.run(view), [1000, 1001, 1002, 7]);
    assert.ok(it.now - begun < 1250, `${item} ms an item: ${it.now - begun}`);
    await it.run(all);
  }
});

test('an abort takes its read out of a sequence that has not left', async () => {
  const it = new Simulation({ roundTrip: 50, item: () => 5 });
  const first = reads(it, 60);
  const own = new AbortController();
  for (let id = 100; id < 140; id++) it.read(id, own.signal);
  const last = reads(it, 20, 200);
  own.abort();
  assert.equal((await it.run([...first, ...last])).at(-1), 219);
  assert.equal(
    it.requests.reduce((sum, { count }) => sum + count, 0),
    80,
  );
});

test('without `dependsOn`: one parallel batch at a time, and single calls after a refusal', async () => {
  const calm = new Simulation({ roundTrip: 50, item: () => 5, counts: 'requests', shape: 'parallel' });
  assert.deepEqual(await calm.run(reads(calm)), ids());
  const [last, ...batches] = calm.requests.reverse().map(({ count }) => count);
  assert.deepEqual([last, batches], [20, Array(7).fill(20)]);
  for (const [at, { begun }] of calm.requests.reverse().entries())
    assert.ok(!at || begun >= calm.requests[at - 1].begun + 55, `one after another: ${at}`);
  // Here the service starts all items at once, and refuses those above its limit.
  const strict = new Simulation({ roundTrip: 50, item: () => 5, shape: 'parallel' });
  assert.deepEqual(await strict.run(reads(strict)), ids());
  assert.equal(strict.requests.filter(({ count }) => count > 1).length, 1);
  assert.equal(strict.refused, 16);
});

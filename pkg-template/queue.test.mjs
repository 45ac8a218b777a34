// Who is sent when: lanes of so many, writes first, reads together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next, queue } from './queue.js';

const turn = () => new Promise((resolve) => { setImmediate(resolve); });

test('what starts: [from, how many] of those that wait', () => {
  const [read, write] = [{ read: () => {} }, {}];
  for (const [name, waiting, running, wanted] of [
    ['nobody waits', [], 0, [0, 0]],
    ['a read alone', [read], 0, [0, 1]],
    ['reads of one turn', [read, read, read], 0, [0, 3]],
    ['no more than twenty', Array(45).fill(read), 0, [0, 20]],
    ['a write before reads', [read, read, write], 0, [2, 1]],
    ['the lane is full', [write], 4, [0, 0]],
    ['slots for all reads', [read, read], 2, [0, 1]],
    ['more reads than slots wait for a batch', [read, read, read], 2, [0, 0]],
    ['one slow call holds no batch up', Array(9).fill(read), 1, [0, 9]],
  ]) assert.deepEqual(next(waiting, running, 4), wanted, name);
});

/** Runs under control: `free()` lets the oldest end. */
function lanes(limit = 4) {
  const it = { running: 0, most: 0, started: [], ends: [], batches: [] };
  const gather = async (taken) => {
    it.batches.push(taken.length);
    await turn();
    taken.forEach((one, at) => one.resolve(`batched ${at}`));
  };
  it.enter = queue(limit, gather);
  it.run = (name) => () => new Promise((resolve) => {
    it.most = Math.max(it.most, ++it.running);
    it.started.push(name);
    it.ends.push(() => { it.running--; resolve(name); });
  });
  it.free = async () => { it.ends.shift()?.(); await turn(); };
  return it;
}

test('never more than the limit in one mailbox; another mailbox has slots of its own', async () => {
  const it = lanes(2);
  const all = ['a', 'b', 'c', 'd'].map((name) => it.enter('', it.run(name)));
  all.push(it.enter('sales', it.run('sales')));
  await turn();
  assert.deepEqual(it.started, ['a', 'b', 'sales']);
  while (it.ends.length) await it.free();
  assert.deepEqual(await Promise.all(all), ['a', 'b', 'c', 'd', 'sales']);
});

test('reads of one turn are batches one after another; each gets its own', async () => {
  const it = lanes();
  const all = await Promise.all(Array.from({ length: 45 }, () => it.enter('', it.run('never'), () => ({}))));
  assert.deepEqual(it.batches, [20, 20, 5]);
  assert.equal(all[44], 'batched 4');
  assert.deepEqual(it.started, []);
});

test('where no batch can be made each goes alone; what is thrown at once is told', async () => {
  const alone = [];
  const enter = queue(4, async () => { throw new Error('no such file'); });
  const got = await Promise.all(['a', 'b'].map((name) => enter('', async () => { alone.push(name); return name; }, () => ({}))));
  assert.deepEqual([got, alone], [['a', 'b'], ['a', 'b']]);
  await assert.rejects(enter('', () => { throw new Error('at once'); }), /at once/);
  assert.equal(await enter('', async () => 'after'), 'after');
});

test('whatever comes in whatever order: everything is answered once, and never more than the limit runs', async () => {
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 40; round++) {
    const limit = 1 + random(5);
    const it = lanes(limit);
    const all = [];
    for (let at = 0; at < 60; at++) {
      all.push(it.enter('', it.run(at), random(2) ? () => ({}) : undefined));
      if (random(3) === 0) await it.free();
    }
    let settled = false;
    Promise.all(all).then(() => { settled = true; });
    while (!settled) await it.free();
    assert.ok(it.most <= limit, `${it.most} of ${limit}`);
    assert.equal(new Set(it.started).size, it.started.length);
  }
});

// Who is sent when: lanes of so many, writes first, reads together. How reads are shared out is in `schedule.test.mjs`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next, queue } from './queue.ts';

const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('what starts now', () => {
  const [read, write] = [{ read: () => /** @type {any} */ ({}) }, {}];
  for (const [
    name,
    waiting,
    running,
    sequences,
    parallel,
  ] of /** @type {[string, {}[], number, string?, string?][]} */ ([
    ['nobody waits', [], 0],
    ['a read alone', [read], 0, 'alone', 'alone'],
    ['as many reads as there are places', Array(4).fill(read), 0, 'alone', 'alone'],
    ['more reads than places', Array(5).fill(read), 0, 'together', 'together'],
    ['a write before reads', [write, ...Array(5).fill(read)], 0, 'alone', 'alone'],
    ['the lane is full', [write], 4],
    ['places for all reads', [read, read], 2, 'alone', 'alone'],
    ['more reads than the places that are left', [read, read, read], 2, 'together'],
    ['one slow call holds nothing up', Array(9).fill(read), 1, 'together', 'together'],
  ])) {
    const lane = { waiting, running, single: false };
    assert.deepEqual([next(lane, 4, 'sequences'), next(lane, 4, 'parallel')], [sequences, parallel], name);
    if (sequences) assert.equal(next({ ...lane, single: true }, 4, 'sequences'), 'alone', name);
  }
});

/** A read as an item of a batch, which nobody sends here. @type {() => any} */
const item = () => ({});

/** Takes up to twenty reads of a lane, as one batch. */
const take = (lane) => {
  lane.starting--;
  return lane.waiting.splice(0, 20);
};

/** Runs under control: `free()` lets the oldest end. @param {import('./queue.ts').Shape} [shape] */
function lanes(limit = 4, shape = 'parallel') {
  const it = { running: 0, most: 0, started: [], ends: [], batches: [] };
  const gather = async (lane) => {
    const taken = take(lane);
    it.batches.push(taken.length);
    await turn();
    for (const [at, one] of taken.entries()) one.resolve(`batched ${at}`);
  };
  it.enter = queue(limit, shape, gather);
  it.run = (name) => () =>
    new Promise((resolve) => {
      it.most = Math.max(it.most, ++it.running);
      it.started.push(name);
      it.ends.push(() => {
        it.running--;
        resolve(name);
      });
    });
  it.free = async () => {
    it.ends.shift()?.();
    await turn();
  };
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

test('reads of one turn are parallel batches one after another; each gets its own', async () => {
  const it = lanes();
  const all = await Promise.all(Array.from({ length: 45 }, () => it.enter('', it.run('never'), item)));
  assert.deepEqual(it.batches, [20, 20, 5]);
  assert.equal(all[44], 'batched 4');
  assert.deepEqual(it.started, []);
});

test('each free place takes a sequence, and says how many places do', async () => {
  const starting = [];
  const enter = queue(4, 'sequences', async (lane) => {
    starting.push(lane.starting);
    const taken = take(lane);
    await turn();
    for (const one of taken) one.resolve('batched');
  });
  const write = enter('', async () => turn());
  const all = await Promise.all(Array.from({ length: 70 }, () => enter('', async () => 'never', item)));
  assert.deepEqual(new Set(all), new Set(['batched']));
  await write;
  assert.deepEqual(starting.slice(0, 3), [1, 1, 1]);
  assert.equal(starting.length, 4);
});

test('as many reads as there are places go alone', async () => {
  const it = lanes(4, 'sequences');
  const all = Array.from({ length: 4 }, (_, at) => it.enter('', it.run(at), item));
  await turn();
  assert.deepEqual([it.started, it.batches], [[0, 1, 2, 3], []]);
  while (it.ends.length) await it.free();
  await Promise.all(all);
});

test('a write that comes while reads wait is next; reads keep their order, and so do writes', async () => {
  const it = lanes(1);
  const blocker = it.enter('', it.run('first'));
  await turn();
  const reads = Array.from({ length: 25 }, () => it.enter('', it.run('read'), item));
  const writes = ['w1', 'w2'].map((name) => it.enter('', it.run(name)));
  await turn();
  assert.deepEqual([it.started, it.batches], [['first'], []]);
  await it.free();
  assert.deepEqual(it.started, ['first', 'w1']);
  await it.free();
  await it.free();
  assert.deepEqual(
    [it.started, await Promise.all([blocker, ...writes])],
    [
      ['first', 'w1', 'w2'],
      ['first', 'w1', 'w2'],
    ],
  );
  assert.deepEqual([await Promise.all(reads).then((all) => all.at(-1)), it.batches], ['batched 4', [20, 5]]);
});

test('reads of a later turn take turns with those that wait; reads of one turn keep their order', async () => {
  const ran = [];
  // One at a time, so that the order is seen.
  const enter = queue(1, 'sequences', (lane) => {
    lane.starting--;
    lane.served = lane.waiting[0].rank;
    return lane.waiting.shift().run();
  });
  const run = (name) => async () => {
    ran.push(name);
    await turn();
  };
  const many = [...'abcdefgh'].map((name) => enter('', run(name), item));
  await turn();
  many.push(...[...'xyz'].map((name) => enter('', run(name), item)));
  await Promise.all(many);
  const of = (names) => ran.filter((name) => names.includes(name)).join('');
  assert.deepEqual([of('abcdefgh'), of('xyz')], ['abcdefgh', 'xyz']);
  assert.ok(ran.indexOf('z') < ran.indexOf('g'), ran.join(''));
});

test('a parallel batch takes the lane: what comes meanwhile waits, a write first; other mailboxes do not', async () => {
  let end;
  const taken = [];
  const started = [];
  const enter = queue(4, 'parallel', async (lane) => {
    const own = take(lane);
    taken.push(own.length);
    await new Promise((resolve) => {
      end = resolve;
    });
    for (const one of own) one.resolve('batched');
  });
  const run = (name) => async () => {
    started.push(name);
    return name;
  };
  const all = Array.from({ length: 6 }, () => enter('', run('read'), item));
  await turn();
  all.push(enter('', run('late read'), item), enter('', run('write')), enter('sales', run('sales')));
  await turn();
  assert.deepEqual([taken, started], [[6], ['sales']]);
  end();
  assert.deepEqual(await Promise.all(all), [...Array(6).fill('batched'), 'late read', 'write', 'sales']);
  assert.deepEqual(started, ['sales', 'write', 'late read'], 'one read alone is no batch');
});

test('one call that takes long holds no parallel batch up; two do, until one has ended', async () => {
  for (const [slow, wanted] of /** @type {[number, number[]][]} */ ([
    [1, [5]],
    [2, []],
  ])) {
    const it = lanes();
    Array.from({ length: slow }, (_, at) => it.enter('', it.run(`slow ${at}`)));
    await turn();
    const all = Array.from({ length: 5 }, () => it.enter('', it.run('read'), item));
    await turn();
    await turn();
    assert.deepEqual(it.batches, wanted, `${slow}`);
    await it.free();
    assert.equal((await Promise.all(all)).length, 5);
    assert.deepEqual(it.batches, [5]);
  }
});

test('a call that fails frees its place; an answer of its own alone takes a turn like any other', async () => {
  const it = lanes(1);
  const failing = it.enter('', async () => {
    throw new Error('no');
  });
  const next = it.enter('', async () => 'next');
  await assert.rejects(failing, /no/);
  assert.equal(await next, 'next');
  let most = 0;
  let running = 0;
  const enter = queue(2, 'sequences', async (lane) => {
    for (const one of take(lane)) one.resolve(one.alone());
  });
  const run = async () => {
    most = Math.max(most, ++running);
    await turn();
    running--;
    return 'own';
  };
  assert.deepEqual(await Promise.all(Array.from({ length: 30 }, () => enter('', run, item))), Array(30).fill('own'));
  assert.equal(most, 2);
});

test('where no batch can be made each goes alone; what is thrown at once is told', async () => {
  let asked = 0;
  const alone = [];
  const enter = queue(4, 'sequences', async () => {
    asked++;
    throw new Error('no such file');
  });
  const names = [...'abcdefghij'];
  const run = (name) => async () => {
    alone.push(name);
    return name;
  };
  assert.deepEqual(await Promise.all(names.map((name) => enter('', run(name), item))), names);
  assert.deepEqual([alone, asked], [names, 4], 'it is tried once for each place');
  await assert.rejects(
    enter('', () => {
      throw new Error('at once');
    }),
    /at once/,
  );
  assert.equal(await enter('', async () => 'after'), 'after');
});

test('what is aborted while it waits is never sent, and takes no place; a later one in its place is', async () => {
  const it = lanes(1, 'sequences');
  const own = new AbortController();
  const all = [it.enter('', it.run('first'))];
  await turn();
  it.enter('', it.run('read'), item, own.signal);
  it.enter('', it.run('write'), undefined, own.signal);
  await turn();
  own.abort();
  it.enter('', it.run('too late'), item, own.signal);
  all.push(it.enter('', it.run('last'), item));
  await turn();
  while (it.ends.length) await it.free();
  await Promise.all(all);
  assert.deepEqual([it.started, it.batches], [['first', 'last'], []]);
});

for (const shape of /** @type {const} */ (['sequences', 'parallel']))
  test(`${shape}: whatever comes in whatever order, with batches that fail in part or at all: each is answered with its own, once`, async () => {
    let seed = 11;
    const random = (below) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 40; round++) {
      const limit = 1 + random(5);
      let running = 0;
      let batches = 0;
      const ran = new Map();
      const once = (at) => ran.set(at, (ran.get(at) ?? 0) + 1);
      const run = (at) => async () => {
        assert.ok(++running <= limit, `${running} of ${limit}`);
        once(at);
        for (let turns = random(3); turns >= 0; turns--) await turn();
        running--;
        if (at % 7 === 0) throw new Error(`${at}`);
        return at;
      };
      /** @type {(name: string, run: () => Promise<any>, read?: () => any) => Promise<any>} */
      const enter = queue(limit, shape, async (lane) => {
        assert.ok(++batches <= (shape === 'parallel' ? 1 : limit), `${batches} batches at a time`);
        const fails = random(4) === 0;
        if (fails) {
          await turn();
          batches--;
          throw new Error('not loaded');
        }
        const own = take(lane);
        await turn();
        batches--;
        for (const one of own) {
          const at = one.read ? Number(one.read()) : -1;
          if (at < 0 || random(3) === 0) one.resolve(one.alone());
          else {
            once(at);
            if (at % 7 === 0) one.reject(new Error(`${at}`));
            else one.resolve(at);
          }
        }
      });
      const all = [];
      for (let at = 0; at < 80; at++) {
        all.push(enter('', run(at), random(3) ? () => at : undefined).catch(({ message }) => Number(message)));
        if (random(4) === 0) await turn();
      }
      assert.deepEqual(
        await Promise.all(all),
        all.map((_, at) => at),
      );
      assert.ok([...ran.values()].every((times) => times === 1) && ran.size === 80);
    }
  });

test('whatever comes in whatever order: everything is answered once, and never more than the limit runs', async () => {
  let seed = 7;
  const random = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (let round = 0; round < 40; round++) {
    const limit = 1 + random(5);
    const it = lanes(limit, round % 2 ? 'parallel' : 'sequences');
    const all = [];
    for (let at = 0; at < 60; at++) {
      all.push(it.enter('', it.run(at), random(2) ? () => ({}) : undefined));
      if (random(3) === 0) await it.free();
    }
    let settled = false;
    Promise.all(all).then(() => {
      settled = true;
    });
    while (!settled) await it.free();
    assert.ok(it.most <= limit, `${it.most} of ${limit}`);
    assert.equal(new Set(it.started).size, it.started.length);
  }
});

// Who is sent when: lanes of so many, writes first, reads together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next, queue } from './queue.ts';

const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('what starts: [from, how many] of those that wait', () => {
  const [read, write] = [{ read: () => {} }, {}];
  for (const [name, waiting, running, wanted] of /** @type {[string, {}[], number, number[]][]} */ ([
    ['nobody waits', [], 0, [0, 0]],
    ['a read alone', [read], 0, [0, 1]],
    ['reads of one turn', [read, read, read], 0, [0, 3]],
    ['no more than twenty', Array(45).fill(read), 0, [0, 20]],
    ['a write before reads', [read, read, write], 0, [2, 1]],
    ['the lane is full', [write], 4, [0, 0]],
    ['slots for all reads', [read, read], 2, [0, 1]],
    ['more reads than slots wait for a batch', [read, read, read], 2, [0, 0]],
    ['one slow call holds no batch up', Array(9).fill(read), 1, [0, 9]],
  ]))
    assert.deepEqual(next(waiting, running, 4), wanted, name);
});

/** A read as an item of a batch, which nobody sends here. @type {() => any} */
const item = () => ({});

/** Runs under control: `free()` lets the oldest end. */
function lanes(limit = 4) {
  const it = { running: 0, most: 0, started: [], ends: [], batches: [] };
  const gather = async (taken) => {
    it.batches.push(taken.length);
    await turn();
    for (const [at, one] of taken.entries()) one.resolve(`batched ${at}`);
  };
  it.enter = queue(limit, gather);
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

test('reads of one turn are batches one after another; each gets its own', async () => {
  const it = lanes();
  const all = await Promise.all(Array.from({ length: 45 }, () => it.enter('', it.run('never'), () => ({}))));
  assert.deepEqual(it.batches, [20, 20, 5]);
  assert.equal(all[44], 'batched 4');
  assert.deepEqual(it.started, []);
});

test('a write that comes while reads wait is next; reads keep their order, and so do writes', async () => {
  const it = lanes(1);
  const read = () => ({});
  const blocker = it.enter('', it.run('first'));
  await turn();
  const reads = Array.from({ length: 25 }, () => it.enter('', it.run('read'), read));
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

test('a batch takes the lane: what comes meanwhile waits, a write first; other mailboxes do not', async () => {
  let end;
  const taken = [];
  const started = [];
  const enter = queue(4, async (own) => {
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

test('one call that takes long holds no batch up; two do, until one has ended', async () => {
  for (const [slow, wanted] of /** @type {[number, number[]][]} */ ([
    [1, [5]],
    [2, []],
  ])) {
    const it = lanes();
    Array.from({ length: slow }, (_, at) => it.enter('', it.run(`slow ${at}`)));
    await turn();
    const all = Array.from({ length: 5 }, () => it.enter('', it.run('read'), () => ({})));
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
  const enter = queue(2, async (own) => {
    for (const one of own) one.resolve(one.alone());
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
  const alone = [];
  const enter = queue(4, async () => {
    throw new Error('no such file');
  });
  const got = await Promise.all(
    ['a', 'b'].map((name) =>
      enter(
        '',
        async () => {
          alone.push(name);
          return name;
        },
        item,
      ),
    ),
  );
  assert.deepEqual(
    [got, alone],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  );
  await assert.rejects(
    enter('', () => {
      throw new Error('at once');
    }),
    /at once/,
  );
  assert.equal(await enter('', async () => 'after'), 'after');
});

test('whatever comes in whatever order, with batches that fail in part or at all: each is answered with its own, once', async () => {
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
    const enter = queue(limit, async (own) => {
      assert.equal(++batches, 1, 'one after another');
      assert.ok(own.length > 1 && own.length <= 20);
      const fails = random(4) === 0;
      await turn();
      batches--;
      if (fails) throw new Error('refused');
      for (const one of own) {
        const at = Number(one.read());
        if (random(3) === 0) one.resolve(one.alone());
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
    const it = lanes(limit);
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

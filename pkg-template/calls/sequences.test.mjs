// The shape of batches of the caller's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batch } from './batch.ts';
import { graph, isUniform, noWaiting, numbered, ok, sending } from '../tests/fake-batches.mjs';

noWaiting();

for (const [name, needs, shapes] of [
  ['a few independent ones go at once', { a: [], b: [], c: [] }, ['a b c']],
  ['a chain is a sequence', { a: [], b: ['a'], c: ['b'] }, ['a>b>c']],
  ['a dependency on a later one', { b: ['a'], a: [] }, ['a>b']],
  ['a chain beside independent ones', { a: [], x: [], b: ['a'], y: [] }, ['a>b', 'x', 'y']],
  ['one that waits for two', { a: [], b: [], c: ['a', 'b'] }, ['a b', 'c']],
  ['two that wait for one', { a: [], b: ['a'], c: ['a'] }, ['a', 'b c']],
  ['a diamond', { d: ['b', 'c'], b: ['a'], c: ['a'], a: [] }, ['a', 'b c', 'd']],
  ['six independent ones: four sequences', numbered(6), ['r0>r4', 'r1>r5', 'r2', 'r3']],
]) {
  test(`the shape of a batch: ${name}`, async () => {
    const { it, sent } = sending();
    const results = await batch(it, graph(needs));
    assert.deepEqual(
      results.map(({ id, status }) => [id, status]),
      Object.keys(needs).map((id) => [id, 200]),
    );
    assert.ok(sent.every(isUniform));
    assert.deepEqual(
      sent.map((items) =>
        items
          .map(({ id, dependsOn }) => (dependsOn ? `>${id}` : ` ${id}`))
          .join('')
          .trim(),
      ),
      shapes,
    );
  });
}

test('any number of requests, and a chain of any length', async () => {
  for (const needs of [numbered(205), numbered(45, (at) => (at ? [`r${at - 1}`] : []))]) {
    const { it, sent } = sending();
    const results = await batch(it, graph(needs));
    assert.ok(results.every(({ status }) => status === 200) && sent.every(isUniform));
    assert.equal(sent.flat().length, Object.keys(needs).length);
  }
});

test('a circle is refused before anything is sent', async () => {
  for (const needs of [{ a: ['a'] }, { a: ['b'], b: ['a'] }, { x: [], a: ['x', 'c'], b: ['a'], c: ['b'] }]) {
    const { it, sent } = sending();
    await assert.rejects(batch(it, graph(needs)), { code: 'invalid_argument', message: /circle/ });
    assert.equal(sent.length, 0);
  }
});

test('random batches: each request has its own answer, what depends goes with or after what it needs, no part is too large', async () => {
  let seed = 3;
  const random = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (let round = 0; round < 60; round++) {
    const count = 1 + random(70);
    const requests = Array.from({ length: count }, (_, at) => ({
      id: `r${at}`,
      method: 'GET',
      path: `/${at}`,
      ...(at && random(4) === 0 && at % 15 && { dependsOn: [`r${at - 1}`] }),
    }));
    const done = new Set();
    const tries = new Map();
    const { it, sent } = sending(
      ...Array(400).fill((items) =>
        items.map(({ id, dependsOn = [] }) => {
          const here = items.map((one) => one.id);
          assert.ok(
            dependsOn.every((one) => here.includes(one)),
            'what is needed is in the same part',
          );
          assert.ok(!done.has(id), `${id} is sent once when it is done`);
          if (!dependsOn.every((one) => done.has(one))) return { id, status: 424, headers: {} };
          tries.set(id, (tries.get(id) ?? 0) + 1);
          if (tries.get(id) === 1 && random(5) === 0) return { id, status: 429, headers: { 'Retry-After': '1' } };
          done.add(id);
          return ok(id, id);
        }),
      ),
    );
    it.retries = 20;
    const results = await batch(it, requests);
    assert.deepEqual(
      results.map(({ id, status, body }) => [id, status, body]),
      requests.map(({ id }) => [id, 200, id]),
    );
    assert.ok(sent.every(({ length }) => length <= 20));
  }
});

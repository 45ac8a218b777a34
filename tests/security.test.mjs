// Checks SECURITY.md against the sources: every requirement has a test, every number of a test is a requirement, and
// docs/security-tests.md lists the tests of today.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMAND, LIST, list, requirements, root, rustTests, scriptTests, tests, threeCells } from './security.mjs';

const held = tests();
const rows = requirements();

test('the rows are S1, S2, ... and E1, E2, ..., each once and in order, with three cells', () => {
  const count = (side) => rows.filter(({ number }) => number.startsWith(side)).length;
  const wanted = ['S', 'E'].flatMap((side) => Array.from({ length: count(side) }, (_, at) => `${side}${at + 1}`));
  assert.deepEqual(
    rows.map(({ number }) => number),
    wanted,
  );
  assert.ok(count('S') >= 38 && count('E') >= 60, 'a requirement that was there has gone');
  for (const { number, requirement, where, more } of rows) {
    assert.ok(requirement && where, `${number}: write the requirement and where it is held`);
    assert.equal(more.length, 0, `${number}: the tests are listed in ${LIST}; run \`${COMMAND}\``);
  }
});

test('every number in the name of a test is a requirement', () => {
  assert.ok(held.size > 70, 'the sources were found');
  for (const [number, found] of held) {
    const names = found.map(({ file, name }) => `${file}: ${name}`).join('\n');
    assert.ok(
      rows.some((row) => row.number === number),
      `SECURITY.md has no row ${number}:\n${names}`,
    );
  }
});

test('every requirement has a test with its number', () => {
  for (const { number } of rows) assert.ok(held.has(number), `${number}: no test has the number in its name`);
});

test('the parts that a row names are there', () => {
  for (const { number, paths } of rows) {
    for (const path of paths) assert.ok(existsSync(join(root, path)), `${number}: there is no ${path}`);
  }
});

test('the list of tests is that of today', () => {
  const written = existsSync(join(root, LIST)) ? readFileSync(join(root, LIST), 'utf8') : '';
  assert.ok(written === list(), `${LIST} is out of date: run \`${COMMAND}\``);
});

test('tests are found by their names, and helpers and messages are not', () => {
  const rust = `
    #[test]
    fn s1_e2_first() {}
    #[tokio::test(start_paused = true)]
    // Why.
    #[allow(clippy::unwrap_used)]
    async fn e3_second() {}
    #[wasm_bindgen_test]
    async fn s4_third() {}
    fn e9_helper() {}`;
  assert.deepEqual(rustTests(rust), [
    { name: 's1_e2_first', numbers: ['S1', 'E2'] },
    { name: 'e3_second', numbers: ['E3'] },
    { name: 's4_third', numbers: ['S4'] },
  ]);
  const script = `
    test('S5 E6 the page says "no"', () => assert.ok(true, 'S9 a message'));
    test.skip("E7 it's skipped", () => {});
    [ 'S8 a row of a table', 1 ],
    check(size < 1, 'S30 a check of the gate');`;
  assert.deepEqual(scriptTests(script), [
    { name: 'the page says "no"', numbers: ['S5', 'E6'] },
    { name: "it's skipped", numbers: ['E7'] },
    { name: 'a row of a table', numbers: ['S8'] },
    { name: 'a check of the gate', numbers: ['S30'] },
  ]);
});

test('rows with a fourth cell are brought to three, and no sentence is lost silently', () => {
  const { text, dropped } = threeCells(
    '| E1 | It holds | `src` | `e1_a`, `tests/b.mjs` |\n| E2 | So | here | later: not yet |\nText',
  );
  assert.equal(text, '| E1 | It holds | `src` |\n| E2 | So | here |\nText');
  assert.deepEqual(dropped, ['E2: later: not yet']);
});

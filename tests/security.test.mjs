// Checks SECURITY.md: every number has a row, and every row names existing tests, or says `later`.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file) => readFileSync(join(root, file), 'utf8');

/** The files below `dir` of the project, as paths from its root. */
function files(dir) {
  const found = [];
  for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
    const path = `${dir}/${entry.name}`;
    if (!entry.isDirectory()) found.push(path);
    else if (!/^(?:node_modules|target)$/.test(entry.name)) found.push(...files(path));
  }
  return found;
}

/** Rust tests by name, also those of wasm-bindgen and in `proptest!`. A function without a `#[..test]` is a helper. */
const RUST = /#\[(?:\w+::)?\w*test\b[^\]]*\]\s*(?:\/\/[^\n]*\s*|#\[[^\n]*\]\s*)*(?:async )?fn ((?:[se]\d+_)+\w+)/g;
/**
 * Titles of tests: of `test`, of a row in a table of tests, of a check in the size gate. The message of an assertion is
 * not a title.
 */
const TITLE = /(?:\btest(?:\.\w+)?\(\s*|^\s*\[\s*|^\s*check\(.*?,\s*)['"`]((?:[SE]\d+ )+)/gm;

/** For each number, the names of the Rust tests, and the files with a title, that have it. */
function tests() {
  const found = new Map();
  const note = (number, name) => found.set(number, (found.get(number) ?? new Set()).add(name));
  const all = ['crates', 'src', 'tests', 'pkg-template']
    .flatMap(files)
    .filter((file) => file !== `tests/${basename(import.meta.url)}`);
  for (const file of all.filter((file) => file.endsWith('.rs'))) {
    for (const [, name] of read(file).matchAll(RUST)) {
      for (const [, number] of /^(?:[se]\d+_)+/.exec(name)[0].matchAll(/([se]\d+)_/g)) note(number.toUpperCase(), name);
    }
  }
  for (const file of all.filter((file) => file.endsWith('.test.mjs') || file === 'crates/xtask/node/size.mjs')) {
    for (const [, numbers] of read(file).matchAll(TITLE))
      for (const number of numbers.trim().split(' ')) note(number, file);
  }
  return found;
}

const held = tests();
const rows = read('SECURITY.md')
  .split('\n')
  .filter((line) => /^\|\s*[SE]\d/.test(line))
  .map((line) => {
    const [, number, requirement, where, proof, ...rest] = line.split('|').map((cell) => cell.trim());
    const quoted = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text);
    const names = quoted(proof).filter((text) => /^[se]\d+_|\.mjs$/.test(text));
    return {
      number,
      requirement,
      where: quoted(where).filter((text) => text.includes('/')),
      proof,
      names,
      holding: quoted(proof.split('later')[0]),
      columns: rest.length,
    };
  });

test('the rows are S1 and on, then E1 and on, each once and in order', () => {
  const count = (side, least) => [side, Math.max(least, rows.filter(({ number }) => number.startsWith(side)).length)];
  const wanted = [count('S', 38), count('E', 60)].flatMap(([side, count]) => Array.from({ length: count }, (_, at) => `${side}${at + 1}`));
  assert.deepEqual(rows.map(({ number }) => number), wanted);
  for (const { number, requirement, proof, columns } of rows) assert.ok(requirement && proof && columns === 1, `${number}: four cells`);
});

test('every number in the name of a test is a row, which names one of these tests', () => {
  assert.ok(held.size > 70, 'the sources were found');
  for (const [number, names] of held) {
    const row = rows.find((row) => row.number === number);
    assert.ok(row, `${number} of ${[...names]} is no row of SECURITY.md`);
    assert.ok(
      row.names.some((name) => names.has(name)),
      `${number}: name one of ${[...names]}, or say behind \`later\` why it does not hold the row`,
    );
  }
});

test('what a row names is there and has its number; a row that names nothing says later', () => {
  for (const { number, names, holding, proof } of rows) {
    for (const name of [...names, ...holding])
      assert.ok(held.get(number)?.has(name), `${number}: no test of that number is ${name}`);
    assert.ok(holding.length > 0 || proof.startsWith('later'), `${number}: name a test, or say later`);
  }
});

test('the parts that a row names are there', () => {
  for (const { number, where } of rows)
    for (const path of where) assert.ok(existsSync(join(root, path)), `${number}: ${path}`);
});

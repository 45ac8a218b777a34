// SECURITY.md and the tests: what each requirement says, and which tests hold it.
// `node tests/security.mjs --write` writes docs/security-tests.md, which lists the tests of each requirement.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file) => readFileSync(join(root, file), 'utf8');

export const REQUIREMENTS = 'SECURITY.md';
export const LIST = 'docs/security-tests.md';
export const COMMAND = 'node tests/security.mjs --write';

/** The files below `dir` of the project, as paths from its root. */
function files(dir) {
  const found = [];
  for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
    const path = `${dir}/${entry.name}`;
    if (!entry.isDirectory()) found.push(path);
    else if (!/^(?:node_modules|target)$/.test(entry.name)) found.push(...files(path));
  }
  return found.sort();
}

/** Rust tests by name, also those of wasm-bindgen and in `proptest!`. A function without a `#[..test]` is a helper. */
const RUST = /#\[(?:\w+::)?\w*test\b[^\]]*\]\s*(?:\/\/[^\n]*\s*|#\[[^\n]*\]\s*)*(?:async )?fn ((?:[se]\d+_)+\w+)/g;
/**
 * Titles of tests: of `test`, of a row in a table of tests, of a check in the size gate. The message of an assertion is
 * not a title.
 */
const TITLE = /(?:\btest(?:\.\w+)?\(\s*|^\s*\[\s*|^\s*check\(.*?,\s*)(['"`])((?:[SE]\d+ )+)(.*?)\1/gm;

/** The numbers and the names of the tests in a Rust file. */
export function rustTests(text) {
  return [...text.matchAll(RUST)].map(([, name]) => ({
    name,
    numbers: [.../^(?:[se]\d+_)+/.exec(name)[0].matchAll(/([se]\d+)_/g)].map(([, number]) => number.toUpperCase()),
  }));
}

/** The numbers and the titles of the tests in a JavaScript file. */
export function scriptTests(text) {
  return [...text.matchAll(TITLE)].map(([, , numbers, title]) => ({ name: title, numbers: numbers.trim().split(' ') }));
}

/** For each number, its tests: `file` and `name`. */
export function tests() {
  const found = new Map();
  for (const file of ['crates', 'pkg-template', 'src', 'tests'].flatMap(files)) {
    if (file === 'tests/security.test.mjs') continue;
    const script = file.endsWith('.test.mjs') || file === 'crates/xtask/node/size.mjs';
    if (!script && !file.endsWith('.rs')) continue;
    for (const { name, numbers } of (script ? scriptTests : rustTests)(read(file))) {
      for (const number of numbers) found.set(number, [...(found.get(number) ?? []), { file, name }]);
    }
  }
  return found;
}

/** The rows of the tables in SECURITY.md. `more` are the cells behind the third. */
export function requirements(text = read(REQUIREMENTS)) {
  return text
    .split('\n')
    .filter((line) => /^\|\s*[SE]\d/.test(line))
    .map((line) => {
      const [, number, requirement, where, ...rest] = line.split('|').map((cell) => cell.trim());
      const paths = [...(where ?? '').matchAll(/`([^`]+)`/g)]
        .map(([, path]) => path)
        .filter((path) => /[/.]/.test(path));
      return { number, requirement, where, paths, more: rest.slice(0, -1) };
    });
}

/** What `LIST` has to say. */
export function list(rows = requirements(), held = tests()) {
  const sections = rows.map(({ number, requirement }) => {
    const found = held.get(number) ?? [];
    const lines = [...new Set(found.map(({ file }) => file))].map((file) => {
      const quote = (name) => (file.endsWith('.rs') ? `\`${name}\`` : `"${name}"`);
      const names = new Set(found.filter((test) => test.file === file).map(({ name }) => quote(name)));
      return `- [${file}](../${file}): ${[...names].join(', ')}`;
    });
    return `### ${number}\n\n${requirement}\n\n${lines.join('\n')}\n`;
  });
  return `# Tests of the security requirements

Generated from the names of the tests by \`${COMMAND}\`; do not edit it. [${REQUIREMENTS}](../${REQUIREMENTS}) has
the requirements, and where each of them is held. A Rust test is listed by its function, a JavaScript test by its title
without the numbers.

${sections.join('\n')}`;
}

/** SECURITY.md with three cells in each row, and the sentences that stood behind them. */
export function threeCells(text) {
  const dropped = [];
  const lines = text.split('\n').map((line) => {
    const [row] = requirements(line);
    if (!row || row.more.length === 0) return line;
    const sentences = row.more
      .join(' ')
      .replaceAll(/`[^`]*`/g, '')
      .replaceAll(/[,;\s]+/g, ' ')
      .trim();
    if (sentences) dropped.push(`${row.number}: ${row.more.join(' | ')}`);
    return `| ${row.number} | ${row.requirement} | ${row.where} |`;
  });
  return { text: lines.join('\n'), dropped };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (argv[2] !== '--write') {
    console.error(`usage: ${COMMAND}`);
    process.exit(2);
  }
  const { text, dropped } = threeCells(read(REQUIREMENTS));
  writeFileSync(join(root, REQUIREMENTS), text);
  for (const sentence of dropped) console.error(`${REQUIREMENTS}: taken out of the fourth cell: ${sentence}`);
  writeFileSync(join(root, LIST), list());
}

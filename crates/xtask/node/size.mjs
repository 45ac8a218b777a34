// The size gate: `node size.mjs PACKAGE`. Brotli at 11 is what a CDN sends.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const [dir] = process.argv.slice(2);
const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
const read = (file) => readFileSync(join(dir, file));
const brotli = (bytes) => brotliCompressSync(bytes, { params }).length;

function check(ok, text) {
  console.log(`${ok ? 'PASS' : 'FAIL'} ${text}`);
  if (!ok) process.exitCode = 1;
}

const wasm = read('wasm/exo365_bg.wasm');
const scripts = { 'ES module': 'index.js', 'script tag': 'dist/exo365.global.js' };
const later = ['more.js', 'writing.js', 'journal.js', 'preload.js'];
const start = 'dist/exo365.start.js';
/** The same sources in other builds. */
const others = ['full.js', 'inline.js', 'inline.cjs', 'react.js', 'react.cjs', 'start.js', 'start.cjs', start];
const javascript = [...Object.values(scripts), ...later, ...others];

/**
 * Most bytes, brotli, that a page downloads for its first view (MSAL.js and the Graph client: 71,300).
 */
const FIRST_VIEW = 55_000;
/** Most bytes, brotli, of a part that is loaded later: a page loads the parts that it needs. And of all parts. */
const PART = 9_000;
const LATER = 13_600;
/** Most bytes, brotli, of the module as base64, for bundlers that leave its file behind. */
const MODULE = 60_000;
/** Most bytes, brotli, of one script with everything in it: base64 takes a quarter more. */
const INLINE = 83_000;
/** Most bytes, brotli, of the hooks for React. */
const REACT = 1_000;

/** Most bytes, brotli, of the script for a page's head. */
const START = 1_000;

/** Holds all of `files` together to `most` bytes, and prints what each of them takes. */
function checkBudget(what, files, most) {
  const sizes = files.map((file) => ({ file, size: brotli(read(file)), raw: read(file).length }));
  const sum = sizes.reduce((all, { size }) => all + size, 0);
  check(
    sum <= most,
    `${what}: ${sum} of ${most} B brotli (${sizes.map(({ file, size, raw }) => `${file} ${size}, ${raw} raw`).join('; ')})`,
  );
}
for (const [name, script] of Object.entries(scripts))
  checkBudget(`first view, ${name}`, ['wasm/exo365_bg.wasm', script], FIRST_VIEW);
for (const part of later) checkBudget(`loaded later, ${part}`, [part], PART);
checkBudget('all that is loaded later', later, LATER);
checkBudget('the module in a script', ['wasm/module.js'], MODULE);
checkBudget('exo365/full', ['wasm/exo365_bg.wasm', 'full.js'], FIRST_VIEW + LATER);
checkBudget('exo365/inline', ['inline.js'], INLINE);
checkBudget('exo365/react', ['react.js'], REACT);
checkBudget('exo365/start', [start], START);

const module = await WebAssembly.compile(wasm).catch((error) => error);
check(
  module instanceof WebAssembly.Module,
  `the engine compiles the module${module instanceof Error ? `: ${module.message}` : ''}`,
);
if (module instanceof WebAssembly.Module) {
  const from = [...new Set(WebAssembly.Module.imports(module).map((entry) => entry.module))];
  check(from.length === 1 && from[0] === 'a', `the module imports nothing but its glue (${from.join(', ')})`);
}

// S1: the page's half knows no client secret and no refresh token, not even their names.
for (const file of ['wasm/exo365_bg.wasm', ...javascript]) {
  const text = read(file).toString('latin1');
  const found = ['client_secret', 'refresh_token', 'client_assertion'].filter((word) => text.includes(word));
  check(found.length === 0, `S1 ${file} names no secret ${found.join(', ')}`);
}

// S30: a panic has no text that could leave, and nothing to leave by. Its words, and the files where it begins, are not
// in the module (prune.rs), which throws nothing (glue.mjs holds the imports to it); no script writes to the console.
const words = [
  'index out of bounds',
  'out of range for slice',
  'out of bounds of',
  '::unwrap()`',
  '::expect()`',
  'unwrap_throw',
  'already borrowed',
  'already mutably borrowed',
  'char boundary',
  'capacity overflow',
  'internal error',
  'assertion',
  'poisoned',
  'panicked',
];
const said = words.filter((word) => wasm.includes(word));
check(said.length === 0, `S30 the module has no words of a panic ${said.join(', ')}`);
const sources = wasm.toString('latin1').match(/[\w./-]+\.rs\b/g) ?? [];
check(sources.length === 0, `S30 the module names no source file ${sources.join(', ')}`);
for (const file of javascript) {
  const ways =
    read(file)
      .toString()
      .match(/\bconsole\b|\breportError\b|\bstderr\b/g) ?? [];
  check(ways.length === 0, `S30 ${file} writes to no console ${ways.join(', ')}`);
}

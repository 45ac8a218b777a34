// Joins the glue of wasm-bindgen with the module that wasm-opt made of its own: `node glue.mjs FOLDER NAMES`.
// FOLDER holds exo365_bg.js, as wasm-bindgen writes it for bundlers, and gets exo365.js: a function that makes the class
// `Core`, and a function that starts a compiled module for it. NAMES is what Binaryen's pass minify-imports-and-exports-and-modules prints:
// old and new names.
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [folder, namesFile] = process.argv.slice(2);
/** Imports are `[module, name, new name]`, exports `[name, new name]`. */
const names = JSON.parse(await readFile(namesFile, 'utf8'));
const imports = names.imports.map(([, name, shortName]) => ({ name, shortName }));
const exports = Object.fromEntries(names.exports);

// S30: the text of a panic cannot leave the module: there is nothing that it could throw or write it with (see
// crates/xtask/src/prune.rs).
const leaks = imports.filter(({ name }) => /throw|console|panic/.test(name));
if (leaks.length > 0)
  throw new Error(`the module imports ${leaks.map(({ name }) => name)}: a text of a panic could leave by it`);

// Only the imports that wasm-opt left are named here: esbuild leaves out the rest of the glue. Binaryen calls the one
// module `a`.
const given = imports.map(({ name, shortName }) => `'${shortName}': ${name}`);
const start = `
import { __wbg_set_wasm, ${imports.map(({ name }) => name)} } from './exo365_bg.js';
export { Core } from './exo365_bg.js';

// What leaves an export as an exception (a trap, or an import that threw) leaves the memory as it was in the middle of
// something: nothing of this instance runs any more. Callbacks that come later get what the glue reads as no value and no
// error.
function guarded(exports, trapped) {
  let over;
  const guard = (run) => (...args) => {
    try {
      return over ?? run(...args);
    } catch (cause) {
      over = [undefined, 0, 0];
      trapped(cause);
      return over;
    }
  };
  const entries = Object.entries(exports);
  return Object.fromEntries(entries.map(([name, one]) => [name, typeof one === 'function' ? guard(one) : one]));
}

export async function start(module, trapped) {
  const { exports } = await WebAssembly.instantiate(module, { a: { ${given} } });
  const wasm = guarded(exports, trapped);
  __wbg_set_wasm(wasm);
  wasm.__wbindgen_start();
}
`;

// S35: the module gets what glue-platform.js names from where the face does (session/platform.ts), which takes
// it before a later script can replace it. bundle.mjs knows the name of that module.
const { outputFiles } = await build({
  stdin: { contents: start, resolveDir: folder },
  bundle: true,
  format: 'esm',
  write: false,
  logLevel: 'warning',
  mangleProps: new RegExp(`^(?:${Object.keys(exports).join('|')})$`),
  mangleCache: exports,
  inject: [join(import.meta.dirname, 'glue-platform.js')],
  external: ['exo365:platform'],
  // js-sys looks for the global object under four names; every engine that runs the module has the first.
  define: { 'globalThis.crypto': 'crypto', global: 'globalThis', self: 'globalThis', window: 'globalThis' },
});
const { text } = outputFiles[0];
if (!text.includes('import { crypto, fetch, pause, readJson, Response, runTask, within } from "exo365:platform"'))
  throw new Error('the glue does not use all of glue-platform.js: what else does it take?');
const around = text.match(/\b(?:globalThis|self|window)\.(?:crypto|fetch|Response)\b/);
if (around) throw new Error(`the glue takes ${around[0]}, which a later script may have replaced`);

// Each instance of the module has glue of its own: callbacks of one that has trapped must not reach the memory of another.
// It may have a `fetch` of its own as well, that of a client's settings.
const [body, left] = withoutFallbacks(text)
  .replace(/^import .*$/m, '')
  .split(/^export \{[^}]*\};$/m);
if (left === undefined || /^(?:import|export) /m.test(body + left)) throw new Error('the glue exports in another form');
const [taken] = text.match(/^import .*$/m);
await writeFile(
  join(folder, 'exo365.js'),
  `${taken.replace('fetch', 'fetch as ofPackage')}
export default function instance(fetch = ofPackage) {\n${body}\nreturn { Core, start };\n}\n`,
);

/**
 * `glue` without what it has for older engines: every one that has `AbortSignal.any` has these as well. The face frees
 * its objects by name, and every text crosses with a function that makes its memory larger.
 *
 * @param {string} glue
 */
function withoutFallbacks(glue) {
  for (const [what, pattern, times] of /** @type {[string, RegExp, number][]} */ ([
    [
      'an engine without FinalizationRegistry',
      /typeof FinalizationRegistry === "undefined" \? \{[^:]*: [^:]*: [^:]*: /g,
      2,
    ],
    ['an engine without encodeInto', /^if \(!\("encodeInto" in .*?^\}$/gms, 1],
    ['a text that crosses in another way', /^ {2}if \(realloc === void 0\) \{.*?^ {2}\}$/gms, 1],
    ['`using`', /^if \(Symbol\.dispose\) .*$/gm, 2],
  ])) {
    const found = glue.match(pattern)?.length ?? 0;
    if (found !== times) throw new Error(`the glue has ${found} places, not ${times}, for ${what}`);
    glue = glue.replace(pattern, '');
  }
  return glue;
}

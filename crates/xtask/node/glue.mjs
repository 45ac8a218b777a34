// Joins the glue of wasm-bindgen with the module that wasm-opt made of its own: `node glue.mjs FOLDER NAMES`.
// FOLDER holds exo365_bg.js, as wasm-bindgen writes it for bundlers, and gets exo365.js: the class `Core`, and a
// function that starts a compiled module. NAMES is what Binaryen's pass minify-imports-and-exports-and-modules prints:
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

export default async function init(module) {
  const { exports } = await WebAssembly.instantiate(module, { a: { ${given} } });
  __wbg_set_wasm(exports);
  exports.__wbindgen_start();
}
`;

// S35: the module gets `crypto`, `fetch` and `Response` from where the face does (session/platform.ts), which takes
// them before a later script can replace them. bundle.mjs knows the name of that module.
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
if (!text.includes('import { crypto, fetch, Response } from "exo365:platform"'))
  throw new Error('the glue does not use all of glue-platform.js: what else does it take?');
const around = text.match(/\b(?:globalThis|self|window)\.(?:crypto|fetch|Response)\b/);
if (around) throw new Error(`the glue takes ${around[0]}, which a later script may have replaced`);
await writeFile(join(folder, 'exo365.js'), text);

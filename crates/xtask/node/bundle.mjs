// The JavaScript of the package: `node bundle.mjs TEMPLATE PACKAGE`. PACKAGE/wasm holds the glue already.
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [template, out] = process.argv.slice(2);
const glue = join(out, 'wasm/exo365.js');
const common = { bundle: true, minify: true, charset: 'utf8', legalComments: 'none', target: 'es2022', logLevel: 'warning' };

// What bundlers look for to find the wasm; without it a production build would ship a page without its module.
const WASM_URL = /new URL\((['"])exo365_bg\.wasm\1,\s*import\.meta\.url\)/;

async function mustHold(file, pattern, what) {
  if (!pattern.test(await readFile(file, 'utf8'))) throw new Error(`${file} does not hold ${what}`);
}

/** The template imports `./wasm/exo365.js`, which lies in the package, not in the template. */
const toGlue = (external) => ({
  name: 'glue',
  setup(b) {
    b.onResolve({ filter: /wasm\/exo365\.js$/ }, () => (external ? { path: './wasm/exo365.js', external } : { path: glue }));
  },
});

// The script tag: one classic script. It has no import.meta: the wasm lies where the package has it, seen from the script's own URL.
await build({
  ...common,
  entryPoints: [join(template, 'index.js')],
  plugins: [toGlue(false)],
  format: 'iife',
  globalName: 'Exo365',
  outfile: join(out, 'dist/exo365.global.js'),
  banner: { js: 'var __exo365_src=document.currentScript&&new URL("../wasm/",document.currentScript.src).href;' },
  define: { 'import.meta.url': '__exo365_src' },
});

await build({
  ...common,
  entryPoints: [join(template, 'index.js')],
  plugins: [toGlue(true)],
  format: 'esm',
  outfile: join(out, 'index.js'),
});

await build({ ...common, bundle: false, entryPoints: [glue], format: 'esm', outfile: glue, allowOverwrite: true });
await mustHold(glue, WASM_URL, 'the URL of the wasm as bundlers look for it');
await mustHold(join(out, 'index.js'), /["']\.\/wasm\/exo365\.js["']/, 'the import of its glue');

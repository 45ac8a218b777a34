// The JavaScript of the package: `node bundle.mjs TEMPLATE PACKAGE`. PACKAGE/wasm holds the glue, which ends up inside
// the bundles.
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [template, out] = process.argv.slice(2);
const glue = join(out, 'wasm/exo365.js');
// What bundlers look for to find the wasm; without it a production build would ship a page without its module.
const WASM_URL = "new URL('./wasm/exo365_bg.wasm', import.meta.url)";

/** The template imports `./wasm/exo365.js`; the package lies at `dir`, seen from the bundle. */
const withGlue = (dir) => ({
  name: 'glue',
  setup(b) {
    // Loaded by the first call that needs it: a file of its own, for both.
    b.onResolve({ filter: /^\.\/(?:more|journal)\.js$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `${dir}${path.slice(1)}`, external: true } : undefined,
    );
    b.onResolve({ filter: /wasm\/exo365\.js$/ }, () => ({ path: glue }));
    // The glue takes the browser's functions from where the face does.
    b.onResolve({ filter: /platform\.js$/ }, () => ({ path: join(template, 'platform.js') }));
    b.onLoad({ filter: /[\\/]load\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(WASM_URL))
        throw new Error('load.js does not hold the URL of the wasm as bundlers look for it');
      return { contents: text.replace(WASM_URL, WASM_URL.replace('./wasm', `${dir}/wasm`)) };
    });
  },
});

const bundle = (options, dir) =>
  build({
    bundle: true,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    target: 'es2022',
    logLevel: 'warning',
    plugins: [withGlue(dir)],
    ...options,
  });

await bundle({ entryPoints: [join(template, 'index.js')], format: 'esm', outfile: join(out, 'index.js') }, '.');
for (const name of ['more.js', 'journal.js'])
  await bundle({ entryPoints: [join(template, name)], format: 'esm', outfile: join(out, name) }, '.');

// The script tag: one classic script. It has no import.meta: the wasm is found from the script's own URL.
// Bundled as a module without exports, and put into a function by hand: esbuild's own way brings helpers for modules
// that import one another.
const names = ['Exo365Error', 'createClient', 'filter'].join(', ');
await bundle(
  {
    stdin: {
      contents: `import { ${names} } from "./index.js"; globalThis.Exo365 = { ${names} };`,
      resolveDir: template,
    },
    format: 'esm',
    outfile: join(out, 'dist/exo365.global.js'),
    banner: { js: '(()=>{var __x=document.currentScript?.src;' },
    footer: { js: '})();' },
    define: { 'import.meta.url': '__x' },
  },
  '..',
);

// Bundles the JavaScript of the package: `node bundle.mjs TEMPLATE GLUE REMEDIES PACKAGE`.
// TEMPLATE holds the sources, GLUE is what glue.mjs wrote, REMEDIES a JSON file with a sentence for each error code.
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { minify } from 'terser';
import { defineRemedies } from './remedies.mjs';

const [template, glue, remediesFile, out] = process.argv.slice(2);
const remedies = await defineRemedies(remediesFile);
/** A source file, by its name without the ending. */
const source = (name) => join(template, `${name}.ts`);

/** Bundlers of pages look for exactly this expression to find the module, and ship the file that it names. */
const MODULE_URL = "new URL('./wasm/exo365_bg.wasm', import.meta.url)";
/** Parts that the first call that needs them loads: each stays a file of its own. */
const LAZY = ['more', 'journal'];

/** Resolves what the sources import in a way of their own. `root` leads from the bundle to the root of the package, such as `..`. */
const layout = (root) => ({
  name: 'layout of the package',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/(?:more|journal)\.ts$/ }, ({ kind, path, resolveDir }) => {
      const name = LAZY.find((lazy) => source(lazy) === join(resolveDir, path));
      return name && kind === 'dynamic-import' ? { path: `${root}/${name}.js`, external: true } : undefined;
    });
    onResolve({ filter: /\/wasm\/exo365\.js$/ }, () => ({ path: glue }));
    onResolve({ filter: /^exo365:platform$/ }, () => ({ path: source('session/platform') }));
    onLoad({ filter: /[\\/]load\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(MODULE_URL)) throw new Error(`${path} does not contain ${MODULE_URL}`);
      return { contents: text.replace(MODULE_URL, MODULE_URL.replace('.', root)), loader: 'ts' };
    });
  },
});

/** Writes one bundle to PACKAGE/`file`. */
async function bundle(file, options, asClassicScript = false) {
  const outfile = join(out, file);
  const { outputFiles } = await build({
    bundle: true,
    format: 'esm',
    target: 'es2022',
    // Texts are UTF-8: escapes would be longer.
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    outfile,
    write: false,
    define: remedies,
    plugins: [layout(relative(dirname(file), '') || '.')],
    ...options,
  });
  const { code } = await minify(outputFiles[0].text, {
    // Names at the top level belong to the module: nothing else reads them.
    module: true,
    // What the browsers that we support know; terser may write shorter forms of it.
    ecma: 2020,
    // One pass makes room for the next; a fourth finds nothing.
    compress: { passes: 3 },
    // A classic script keeps its names to itself inside a function. (esbuild's own `iife` brings helpers that nothing here needs.)
    enclose: asClassicScript,
  });
  await mkdir(dirname(outfile), { recursive: true });
  await writeFile(outfile, code);
}

for (const name of ['index', ...LAZY]) await bundle(`${name}.js`, { entryPoints: [source(name)] });

// The script tag: a classic script, which has no import.meta. The module is found from the script's own address.
const names = ['Exo365Error', 'createClient', 'filter'].join(', ');
await bundle(
  'dist/exo365.global.js',
  {
    stdin: {
      contents: `import { ${names} } from ${JSON.stringify(source('index'))}; globalThis.Exo365 = { ${names} };`,
      resolveDir: template,
    },
    inject: [join(import.meta.dirname, 'script-address.js')],
    define: { ...remedies, 'import.meta.url': 'scriptAddress' },
  },
  true,
);

// Bundles the JavaScript of the package: `node bundle.mjs TEMPLATE GLUE REMEDIES PACKAGE`.
// TEMPLATE holds the sources, GLUE is what glue.mjs wrote, REMEDIES a JSON file with a sentence for each error code.
// PACKAGE holds the WebAssembly already.
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { minify } from 'terser';
import { defineRemedies } from './remedies.mjs';

const [template, glue, remediesFile, out] = process.argv.slice(2).map((path) => resolve(path));
const remedies = await defineRemedies(remediesFile);
/** A source file, by its name without the ending. */
const source = (name) => join(template, `${name}.ts`);

/** A file beside this one. */
const beside = (name) => join(import.meta.dirname, name);

/** Bundlers of pages look for exactly this expression to find the module, and ship the file that it names. */
const MODULE_URL = "new URL('./wasm/exo365_bg.wasm', import.meta.url)";
/** Parts that `exo365` loads where they are needed: each stays a file of its own. */
const LAZY = ['more', 'writing', 'journal', 'preload', 'wasm/module'];

/**
 * Resolves what the sources import in a way of their own.
 *
 * @param {string} root Leads from the bundle to the root of the package, such as `..`.
 * @param {string} [whole] The bundle has the lazy parts in it, and its WebAssembly from session/sources/`whole`.
 */
const layout = (root, whole) => ({
  name: 'layout of the package',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/(?:more|writing|journal|preload|module)\.ts$/ }, ({ kind, path, resolveDir }) => {
      const name = LAZY.find((lazy) => source(lazy) === join(resolveDir, path));
      if (name && kind === 'dynamic-import' && !whole) return { path: `${root}/${name}.js`, external: true };
    });
    onResolve({ filter: /\/sources\/page\.ts$/ }, () => whole && { path: source(`session/sources/${whole}`) });
    onResolve({ filter: /\/wasm\/exo365\.js$/ }, () => ({ path: glue }));
    onResolve({ filter: /\/exo365_bg\.wasm$/ }, () => ({ path: join(out, 'wasm/exo365_bg.wasm') }));
    onResolve({ filter: /^exo365:platform$/ }, () => ({ path: source('session/platform') }));
    onLoad({ filter: /[\\/]beside\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(MODULE_URL)) throw new Error(`${path} does not contain ${MODULE_URL}`);
      return { contents: text.replace(MODULE_URL, MODULE_URL.replace('.', root)), loader: 'ts' };
    });
  },
});

/**
 * What a debugger calls a source: its place in the template or its own name, without the folders of the machine that
 * builds.
 */
function sourceName(path) {
  const place = relative(template, path);
  return `exo365/${place.startsWith('..') ? `wasm/${basename(path)}` : place}`;
}

/**
 * Writes one bundle to PACKAGE/`file`, and its source map beside it.
 *
 * @param {string} file
 * @param {import('esbuild').BuildOptions & { whole?: string }} options `whole` as for `layout`.
 * @param {import('terser').MinifyOptions} [ofTerser]
 */
async function bundle(file, { whole, ...options }, ofTerser = {}) {
  const outfile = join(out, file);
  const { outputFiles } = await build({
    bundle: true,
    // Shorter forms of its own: terser starts from there. Both together take some 30 bytes less than terser alone.
    minifySyntax: true,
    format: 'esm',
    target: 'es2022',
    // Texts are UTF-8: escapes would be longer.
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    outfile,
    write: false,
    sourcemap: 'external',
    define: remedies,
    loader: { '.wasm': 'base64' },
    plugins: [layout(relative(dirname(file), '') || '.', whole)],
    ...options,
  });
  const output = (name) => outputFiles.find(({ path }) => path === name).text;
  const { code, map } = await minify(output(outfile), {
    // Names at the top level belong to the module: nothing else reads them.
    module: true,
    // terser may write what is shorter in ES2020, such as arrow functions: its newest level, which all supported
    // browsers know.
    ecma: 2020,
    sourceMap: { content: output(`${outfile}.map`), url: `${basename(file)}.map`, includeSources: true },
    ...ofTerser,
  });
  const sourceMap = JSON.parse(/** @type {string} */ (map));
  const sources = sourceMap.sources.map((path) => sourceName(resolve(dirname(outfile), path)));
  // The WebAssembly is no source that a debugger shows.
  const sourcesContent = sourceMap.sourcesContent?.map((text, at) => (sources[at].endsWith('.wasm') ? null : text));
  await mkdir(dirname(outfile), { recursive: true });
  await writeFile(outfile, code);
  await writeFile(`${outfile}.map`, JSON.stringify({ ...sourceMap, sources, sourcesContent }));
}

for (const name of ['index', ...LAZY]) await bundle(`${name}.js`, { entryPoints: [source(name)] });

// Everything in one script: for where `import()` is not allowed, and for where no file can be served or found.
const all = { entryPoints: [source('index')] };
await bundle('full.js', { ...all, whole: 'full' });
await bundle('inline.js', { ...all, whole: 'inline' });
await bundle('inline.cjs', { ...all, whole: 'inline', format: 'cjs', inject: [beside('text-coding.js')] });

// What has its own dependencies: they stay imports. Test runners that know no ES modules require the second form.
for (const [name, entry] of Object.entries({ react: 'react', testing: 'testing/index' })) {
  const options = { entryPoints: [source(entry)], external: ['exo365', 'react'], whole: 'inline' };
  await bundle(`${name}.js`, options);
  await bundle(`${name}.cjs`, { ...options, format: 'cjs' });
}

// For the head of a page: as a module for those who bundle it, and as a classic script, whose tag has the settings.
const start = { entryPoints: [source('start')] };
await bundle('start.js', start);
await bundle('start.cjs', { ...start, format: 'cjs' });
await bundle(
  'dist/exo365.start.js',
  {
    stdin: {
      sourcefile: 'start-script.js',
      contents: `import { start } from './start.ts';
        const { dataset, src } = document.currentScript;
        start({ wasm: new URL('../wasm/exo365_bg.wasm', src).href, ...dataset });`,
      resolveDir: template,
    },
  },
  { enclose: true },
);

// The script tag: a classic script, which has no import.meta. The module is found from the script's own address.
const names = ['Exo365Error', 'createClient', 'filter'].join(', ');
await bundle(
  'dist/exo365.global.js',
  {
    stdin: {
      sourcefile: 'script.js',
      contents: `import { ${names} } from './index.ts'; globalThis.Exo365 = { ${names} };`,
      resolveDir: template,
    },
    inject: [beside('script-address.js')],
    define: { ...remedies, 'import.meta.url': 'scriptAddress' },
  },
  // It keeps its names to itself inside a function. (esbuild's own `iife` brings helpers that nothing here needs.)
  { enclose: true },
);

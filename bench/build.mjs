// Bundles an app of this folder as its author would: esbuild, minified, ES modules.
import { build } from 'esbuild';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const apps = fileURLToPath(new URL('./apps/', import.meta.url));

/** Gives the folder with the app's script, and the wasm beside it where it needs that. */
export async function bundle(name, exo365, out) {
  await build({
    entryPoints: [join(apps, `${name}.js`)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    outfile: join(out, name, 'app.js'),
    alias: { exo365: join(exo365, 'index.js') },
    nodePaths: [fileURLToPath(new URL('./node_modules', import.meta.url))],
    logLevel: 'warning',
  });
  // esbuild leaves the wasm to its user: it is looked for where the package has it, seen from the script.
  const wasm = 'wasm/exo365_bg.wasm';
  if (/exo365|list/.test(name)) cpSync(join(exo365, wasm), join(out, name, wasm));
  return join(out, name);
}

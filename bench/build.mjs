// Bundles an app of this folder as its author would: esbuild, minified, ES modules.
import { build } from 'esbuild';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
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
  const wasm = join(exo365, 'wasm/exo365_bg.wasm');
  if (/exo365|list/.test(name)) cpSync(wasm, join(out, name, basename(wasm)));
  return join(out, name);
}

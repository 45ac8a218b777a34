// Bundles an app of `apps/` as a production build would: esbuild, minified, ES modules.
import { build } from 'esbuild';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const apps = fileURLToPath(new URL('./apps/', import.meta.url));

/** Bundles an app into one script; gives its folder, which also has the wasm if the app needs it. */
export const bundle = async (name, exo365, out) => (await bundled(name, exo365, out, false)).dir;

/**
 * The same with code splitting; `first` are the files that a visitor downloads before anything else, without dynamic
 * imports.
 */
export async function bundled(name, exo365, out, splitting = true) {
  rmSync(join(out, name), { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: { app: join(apps, `${name}.js`) },
    bundle: true,
    splitting,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    outdir: join(out, name),
    alias: { exo365: join(exo365, 'index.js') },
    nodePaths: [fileURLToPath(new URL('./node_modules', import.meta.url))],
    logLevel: 'warning',
  });
  // esbuild does not copy the wasm: the script looks for it at the same relative path as in the package.
  const wasm = 'wasm/exo365_bg.wasm';
  if (/exo365|list|get|memory/.test(name)) cpSync(join(exo365, wasm), join(out, name, wasm));
  const first = new Set();
  const take = (file) => {
    if (first.has(file)) return;
    first.add(file);
    for (const { path, kind } of metafile.outputs[file].imports) if (kind === 'import-statement') take(path);
  };
  take(Object.keys(metafile.outputs).find((file) => file.endsWith('/app.js')));
  const files = [...first].map((file) => join(process.cwd(), file));
  if (name.startsWith('exo365')) files.push(join(out, name, wasm));
  return { dir: join(out, name), first: files };
}

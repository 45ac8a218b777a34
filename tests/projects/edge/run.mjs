// What `wrangler dev` does: bundles the worker, gives it the module beside the script, and starts the runtime.
import { readdirSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

await build({
  entryPoints: ['worker.js'],
  bundle: true,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
  loader: { '.wasm': 'copy' },
  outdir: 'dist',
});
const modules = readdirSync('dist').map((name) => {
  const compiled = name.endsWith('.wasm');
  /** @type {any} */
  const type = compiled ? 'CompiledWasm' : 'ESModule';
  return { type, path: name, contents: readFileSync(`dist/${name}`, compiled ? undefined : 'utf8') };
});
modules.sort((one) => (one.path === 'worker.js' ? -1 : 1));
const runtime = new Miniflare({
  modules,
  compatibilityDate: '2025-01-01',
  bindings: { TOKEN: process.env.TOKEN, API: process.env.API },
});
const answer = await runtime.dispatchFetch('http://localhost/');
console.log(await answer.text());
await runtime.dispose();

// Builds and runs the tests of the face, pkg-template/**/*.test.mjs: `node crates/xtask/node/face.mjs [WORD]`.
// With WORD it takes only the files whose path contains it, such as `queue`. `cargo xtask test --only face` runs all.
//
// esbuild bundles each test file with the modules that it imports into target/face, so that the tests run on every Node
// that the package supports, whether or not it reads TypeScript.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineRemedies } from './remedies.mjs';

const [word = ''] = process.argv.slice(2);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const template = join(root, 'pkg-template');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const out = join(target, 'face');

const tests = readdirSync(template, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.mjs') && path.includes(word) && !path.includes('node_modules'))
  .sort();
if (tests.length === 0) throw new Error(`no test file of pkg-template has "${word}" in its path`);

const fakeWasm = join(template, 'tests/fake-wasm.mjs');
const fakeModule = join(template, 'tests/fake-module.mjs');

/** The WebAssembly is under the control of the tests: only the package has a real one. */
const replaceGlue = {
  name: 'replace the glue',
  setup({ onResolve }) {
    onResolve({ filter: /\/wasm\/exo365\.js$/ }, () => ({ path: fakeWasm }));
    onResolve({ filter: /\/exo365_bg\.wasm$/ }, () => ({ path: fakeModule }));
  },
};

/**
 * A module that reads a file beside itself finds it from the bundle, too: `import.meta.url` stays the address of the
 * source.
 */
const keepAddresses = {
  name: 'keep addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.(?:ts|m?js)$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return {
        contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
        loader: path.endsWith('.ts') ? 'ts' : 'js',
      };
    });
  },
};

await rm(out, { recursive: true, force: true });
await build({
  entryPoints: tests.map((path) => join(template, path)),
  outdir: out,
  outbase: template,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  define: await defineRemedies(join(target, 'remedies.json')),
  plugins: [replaceGlue, keepAddresses],
  logLevel: 'warning',
});

const files = tests.map((path) => join(out, path));
const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=spec', ...files], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

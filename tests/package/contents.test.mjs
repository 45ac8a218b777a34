// The tarball as tools of other people see it: its files, its manifest, its source maps, and its types in every way of
// resolving them.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { project, tarball } from './project.mjs';

/** Scripts: each has a source map beside it. */
const SCRIPTS = `dist/exo365.global.js dist/exo365.start.js full.js index.js inline.cjs inline.js journal.js more.js
  preload.js react.cjs react.js start.cjs start.js testing.cjs testing.js wasm/module.js writing.js`.split(/\s+/);
const FILES = [
  ...SCRIPTS,
  ...SCRIPTS.map((script) => `${script}.map`),
  ...`CHANGELOG.md LICENSE-APACHE LICENSE-MIT README.md THIRD-PARTY-NOTICES.md package.json dist/exo365.global.d.ts
  full.d.ts index.d.ts inline.d.cts inline.d.ts react.d.cts react.d.ts start.d.cts start.d.ts testing.d.cts testing.d.ts
  wasm/exo365_bg.names.json wasm/exo365_bg.wasm`.split(/\s+/),
].sort();

let dir;
let packed;
before(() => {
  dir = project('lint');
  packed = join(dir, 'node_modules/exo365');
});
const read = (file) => readFileSync(join(packed, file), 'utf8');
const manifest = () => JSON.parse(read('package.json'));

test('the tarball has exactly these files', () => {
  const list = execFileSync('tar', ['-tzf', tarball()], { encoding: 'utf8' }).trim().split('\n');
  assert.deepEqual(list.map((path) => path.replace(/^package\//, '')).sort(), FILES);
});

test('every entry of the manifest is a file, types first', () => {
  const files = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(files));
  const { exports, main, module, types, unpkg, jsdelivr } = manifest();
  const all = [...files(exports), main, module, types, unpkg, jsdelivr];
  assert.deepEqual(
    all.filter((file) => !existsSync(join(packed, file))),
    [],
  );
  for (const name of ['.', './full', './inline', './react', './start', './testing'])
    for (const way of ['import', 'require'])
      assert.deepEqual(Object.keys(exports[name][way]), ['types', 'default'], `${name} ${way}`);
});

test('the manifest says where the project is', () => {
  const { repository, homepage, bugs } = manifest();
  assert.match(repository.url, /^git\+https:\/\//);
  for (const address of [homepage, bugs]) assert.equal(new URL(address).protocol, 'https:');
});

test('source maps name the sources of the package, with their text, and no folder of a machine', () => {
  for (const script of SCRIPTS) {
    assert.match(read(script), new RegExp(`//# sourceMappingURL=${script.split('/').pop()}\\.map\\s*$`), script);
    const { sources, sourcesContent } = JSON.parse(read(`${script}.map`));
    assert.deepEqual(
      sources.filter((path) => !/^exo365\/[\w./<>:-]+$/.test(path) || path.includes('..')),
      [],
      script,
    );
    const silent = sources.filter((path, at) => !sourcesContent[at] && !path.endsWith('.wasm'));
    assert.deepEqual(silent, [], `${script}: sources without their text`);
  }
});

test('the notices name what is in the WebAssembly, with the texts of the licences', () => {
  const notices = read('THIRD-PARTY-NOTICES.md');
  for (const name of ['gloo-net', 'js-sys', 'serde_json', 'uuid', 'wasm-bindgen', 'web-sys'])
    assert.match(notices, new RegExp(`^\\| ${name} \\d`, 'm'));
  assert.match(notices, /Permission is hereby granted/);
  assert.doesNotMatch(notices, /\| exo365|syn \d|proc-macro2/);
});

/** Runs a tool of the project; gives what it said. */
function tool(name, ...args) {
  const { status, stdout, stderr } = spawnSync(join(dir, 'node_modules/.bin', name), args, {
    cwd: dir,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${name}:\n${stdout}${stderr}`);
  return stdout;
}

test('publint has nothing to say, in its strict mode', () => {
  assert.match(tool('publint', '--strict', packed), /All good/);
});

test('Are the types wrong? finds nothing in any way of resolving them', () => {
  // The WebAssembly has no types, and the script of a tag is no module: tests/types compiles against its global.
  tool('attw', tarball(), '--exclude-entrypoints', 'exo365_bg.wasm', 'script');
});

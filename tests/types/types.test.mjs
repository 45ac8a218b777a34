// The packed types, as a stranger's compilers see them: the oldest TypeScript that works, the last one written in
// JavaScript, and today's. `cargo xtask test --only types` puts the package into node_modules first.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exportsOf } from '../../crates/xtask/types/bundle.mjs';
import { examples, members } from '../../crates/xtask/types/comments.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => readFileSync(here(path), 'utf8');
const declarations = read('node_modules/exo365/index.d.ts');
/** Those of entries that have their own. */
const others = ['react', 'testing'].map((name) => read(`node_modules/exo365/${name}.d.ts`));

const OLDEST = 'typescript-5.0';
const COMPILERS = [OLDEST, 'typescript-6', 'typescript'];
const versionOf = (compiler) => JSON.parse(read(`node_modules/${compiler}/package.json`)).version;

/** What the compiler says of a project. */
function compile(compiler, project) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`node_modules/${compiler}/bin/tsc`, '--project', project],
    {
      cwd: here('.'),
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, `TypeScript ${versionOf(compiler)}:\n${stdout}${stderr}`);
}

function writeExamples() {
  rmSync(here('examples'), { recursive: true, force: true });
  mkdirSync(here('examples'));
  const found = [declarations, ...others].flatMap(examples);
  for (const [at, { name, code }] of found.entries()) {
    writeFileSync(here(`examples/${at}-${name}.ts`), `${code}\nexport {};\n`);
  }
  return found;
}

const written = writeExamples();

for (const compiler of COMPILERS) {
  const version = versionOf(compiler);
  // `using` came with 5.2.
  const project = compiler === OLDEST ? 'tsconfig.oldest.json' : 'tsconfig.json';
  test(`statements and examples hold with TypeScript ${version}`, () => compile(compiler, project));
  test(`the script tag's global has types with TypeScript ${version}`, () => compile(compiler, 'tsconfig.script.json'));
}

test('a service in Node needs no types of a page', () => compile('typescript', 'tsconfig.server.json'));

test('types and README say which TypeScript is the oldest', () => {
  for (const text of [declarations, read('../../pkg-template/README.md')]) {
    const [, said] = /TypeScript (\d+\.\d+) or newer/.exec(text) ?? [];
    assert.equal(said, versionOf(OLDEST).split('.').slice(0, 2).join('.'));
  }
});

test('every public member has a comment', (t) => {
  const all = [declarations, ...others].flatMap(members);
  t.diagnostic(`${all.length} public members, ${written.length} examples`);
  assert.deepEqual(
    all.filter(({ said }) => !said).map(({ name }) => name),
    [],
  );
  for (const name of [
    'createClient',
    'Client.signIn',
    'Messages.move',
    'Exo365Error.code',
    'Draft.toRecipients',
    'ErrorCode',
    'useCall',
    'Tenant.advance',
  ]) {
    assert.ok(
      all.some((one) => one.name === name),
      `${name} is counted`,
    );
  }
});

test('a member without a comment is found, wherever it is', () => {
  const text = `
    /** An area. */
    interface Area {
      silent(): void;
      /** @see https://learn.microsoft.com/graph */
      tagged: string;
      /** Says it. */
      said: { inner: number };
    }
    declare function alone(): void;
    /** A class. */
    declare class Thing { private constructor(); field: string }
    export { Area, Thing, alone };`;
  const silent = members(text).filter(({ said }) => !said);
  assert.deepEqual(
    silent.map(({ name }) => name),
    ['Area.silent', 'Area.tagged', 'Area.said.inner', 'alone', 'Thing.field'],
  );
});

test('the main members have an example', () => {
  const wanted =
    'createClient filter Exo365Error Exo365Provider useCall startTenant memoryClient Client Client.signIn Client.batch Mail.send Messages.reply Messages.move';
  const more =
    'Attachments.add Calendar.view Calendar.freeBusy Collection.list Collection.all Collection.create Collection.delta';
  const names = new Set(written.map(({ name }) => name));
  assert.deepEqual(
    `${wanted} ${more}`.split(' ').filter((name) => !names.has(name)),
    [],
  );
});

test('addresses of the documentation are of one form', () => {
  const found = [...declarations.matchAll(/https?:\/\/[^\s`)]*(?:microsoft\.com|office\.com)[^\s`)]*/g)].map(
    ([url]) => url,
  );
  const documentation = found.filter((url) => /learn|docs/.test(url));
  assert.ok(documentation.length > 50);
  for (const url of documentation)
    assert.match(url, /^https:\/\/learn\.microsoft\.com\/(?:graph|entra)\/[a-z0-9/#.-]+[a-z0-9]$/);
});

test('nothing internal is in the types, and all that they import comes along', () => {
  assert.doesNotMatch(declarations, /@internal/);
  const packed = JSON.parse(read('node_modules/exo365/package.json'));
  const imports = [...declarations.matchAll(/^import .* from '([^']+)'/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(imports)].sort(), Object.keys(packed.dependencies));
  assert.deepEqual(
    exportsOf(declarations).filter((name) => /^(?:Pascal|Field|IdOf|Short|Either|fail)$/.test(name)),
    [],
  );
});

// Every code block of every document is compiled, run, or read by the parser of its tool; commands, steps and links
// are there.
// `cargo xtask test --only documents` builds and installs first what this needs.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { startTenant } from '../e2e/processes.mjs';
import { checkCommand, checkSynopsis, commandsIn, isCommand } from './commands.mjs';
import { files, parse, read, root } from './documents.mjs';
import { FILES, PARSERS, run, SAMPLES } from './parsers.mjs';
import { COMPILERS, compile, compileFramework, FRAMEWORKS, out, samplesOf, writeSamples } from './samples.mjs';

const sources = files();
const documents = sources.filter((path) => path.endsWith('.md'));
const all = documents.map((document) => ({ document, ...parse(read(document)) }));
const blocks = all.flatMap(({ document, blocks }) => blocks.map((block) => ({ document, ...block })));
const samples = blocks.flatMap((block) => samplesOf(block.document, block).map((sample) => ({ ...block, ...sample })));

/**
 * Reads a block; gives a sentence where that is not possible on this machine.
 *
 * @param {{ language: string, code: string, label?: string, cloud?: string }} block
 * @returns {undefined | string | void | Promise<void>}
 */
function check({ language, label = '', code, cloud }) {
  assert.notEqual(language, '', 'name the language of the block, or `text` for a drawing');
  if (label in FILES) return FILES[label](code) ?? undefined;
  if (SAMPLES.includes(language)) return undefined;
  assert.ok(language in PARSERS, `no parser for ${language}: add one in tests/documents/parsers.mjs`);
  const skipped = PARSERS[language](code);
  if (language === 'sh' && !cloud) for (const command of commandsIn(code)) checkCommand(command);
  return skipped ?? undefined;
}

for (const block of blocks) {
  const cloud = block.cloud ? ` (needs a cloud: ${block.cloud})` : '';
  test(`${block.document}:${block.line} ${block.language || 'without a language'}${cloud}`, async (t) => {
    const skipped = await check(block);
    if (skipped) t.skip(skipped);
  });
}

writeSamples(samples);
for (const compiler of COMPILERS) {
  test(`the samples hold with ${compiler}`, () => assert.equal(compile(compiler, 'package'), ''));
}

test("the samples for Microsoft's clients hold", () => assert.equal(compile('typescript', 'microsoft'), ''));

for (const name of Object.keys(FRAMEWORKS)) {
  test(`the samples for frameworks hold with the compiler of ${name}`, () => assert.equal(compileFramework(name), ''));
}

const runs = blocks.filter(({ label }) => label === 'run');
for (const { document, line, code } of runs) {
  test(`${document}:${line} runs against the local tenant`, () => assert.equal(runSample(line, code), ''));
}

/** Runs a sample; gives what it wrote where it failed. */
function runSample(line, code) {
  const file = join(out, 'sample.mjs');
  writeFileSync(file, `${'\n'.repeat(line - 1)}${code}\nexport {};\n`);
  const program = process.env.EXO365_TENANT_BIN ?? join(root, 'target/debug/exo365-tenant');
  const env = { ...process.env, EXO365_TENANT_PROGRAM: program };
  const { status, output } = run(process.execPath, [join(root, 'tests/documents/run.mjs'), file], { env });
  return status === 0 ? '' : output || `exit code ${status}`;
}

test('a sample that does not do what it says is found', () => {
  assert.match(runSample(1, 'console.assert((await client.mail.messages.count()) < 0);'), /does not hold/);
  assert.match(runSample(1, "await client.mail.messages.get('nobody-has-this');"), /bad_request|not_found/);
});

test('a sample that breaks is found, on its line in the document', () => {
  writeSamples([
    { document: 'README.md', line: 7, language: 'js', project: 'package', code: 'client.mail.folder(12);' },
  ]);
  assert.match(compile('typescript', 'package'), /README\.md-7\.mts\(7,/);
});

test('a template of a framework that breaks is found, by its own compiler', () => {
  const angular = `import { Component } from '@angular/core';
@Component({ selector: 'app-a', template: '{{ nobody }}' })
export class A {}`;
  const broken = [
    { language: 'ts', code: angular },
    { language: 'svelte', code: '<script lang="ts"></script>\n<p>{nobody}</p>' },
    { language: 'vue', code: '<script setup lang="ts"></script>\n<template><p>{{ nobody }}</p></template>' },
  ];
  for (const [at, name] of ['Angular', 'Svelte', 'Vue'].entries()) {
    writeSamples([{ document: 'README.md', line: 1, project: 'frameworks', ...broken[at] }]);
    assert.match(compileFramework(name), /nobody/, name);
  }
});

test('what curl asks of the local tenant, it answers', async (t) => {
  const asking = blocks.filter(({ language, code }) => language === 'sh' && /^curl .*localhost:8400/m.test(code));
  assert.ok(asking.length > 0);
  if (!run('curl', ['--version'])) return t.skip('curl is not installed');
  const tenant = await startTenant();
  t.after(() => tenant.end());
  for (const { document, line, code } of asking) {
    const script = code
      .replaceAll('http://localhost:8400', tenant.url)
      .replaceAll(/^curl /gm, 'curl -sS --fail-with-body ');
    const { status, output } = run('bash', ['-ec', script]);
    assert.equal(status, 0, `${document}:${line}\n${output}`);
  }
  return undefined;
});

test('the blocks are counted', (t) => {
  const count = (wanted) => blocks.filter(wanted).length;
  t.diagnostic(`${blocks.length} blocks in ${all.length} documents, ${samples.length} samples compiled`);
  t.diagnostic(`${runs.length} samples run against the local tenant`);
  t.diagnostic(`${count(({ cloud }) => cloud)} blocks need a cloud`);
  assert.ok(
    runs.length > 5 && count(({ language }) => language === 'js') > 5 && count(({ language }) => language === 'sh') > 5,
  );
});

for (const { document, inline } of all) {
  const commands = inline.filter(({ code }) => isCommand(code));
  if (commands.length === 0) continue;
  test(`${document}: the commands in its sentences exist`, () => {
    for (const { line, code } of commands) {
      assert.doesNotThrow(() => checkSynopsis(code), `${document}:${line}: ${code}`);
    }
  });
}

test('CONTRIBUTING names the steps, in their order', () => {
  const { output } = run(process.env.EXO365_XTASK ?? join(root, 'target/debug/exo365-xtask'), ['test', '--list']);
  const [, sentence] = /^Steps of `test`, in this order: ([^.]+)\./m.exec(read('CONTRIBUTING.md'));
  assert.deepEqual(
    [...sentence.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    output.trim().split('\n'),
  );
});

test('links within the project lead to a file and a heading', () => {
  for (const { document, links } of all) {
    for (const link of links.filter((link) => !/^[a-z]+:/.test(link))) {
      const [path, heading] = link.split('#');
      const target = path ? normalize(join(dirname(document), path)) : document;
      assert.ok(existsSync(join(root, target)), `${document}: ${link}`);
      if (heading) assert.ok(parse(read(target)).anchors.includes(heading), `${document}: no heading for ${link}`);
    }
  }
});

test('source files that sentences name are there', () => {
  // `core/fetch.rs` is crates/core/src/fetch.rs.
  const short = sources.map((path) => `/${path.replace(/^crates\/(\w+)\/src\//, '$1/')}`);
  const there = (name) => [...sources.map((path) => `/${path}`), ...short].some((path) => path.endsWith(`/${name}`));
  for (const { document, inline } of all) {
    const named = inline.filter(({ code }) => !code.endsWith('.d.ts') && /^[\w./-]+\.(?:rs|mjs|ts)$/.test(code));
    for (const { line, code } of named) assert.ok(there(code), `${document}:${line}: there is no ${code}`);
  }
});

test('a broken block is found, whatever its language', () => {
  const broken = {
    '': 'a drawing',
    csp: "default-src 'none'; script-source 'self'",
    cobol: 'STOP RUN.',
    html: '<p id="a" id="b">Twice</p>',
    json: '{"a": 1,}',
    sh: 'if true; then echo',
    toml: 'redirect_uri = ["https://app.contoso.example/"]',
    yaml: 'a: [1, 2',
  };
  for (const [language, code] of Object.entries(broken))
    assert.throws(() => check({ language, code }), `${language} ${code}`);
  for (const code of [
    'cargo xtask tset',
    'cargo xtask size --reports',
    'cargo xtask test --only nothing',
    'cargo xtask e2e nothing',
    'cargo test --package exo365-nothing',
    'node crates/xtask/node/nothing.mjs',
    'exo365-endpoint --configuration endpoint.toml',
    'target/debug/exo365-tenant --ports 8400 &',
    'curl -d \'{"advanceSeconds": }\' http://localhost:8400/_control/clock',
    'cat > app.toml <<\'END\'\nclient = "a"\nEND',
  ]) {
    assert.throws(() => check({ language: 'sh', code }), code);
  }
  assert.throws(() => checkSynopsis('cargo xtask size [--raw]'));
});

// The commands that documents name, held to the programs themselves.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { read, root } from './documents.mjs';
import { run } from './parsers.mjs';

const built = (name, variable) => process.env[variable] ?? join(root, 'target/debug', name);
const PROGRAMS = {
  'cargo xtask': built('exo365-xtask', 'EXO365_XTASK'),
  'exo365-endpoint': built('exo365-endpoint', 'EXO365_ENDPOINT_BIN'),
  'exo365-tenant': built('exo365-tenant', 'EXO365_TENANT_BIN'),
};

/** The words of each command in a shell script that starts one of our programs or is of cargo or node. */
export function commandsIn(script) {
  const lines = script.replaceAll(/\\\n/g, ' ').split('\n');
  return lines
    .flatMap((line) => line.replace(/(?:^|\s)#.*/, '').split(/&&|\|\||[;|&](?=\s|$)/))
    .map((command) =>
      command
        .trim()
        .replace(/^(?:[A-Z_0-9]+=\S*\s+)+/, '')
        .replace(/^cargo run --package (exo365-\w+)(?: --)?/, '$1')
        .replace(/^npx (?=exo365-)/, '')
        .replace(/^\S*\/(?=exo365-(?:endpoint|tenant)\b)/, ''),
    )
    .filter((command) => /^(?:cargo|node|exo365-endpoint|exo365-tenant)\s/.test(command))
    .map((command) => [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c));
}

/** Has the program read its arguments, without doing what they say. */
function parsed(name, args) {
  const program = PROGRAMS[name];
  const harmless = name === 'cargo xtask' && args[0] === 'test' ? '--list' : '--help';
  const done = run(program, [...args.filter((word) => word !== harmless), harmless]);
  assert.ok(done, `${program} is not built: run cargo xtask test --only documents`);
  assert.equal(done.status, 0, `${name} ${args.join(' ')}\n${done.output}`);
}

const after = (args, option) => args.flatMap((word, at) => (args[at - 1] === option ? [word] : []));

/** Fails where a command names an option, a step, a package or a file that is not there. */
export function checkCommand([program, ...args]) {
  if (program in PROGRAMS) return parsed(program, args);
  if (program === 'node') {
    const script = args.find((word) => /\.m?js$/.test(word));
    const places = ['', 'examples/node-service/'].map((dir) => join(root, dir, script ?? ''));
    assert.ok(script && places.some(existsSync), `${script} is there`);
    return undefined;
  }
  if (args[0] === 'xtask') {
    parsed('cargo xtask', args.slice(1));
    if (args[1] === 'e2e' && args[2]) {
      assert.ok(
        readdirSync(join(root, 'tests/e2e')).some((name) => name.endsWith('.test.mjs') && name.includes(args[2])),
      );
    }
    return undefined;
  }
  for (const name of after(args, '--package')) assert.ok(packages().includes(name), `a package ${name}`);
  for (const name of after(args, '--profile')) assert.ok(read('Cargo.toml').includes(`[profile.${name}]`), name);
  for (const name of after(args, '--test')) {
    assert.ok(existsSync(join(root, `crates/core/tests/${name}.rs`)), `a test ${name} of exo365-core`);
  }
  return undefined;
}

function packages() {
  const manifests = ['Cargo.toml', ...readdirSync(join(root, 'crates')).map((dir) => `crates/${dir}/Cargo.toml`)];
  return manifests.map((path) => /^name = "([^"]+)"/m.exec(read(path))?.[1]);
}

/** Whether a piece of code within a sentence is a command line of ours. */
export const isCommand = (code) => /^(?:cargo xtask|(?:npx )?exo365-(?:endpoint|tenant)) [a-z[-]/.test(code);

/**
 * A command line within a sentence. It may be a synopsis (`[--port N]`, `demo | test`), so that its words are looked up
 * in the help: the subcommands, and the options of each.
 */
export function checkSynopsis(written) {
  const code = written.replace(/^npx /, '');
  const name = Object.keys(PROGRAMS).find((name) => code.startsWith(`${name} `));
  const words = code.slice(name.length).replaceAll(/[[\]]/g, ' ').trim().split(/\s+/);
  const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]);
  const bare = /^[a-z][a-z0-9-]*$/;
  const [alternatives] = /^[a-z0-9-]+(?: \| [a-z0-9-]+)+/.exec(words.join(' ')) ?? [];
  const end = words.findIndex((word) => !bare.test(word));
  const subcommands = alternatives
    ? alternatives.split(' | ').map((word) => [word])
    : [words.slice(0, end < 0 ? words.length : end)];
  const helps = subcommands.map((subcommand) => {
    const done = run(PROGRAMS[name], [...subcommand, '--help']);
    assert.equal(done?.status, 0, `${name} ${subcommand.join(' ')}\n${done?.output}`);
    return done.output;
  });
  for (const option of options) {
    assert.ok(
      helps.some((help) => new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(help)),
      `${name}: ${option}`,
    );
  }
}

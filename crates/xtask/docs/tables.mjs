// The parts of the guides that are generated: `node tables.mjs [--write]`, with EXO365_PACKAGE (the unpacked package),
// EXO365_REMEDIES and EXO365_AADSTS (what core says about each error, and about each number of the sign-in service).
// Without `--write` it names the parts that are out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { reach } from '../node/reach.mjs';
import { errors, numbers } from './errors.mjs';
import { permissions } from './permissions.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');

/** `text` with `content` between the marks of `name`. */
export function fill(text, name, content) {
  const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, rest] = text.split(`${begin}\n`);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`there are no lines \`${begin}\` and \`${end}\``);
  return `${before}${begin}\n\n${content.trim()}\n\n${end}${after}`;
}

/** What the generated parts say today: the guide, the name of the part, its content. */
async function parts() {
  const operations = JSON.parse(read('tests/operations.json'));
  const [{ methods }] = await reach(env.EXO365_PACKAGE, operations);
  const [remedies, known] = [env.EXO365_REMEDIES, env.EXO365_AADSTS].map((path) =>
    JSON.parse(readFileSync(path, 'utf8')),
  );
  return [
    { guide: 'docs/guide/permissions.md', name: 'permissions', content: permissions(methods) },
    { guide: 'docs/guide/errors.md', name: 'errors', content: errors(read('pkg-template/types/codes.ts'), remedies) },
    { guide: 'docs/guide/errors.md', name: 'aadsts', content: numbers(known) },
  ];
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const { guide, name, content } of await parts()) {
    const old = read(guide);
    const now = fill(old, name, content);
    if (argv[2] === '--write') writeFileSync(join(root, guide), now);
    else if (old !== now) {
      console.log(`FAIL ${guide}: the part \`${name}\` is out of date: run \`cargo xtask docs --write\``);
      process.exitCode = 1;
    } else console.log(`PASS ${guide}: the part \`${name}\` is that of today`);
  }
}

// What becomes of a document in the site.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documents, FIRST, relinked, RUST, target } from './documents.mjs';

test('every guide of the index is in the site, once, with a name of its own', () => {
  const guides = documents.filter(({ group }) => group === 'Guides').map(({ path }) => path);
  assert.ok(guides.length > 10 && guides.includes('docs/guide/errors.md'));
  assert.equal(new Set(documents.map(({ name }) => name)).size, documents.length);
  for (const { title } of documents) assert.ok(title);
});

test('a link leads to where it leads in the site', () => {
  const from = 'docs/guide/errors.md';
  const table = {
    'hosting.md': './hosting.md',
    '../deployment.md#secrets-and-keys': './deployment.md#secrets-and-keys',
    '../../crates/endpoint/README.md': './crates-endpoint-readme.md',
    '../../crates/core/src/lib.rs': `${RUST}exo365_core/index.html`,
    '../../crates/endpoint/deploy': 'https://github.com/exo365/exo365/tree/main/crates/endpoint/deploy',
    '../../tests/operations.json': 'https://github.com/exo365/exo365/blob/main/tests/operations.json',
    '#what-people-run-into': '#what-people-run-into',
    'https://rustup.rs': 'https://rustup.rs',
  };
  for (const [link, wanted] of Object.entries(table)) assert.equal(target(from, link), wanted, link);
  assert.equal(target('README.md', FIRST), 'https://first.invalid/');
  assert.throws(() => target(from, 'nothing.md'), /docs\/guide\/errors\.md: there is no nothing\.md/);
});

test('links are led over, and what looks like one in a block is left as it is', () => {
  const block = '```js\nlist[0](hosting.md);\n```';
  const text = `See [it](hosting.md), [\`code\`](../deployment.md).\n\n${block}\n\n[errors.md](errors.md#a)\n`;
  const led = `See [it](./hosting.md), [\`code\`](./deployment.md).\n\n${block}\n\n[Errors and cures](./errors.md#a)\n`;
  assert.equal(relinked('docs/guide/errors.md', text), led);
});

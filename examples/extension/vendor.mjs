// Copies the package into the extension, whose scripts have to be its own, and beside the page.
import { cpSync } from 'node:fs';

const from = new URL('./node_modules/exo365/', import.meta.url);
/** `exo365/full` loads no script later: `import()` is not allowed in the background script. */
const copies = {
  'extension/exo365/': ['full.js', 'wasm/exo365_bg.wasm'],
  'page/vendor/exo365/': ['index.js', 'more.js', 'journal.js', 'wasm/exo365_bg.wasm', 'wasm/exo365_bg.names.json'],
};
for (const [to, files] of Object.entries(copies))
  for (const file of files) cpSync(new URL(file, from), new URL(to + file, import.meta.url));

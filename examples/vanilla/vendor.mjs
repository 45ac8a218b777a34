// Copies the script and its WebAssembly beside the page. The script looks for `../wasm/exo365_bg.wasm`, so that the
// layout stays that of the package.
import { cpSync } from 'node:fs';

const from = new URL('./node_modules/exo365/', import.meta.url);
const to = new URL('./page/vendor/exo365/', import.meta.url);
const files = ['dist/exo365.global.js', 'journal.js', 'more.js', 'wasm/exo365_bg.wasm', 'wasm/exo365_bg.names.json'];
for (const file of files) cpSync(new URL(file, from), new URL(file, to));

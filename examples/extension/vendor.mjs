// Copies the package into the extension, whose scripts have to be its own, and beside the page.
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const from = folder('./node_modules/exo365');
// `exo365/full` loads no script later: `import()` is not allowed in the background script.
for (const file of ['full.js', 'wasm/exo365_bg.wasm'])
  cpSync(`${from}/${file}`, `${folder('./extension/exo365')}/${file}`);
const filter = (path) => !/\.(?:map|c?ts|cjs|md)$/.test(path);
cpSync(from, folder('./page/vendor/exo365'), { recursive: true, filter });

// Copies the package beside the page, in its own layout: the script looks for `../wasm/exo365_bg.wasm`, and for the
// parts that it loads later.
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const filter = (path) => !/\.(?:map|c?ts|cjs|md)$/.test(path);
cpSync(folder('./node_modules/exo365'), folder('./page/vendor/exo365'), { recursive: true, filter });

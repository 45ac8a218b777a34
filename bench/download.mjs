// What a visitor downloads for the same small app: brotli at 11, as a CDN sends it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { bundle } from './build.mjs';

const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };

async function bytes(name, exo365, out) {
  const dir = await bundle(name, exo365, out);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name: file }) => sum + brotliCompressSync(readFileSync(join(parentPath, file)), { params }).length, 0);
}

/** Bytes of each app. */
export async function download(exo365, out) {
  return {
    exo365: await bytes('exo365', exo365, out),
    lean: await bytes('msal', exo365, out),
    provider: await bytes('msal-provider', exo365, out),
  };
}

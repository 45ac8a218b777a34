// The download of the same small app before it shows anything, by brotli at quality 11, as a CDN sends it.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { bundled } from './build.mjs';

const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };

async function bytes(name, exo365, out) {
  const { first } = await bundled(name, exo365, out);
  return first.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file), { params }).length, 0);
}

/** Compressed bytes of each app. */
export async function download(exo365, out) {
  return {
    exo365: await bytes('exo365', exo365, out),
    lean: await bytes('msal', exo365, out),
    provider: await bytes('msal-provider', exo365, out),
  };
}

// The JavaScript face: what a page imports. Names, short forms of values and iteration live here;
// everything that decides, signs in or sends is the WebAssembly's.
import { Client } from './client.js';
import { Exo365Error } from './error.js';
import { load } from './load.js';
import { Core } from './wasm/exo365.js';

export { Exo365Error } from './error.js';
export { filter } from './filter.js';

const clients = new Map();
const functions = new WeakMap();
let count = 0;

/** Equal settings have equal keys; functions are told apart by identity. */
function keyOf(settings) {
  return JSON.stringify(settings, (_, value) => {
    if (typeof value !== 'function') return value;
    if (!functions.has(value)) functions.set(value, ++count);
    return functions.get(value);
  });
}

async function open(settings, wasm, key) {
  await load(wasm);
  try {
    const { getToken, ...rest } = settings;
    return new Client(await Core.open(JSON.stringify(rest), typeof getToken === 'function' ? getToken : undefined), settings, () => clients.delete(key));
  } catch (error) {
    throw Exo365Error.from(error);
  }
}

/** One way in. The same settings give the same client; a failure may be tried again. */
export async function createClient(config) {
  const { wasm, ...given } = config ?? {};
  const settings = { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...given };
  const key = keyOf(settings);
  if (!clients.has(key)) clients.set(key, open(settings, wasm, key));
  const opening = clients.get(key);
  return opening.catch((error) => {
    if (clients.get(key) === opening) clients.delete(key);
    throw error;
  });
}

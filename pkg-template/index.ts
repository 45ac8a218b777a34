// The JavaScript face: what a page imports. Names, short forms of values and iteration live here;
// everything that decides, signs in or sends is the WebAssembly's.
import { Client } from './client.js';
import { Exo365Error, plainly } from './error.js';
import { load } from './load.js';
import { page } from './page.js';
import { Core } from './wasm/exo365.js';

export { Exo365Error } from './error.js';
export { filter } from './filter.js';

const clients = new Map();
const functions = new WeakMap();
let count = 0;

/** Equal settings have equal keys, in whatever order; functions are told apart by identity. */
function keyOf(settings) {
  return JSON.stringify(settings, (_, value) => {
    if (typeof value === 'function') {
      if (!functions.has(value)) functions.set(value, `function ${++count}`);
      return functions.get(value);
    }
    return value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort()) : value;
  });
}

async function open(settings, wasm, key) {
  await load(wasm);
  try {
    const { getToken, ...rest } = settings;
    return new Client(await Core.open(JSON.stringify(rest), typeof getToken === 'function' ? getToken : undefined, page()), settings, () => clients.delete(key));
  } catch (error) {
    throw Exo365Error.from(error, async (options) => (await createClient(settings)).signIn(options));
  }
}

/** One way in. The same settings give the same client; a failure may be tried again. */
export async function createClient(config) {
  const { wasm, timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone, ...given } = config ?? {};
  const settings = { timeZone, ...given };
  const key = plainly(() => keyOf(settings));
  if (!clients.has(key)) clients.set(key, open(settings, wasm, key));
  const opening = clients.get(key);
  return opening.catch((error) => {
    if (clients.get(key) === opening) clients.delete(key);
    throw error;
  });
}

// Replaces the global `fetch`, which the package takes when it loads; `answerBy` sets what answers. This module has to
// be imported before the package is.
export const own = globalThis.fetch;
let behind = own;
globalThis.fetch = (/** @type {Parameters<typeof fetch>} */ ...args) => behind(...args);

/** Sets the function that answers from now on; without an argument, the network. */
export function answerBy(fetch = own) {
  behind = fetch;
}

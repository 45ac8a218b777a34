// The package takes `fetch` when it loads: this stands in its place, and a test says what is behind it. To be imported before the package is.
export const own = globalThis.fetch;
let behind = own;
globalThis.fetch = (/** @type {Parameters<typeof fetch>} */ ...args) => behind(...args);

/** What answers from now on; without an argument the network. */
export function answerBy(fetch = own) {
  behind = fetch;
}

// The `fetch` of this package. In a page it is the one that was there at load: a script that replaces it later sees
// neither codes nor tokens. In Node it is the one of the moment: tests replace it after they imported this package.

const { fetch: atLoad, process } = globalThis as typeof globalThis & { process?: { versions?: { node?: string } } };

/** A page has the engine's own `fetch`, and is not in Node, as simulated browsers are. */
const inPage = !process?.versions?.node && String(atLoad).includes('[native code]');

/** Whether something stands in the page in place of the function that is used: a mock is never silently passed by. */
export const isReplaced = () => inPage && globalThis.fetch !== atLoad;

export const fetch: typeof globalThis.fetch = inPage
  ? atLoad
  : (...request: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...request);

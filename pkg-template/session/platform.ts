// What a sign-in and a call use of the browser, taken once when the package loads: what a script puts in its place
// later sees neither codes nor tokens. A script that runs before this one, or changes what these hold, is not kept out.
import { fetch } from './fetch.ts';

const { BroadcastChannel, Response, URL, crypto: source } = globalThis;
/** Bound: the functions of `crypto` look at what they are called on. */
const crypto = { getRandomValues: source?.getRandomValues?.bind(source) };

export { BroadcastChannel, crypto, fetch, Response, URL };

// What a sign-in and a call use of the browser, taken once when the package loads: what a script puts in its place
// later sees neither codes nor tokens. A script that runs before this one, or changes what these hold, is not kept out.
import { fetch } from './fetch.ts';

const { BroadcastChannel, Response, URL, crypto: source } = globalThis;
/** Bound: the functions of `crypto` look at what they are called on. */
const crypto = { getRandomValues: source?.getRandomValues?.bind(source) };

/** The JSON of a body; undefined where it is empty, which `response.json()` takes for broken. */
const readJson = async (response: Response) => {
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
};

/** What `promise` comes to, or a rejection with undefined after so many milliseconds. */
const within = (promise: Promise<unknown>, milliseconds: number) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(reject, milliseconds);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });

/** Resolves after so many milliseconds, or when `signal` aborts. A listener that stayed would keep the signal. */
const wait = (milliseconds: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });

const settled = Promise.resolve();
/** As the browser's own, which Chromium takes several times as long for; a call has four. `run` does not throw. */
const queueMicrotask = (run: () => void) => void settled.then(run);

export { BroadcastChannel, crypto, fetch, queueMicrotask, readJson, Response, URL, wait, within };

// The `fetch` of a client's settings. It is code of the page: what it gives is looked at before anything reads it.
import type { Api } from '../calls/api.ts';
import type { ClientConfig } from '../types.ts';

/**
 * The answer of `fetch` to a request; rejects where it followed a redirect, or brings the answer of another origin, and
 * when the request's signal ends. An answer that was made by hand names no address.
 */
export async function answered(
  fail: Api['fail'],
  fetch: NonNullable<ClientConfig['fetch']>,
  url: string,
  init: RequestInit,
): Promise<Response> {
  const answer: Partial<Response> | undefined = await ending(init.signal as AbortSignal, async () => fetch(url, init));
  if (typeof answer?.headers?.get !== 'function' || typeof answer.status !== 'number')
    throw fail('invalid_response', "the client's `fetch` gave no Response");
  const origin = (address: string) => new URL(address, globalThis.location?.href).origin;
  if (answer.redirected || (answer.url && origin(answer.url) !== origin(url)))
    throw fail(
      'untrusted_host',
      "the client's `fetch` brings an answer from where it was not sent: leave `redirect` as it is",
    );
  return answer as Response;
}

/** What `run` comes to, or a rejection when `signal` ends: a mock may look at no signal. */
async function ending<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  let end!: () => void;
  const running = run();
  try {
    return await new Promise<T>((resolve, reject) => {
      end = () => reject(signal.reason);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      running.then(resolve, reject);
    });
  } finally {
    signal.removeEventListener('abort', end);
  }
}

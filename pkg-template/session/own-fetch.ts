// The `fetch` of a client's settings. It is code of the page: what it gives is looked at before anything reads it.
import type { Api } from '../calls/api.ts';
import type { ClientConfig } from '../types.ts';

/**
 * The answer of `fetch` to a request; rejects where it followed a redirect, or brings the answer of another origin, and
 * when the request's signal ends, as reading its body does. An answer that was made by hand names no address.
 */
export async function answered(
  fail: Api['fail'],
  fetch: NonNullable<ClientConfig['fetch']>,
  url: string,
  init: RequestInit,
): Promise<Response> {
  const signal = init.signal as AbortSignal;
  const answer: Partial<Response> | undefined = await ending(signal, async () => fetch(url, init));
  if (typeof answer?.headers?.get !== 'function' || typeof answer.status !== 'number')
    throw fail('invalid_response', "the client's `fetch` gave no Response");
  const origin = (address: string) => new URL(address, globalThis.location?.href).origin;
  if (answer.redirected || (answer.url && origin(answer.url) !== origin(url)))
    throw fail(
      'untrusted_host',
      "the client's `fetch` brings an answer from where it was not sent: leave `redirect` as it is",
    );
  return endingBody(answer as Response, signal);
}

/** The method of a body, behind the one that stands in its place: a mock may give the same object again. */
const READ = Symbol();
type Reading = (() => Promise<unknown>) & { [READ]?: Reading };

/** `answer`, whose body as core reads it ends with `signal` as well. */
function endingBody(answer: Response, signal: AbortSignal): Response {
  for (const name of ['text', 'blob'] as const) {
    const method: Reading | undefined = answer[name];
    const read = method?.[READ] ?? method;
    if (!read) continue;
    const ended = () => ending(signal, async () => read.call(answer));
    // An object that may not be changed stays as it is.
    Reflect.set(answer, name, Object.assign(ended, { [READ]: read }));
  }
  return answer;
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

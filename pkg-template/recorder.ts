// What a page's `preload` function asks for, written down in plain JavaScript: the areas need no WebAssembly for that.
import { organisation } from './areas/directory.ts';
import { mailbox } from './areas/mailbox.ts';
import type { Api, Call } from './calls/api.ts';
import { preloadPart } from './calls/calls.ts';
import { describe, readOptions } from './calls/core.ts';
import { tools } from './calls/tools.ts';
import { invalidArgument, ours } from './error.ts';
import type { Described } from './session/begin.ts';
import type { ClientConfig, Flavor, RequestOptions } from './types.ts';
import { values } from './values/moments.ts';

/** Most calls of a preload: as many as the endpoint takes. */
const MOST = 4;
/** A promise of the recorder: its page has nothing to wait for. */
const never = new Promise<never>(() => {});

/**
 * The calls that `preload` asks for. What is wrong with it is the page's own trouble, as an error of a listener is: it
 * is thrown where nobody catches it, and nothing is preloaded.
 */
export function record(preload: NonNullable<ClientConfig['preload']>, flavor: Flavor, timeZone: string): Described[] {
  const calls: Described[] = [];
  let wrong: [what: string, cause?: unknown] | undefined;
  const refuse = (what: string) => {
    wrong ??= [what];
    return never;
  };
  const call = (asked: Call): Promise<never> => {
    const options = readOptions(asked.options);
    if (asked.method !== 'GET') return refuse('a write');
    if (options.as !== undefined) return refuse('anything but JSON');
    calls.push(JSON.parse(describe(undefined, { ...asked, options })));
    return never;
  };
  const api = { ...values(flavor, timeZone), ...tools, call, lazy: refuse, writing: refuse } as Partial<Api> as Api;
  const request = async (method: string, path: string, options: RequestOptions = {}) =>
    call({ method, path, options, allowed: ['ifMatch', 'query', 'as'] });
  const client = { ...mailbox(api), ...organisation(api), request, mailbox: () => refuse('another mailbox') };
  try {
    const asked: unknown = preload(ours(client) as never);
    if (!calls.length && !Array.isArray(asked)) refuse('nothing');
    if (calls.length > MOST) refuse(`${calls.length} calls`);
  } catch (cause) {
    wrong ??= ['', cause];
  }
  if (!wrong) return calls;
  const told = wrong;
  preloadPart().then(
    (part) => queueMicrotask(() => part.wrongPreload(invalidArgument, ...told)),
    () => {}, // Without a network there is no preload either.
  );
  return [];
}

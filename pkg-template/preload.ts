// Answers that came beside the session, each for the first equal call. Loaded where a page preloads, while they are on
// their way; like `more.ts` it imports nothing of the part that is there already.
import type { Api, Call } from './calls/api.ts';
import type { Diagnostics } from './calls/diagnostics.ts';
import type { Described, Preload } from './session/begin.ts';
import type { Account, ErrorCode } from './types.ts';
import { sorted } from './values/sorted.ts';

/** How long a call waits for a preload after it began: as long as the endpoint takes at most, in milliseconds. */
const PATIENCE = 2_000;
/** How long an answer is good, in milliseconds. */
const GOOD = 10_000;

interface Answer {
  status: number;
  body: unknown;
}
/** What `POST {endpoint}/preload` gives: an answer for each call, null where there is none that can be used. */
interface Reply {
  account: string;
  answers: (Answer | null)[];
  error?: { code: ErrorCode; message: string };
}

/** Gives the answer to a call that core knows as `described`, once; undefined where the call goes its usual way. */
export type Take = (described: string) => Promise<Answer | undefined> | undefined;

/** Equal calls have equal keys: what is allowed, and whether the browser is offline, changes no request. */
const keyOf = ([method, user, path, ids, options]: Described) =>
  JSON.stringify([method, user, path, ids, options], sorted);

/** A call as the diagnostics know it. */
const told = ([method, , path, ids]: Described) =>
  ({ method, path: ids ? { template: path, ids } : path }) as unknown as Call;

/** Throws the error of a `preload` function that asks for `what`, or that threw `cause`. */
export function wrongPreload(invalidArgument: Api['invalidArgument'], what: string, cause?: unknown): never {
  if (!what)
    throw (cause as Partial<Error>)?.name === 'Exo365Error' ? cause : invalidArgument('`preload` threw', cause);
  throw invalidArgument(
    `\`preload\` asks at once for one to four lists or items of the user who is signed in, not for ${what}`,
  );
}

/** The answers of a preload, for `account`: null where nobody is signed in. */
export function answersOf(
  { at, answer, calls, abort: { signal } }: Preload,
  account: Account | null,
  { fail }: Api,
  diagnostics: Diagnostics,
): Take {
  let keys: (string | undefined)[] = account ? calls.map(keyOf) : [];
  /** When it began, by `performance.now()`. */
  const from = () => performance.now() - Date.now() + at;

  /** The answers are old. Those that nobody took are told, as browsers do of a `<link rel=preload>`. */
  const end = (answers: Reply['answers']) => {
    keys.forEach((key, index) => {
      if (key && answers[index] && !signal.aborted) diagnostics.unused(from(), told(calls[index] as Described));
    });
    keys = [];
  };

  async function read(): Promise<Reply['answers']> {
    try {
      const response = await answer;
      const { account: whose, answers, error }: Reply = await response.json();
      if (error) throw Object.assign(fail(error.code, error.message), { status: response.status });
      if (whose !== `${account?.tenantId}.${account?.objectId}` || !Array.isArray(answers)) return [];
      const timer = setTimeout(() => end(answers), GOOD);
      // Dropped: nothing of them stays.
      signal.addEventListener('abort', () => clearTimeout(timer));
      return answers;
    } catch (cause) {
      const ours = (cause as { status?: number }).status;
      const error = ours ? cause : fail('network', 'the preload gave no answer', cause);
      if (account && !signal.aborted) diagnostics.note(from(), { method: 'POST', path: '/preload' }, error as never);
      return [];
    }
  }

  const reading = read();
  return (described) => {
    const index = keys.indexOf(keyOf(JSON.parse(described)));
    if (index < 0) return undefined;
    keys[index] = undefined;
    const late = new Promise<Reply['answers']>((resolve) => {
      setTimeout(resolve, Math.max(0, at + PATIENCE - Date.now()), []);
    });
    // What the service refused, the call itself finds out.
    return Promise.race([reading, late]).then(({ [index]: one }) =>
      one && one.status >= 200 && one.status < 300 ? one : undefined,
    );
  };
}

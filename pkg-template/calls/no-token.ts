// Why a page's `getToken` gave no token.
import type { Api } from './api.ts';

/** How browsers, Node and libraries say that no answer came. */
const NO_ANSWER =
  /(?:failed to fetch|fetch failed|load failed)(?: \(.*\))?$|network ?(?:error|request|connection)|offline|ECONN/i;

/** The error for a `getToken` that failed with `cause`, which may be anything. */
export function noToken(fail: Api['fail'], cause: unknown): unknown {
  let said = '';
  try {
    said = String(cause);
  } catch {
    // It cannot even be written down.
  }
  const code = /^TimeoutError/.test(said) ? 'timeout' : NO_ANSWER.test(said) ? 'network' : 'interaction_required';
  return fail(code, "the page's getToken gave no token", cause);
}

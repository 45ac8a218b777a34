// What did not end as it should: a sign-in that failed while another page waits for the user, one whose cookie the
// browser did not keep, a sign-out that did not reach the endpoint.
import type { Api } from '../calls/api.ts';
import type { Core } from '../calls/core.ts';
import type { Exo365Error } from '../error.ts';

type Mark = (value?: string | null) => string | undefined;
/** Failures of a sign-in that leave the session as it was: the client opens, and they are told beside it. */
const BESIDE = ['state_mismatch', 'state_expired', 'invalid_callback', 'issuer_mismatch', 'wrong_account'];

/** Where a failure waits for the page that is loading, and for how long, in milliseconds. */
const CARRIED = 'exo365.failure';
const LOADING = 60_000;

/**
 * What follows from the failure of a sign-in: it goes along to the page where the user was, or is thrown where no
 * client opens.
 */
export function settleFailure(error: Exo365Error, elsewhere?: string): void {
  if (!elsewhere) {
    if (BESIDE.includes(error.code)) return;
    throw error;
  }
  const { message } = error;
  const text = JSON.stringify({ ...error, cause: undefined, headers: undefined, message, at: Date.now() });
  try {
    sessionStorage.setItem(CARRIED, text);
  } catch {} // Where the storage is full, the next page opens without it.
}

/** The failure that the page before took along, once. */
export function carried(): Exo365Error | undefined {
  const text = sessionStorage.getItem(CARRIED);
  sessionStorage.removeItem(CARRIED);
  try {
    const { message, at, ...rest } = JSON.parse(text ?? '{}');
    return Date.now() - at < LOADING ? Object.assign(new Error(message), rest) : undefined;
  } catch {
    return undefined; // none of ours
  }
}

/** The error where the endpoint does not know the session that it began a moment ago. */
export function cookieLost({ fail }: Pick<Api, 'fail'>): Exo365Error {
  const error = fail(
    'misconfigured',
    "the sign-in succeeded, but the browser did not keep the endpoint's cookie: the user is not signed in",
  );
  const remedy = 'Allow cookies for this site; serve page and endpoint by https and from one site.';
  return Object.assign(error, { remedy });
}

/**
 * The error of a sign-out that did not reach the endpoint, as `mark` keeps. `again` is run when the network is back,
 * until it succeeds or somebody else made up for it.
 */
export function signOutLost(api: Api, cause: Exo365Error, mark: Mark, again: () => Promise<unknown>): Exo365Error {
  const retry = () => {
    removeEventListener('online', retry);
    if (mark()) again().catch(() => addEventListener('online', retry));
  };
  mark('1');
  addEventListener('online', retry);
  const error = api.fail(
    cause.code,
    'the sign-out did not reach the endpoint: this page forgot the user, but the session goes on',
    cause,
  );
  const remedy =
    'Tell the user that they are signed in still. ' +
    'It is tried again when the network is back, and by the next page that opens.';
  return Object.assign(error, { remedy });
}

/** Signs out whom the page before could not, before this page's client is there. */
export const signOutFirst = (core: Core, mark: Mark): Promise<unknown> =>
  core.sign_out(false).then(
    () => mark(null),
    () => {},
  );

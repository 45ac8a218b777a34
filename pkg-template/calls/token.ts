// The page's own `getToken`: what it gives crosses as the endpoint gives a token, and what it throws gets our class.
import { Exo365Error, fail, invalidArgument, toJson } from '../error.ts';
import type { ClientConfig, TokenRequest } from '../types.ts';
import { more } from './calls.ts';

type GetToken = NonNullable<ClientConfig['getToken']>;

/** `{ accessToken, expiresIn, scopes }` out of what the page gave. A token alone lives for one call. */
function read(given: unknown): object {
  const { token: text = given, expiresIn = 0, scopes } = Object(given);
  const token = typeof text === 'string' ? text.trim() : text;
  const listed = Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string');
  // What does not fit into a header is no token (RFC 6750 §2.1).
  if (typeof token !== 'string' || !/^[!-~]+$/.test(token)) throw TypeError('no token');
  return {
    accessToken: token,
    expiresIn: expiresIn > 0 ? Math.trunc(Math.min(expiresIn, 1e9)) : 0,
    scopes: listed ? scopes : [],
  };
}

/** `getToken` as the WebAssembly calls it. */
export const asking = (getToken: GetToken) => async (request: TokenRequest) => {
  let given: unknown;
  try {
    given = await getToken(request);
  } catch (cause) {
    // Where this part does not load, there is no network either.
    throw cause instanceof Exo365Error ? cause : (await more()).noToken(fail, cause);
  }
  try {
    return toJson(read(given));
  } catch (cause) {
    throw invalidArgument('`getToken` resolves with a token: a text, or { token, expiresIn, scopes }', cause);
  }
};

// The body of a request.
import type { Api } from './api.ts';

type Headers = Record<string, string> | undefined;

/** Whether JSON writes `value` as it is. Of a Map, a FormData, a Promise or a Blob within it would write `{}`. */
const isPlain = (value: unknown) =>
  typeof value === 'object'
    ? !value || Array.isArray(value) || {}.toString.call(value) === '[object Object]'
    : !['function', 'symbol'].includes(typeof value);

/**
 * A body as it is sent, and the headers that describe it: texts, Blobs and bytes as they are, everything else as JSON.
 */
export function encodeBody(
  { invalidArgument }: Api,
  body: unknown,
  headers?: Headers,
): [content: unknown, headers: Headers] {
  if (body === undefined || body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body))
    return [body, headers];
  if (typeof body === 'string') {
    // `fetch` would send another character in its place.
    if (!body.isWellFormed()) throw invalidArgument('the body has half a surrogate pair');
    return [body, headers];
  }
  // JSON would write null for some, which clears a field, and another character for half of one; others it leaves out.
  function check(this: Record<string, unknown>, name: string, value: unknown) {
    const given = this[name];
    const called = name || 'the body';
    if (typeof value === 'number' && !Number.isFinite(value)) throw invalidArgument(`${called} is no finite number`);
    if (given instanceof Date && Number.isNaN(+given)) throw invalidArgument(`${called} is an invalid Date`);
    if ([name, value].some((text) => typeof text === 'string' && !text.isWellFormed()))
      throw invalidArgument(`${called} has half a surrogate pair`);
    if (!isPlain(value) || (value === undefined && Array.isArray(this)))
      throw invalidArgument(`${called} has no form in JSON`);
    return value;
  }
  try {
    return [JSON.stringify(body, check), { 'content-type': 'application/json', ...headers }];
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    throw invalidArgument(code ? message : 'the body cannot be written as JSON', cause);
  }
}

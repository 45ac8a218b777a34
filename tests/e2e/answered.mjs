// A client of the packed package over a network that the test answers, and what its calls come to.
import assert from 'node:assert/strict';
import { answerBy } from './network.mjs';
import { importPackage } from './processes.mjs';

export const sdk = await importPackage();
/** What was sent. */
export let sent;

export const json =
  (body, status = 200, headers = {}) =>
  () =>
    Response.json(body, { status, headers });
export const refused = (status, code, headers) => json({ error: { code, message: code } }, status, headers);
export const empty = (status, type) => () => new Response(status === 204 ? null : '', { status, headers: { ...type } });
export const text =
  (body, type = 'application/json', status = 200) =>
  () =>
    new Response(body, { status, headers: { 'content-type': type } });
export const cut = () => {
  throw new TypeError('Failed to fetch');
};
/** The status line of a success whose body breaks off. */
export const half = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"id":'));
        controller.error(new TypeError('terminated'));
      },
    }),
    { headers: { 'content-type': 'application/json' } },
  );
export const JSON_TYPE = { 'content-type': 'application/json' };
export const page = text('<!doctype html>', 'text/html');
export const down = refused(503, 'ServiceUnavailable', { 'retry-after': '0' });
export const gateway = refused(504, 'UnknownError', { 'retry-after': '0' });
export const lost = refused(404, 'ErrorItemNotFound');
export const changed = refused(412, 'ErrorIrresolvableConflict');

/** A client whose calls are answered by `answers`, in turn. */
export async function opened(answers, settings = {}) {
  sent = [];
  answerBy(async (/** @type {Parameters<typeof fetch>} */ ...args) => {
    const request = new Request(...args);
    const { method, url, headers } = request;
    const body = await request.text();
    const { pathname, search } = new URL(url);
    sent.push({ method, path: pathname.replace('/v1.0', '') + search, headers: Object.fromEntries(headers), body });
    const answer = typeof answers === 'function' ? answers(sent.at(-1)) : answers[sent.length - 1];
    assert.ok(answer, `one request too many: ${method} ${url}`);
    return answer();
  });
  return sdk.createClient({
    getToken: async () => 'a-token',
    timeZone: 'UTC',
    ...settings,
    scopes: [`${Math.random()}`],
  });
}

/**
 * What a call came to: its value, or the code of an error that is ours.
 *
 * @returns {Promise<any>}
 */
export async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    const { code, remedy } = error ?? {};
    assert.ok(error instanceof sdk.Exo365Error && error instanceof Error && remedy, String(error));
    return { code, error };
  }
}

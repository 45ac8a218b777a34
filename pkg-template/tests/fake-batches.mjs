// Batches whose answers are under the control of a test, and a clock on which no time passes.
import { afterEach, beforeEach } from 'node:test';
import { fakeApi } from './fake-api.mjs';

export const ok = (id, body = {}) => ({ id, status: 200, headers: {}, body });

/** A face whose batches are answered by `answers`, in turn: each a function of the items. */
export function sending(...answers) {
  const sent = [];
  const it = fakeApi('graph', async (_method, _path, _ids, _options, body) => {
    sent.push(body.requests);
    const answer = answers.shift();
    return { responses: answer ? answer(body.requests) : body.requests.map(({ id }) => ok(id, id)) };
  });
  return { it, sent };
}

/** What is waited for, in milliseconds; made new for each test of the file. */
export function noWaiting() {
  const waits = [];
  const { setTimeout: own } = globalThis;
  beforeEach(() => {
    waits.length = 0;
    /** @type {any} */ (globalThis).setTimeout = (run, after) => {
      waits.push(after);
      queueMicrotask(run);
    };
  });
  afterEach(() => {
    globalThis.setTimeout = own;
  });
  return waits;
}

/** Whether the service takes a batch of this shape. */
export function isUniform(items) {
  const parallel = items.every(({ dependsOn }) => !dependsOn);
  const sequence = items.every(({ dependsOn }, at) => (at ? dependsOn?.join() === items[at - 1].id : !dependsOn));
  return items.length <= 20 && (parallel || sequence);
}

/** Requests by their ids, each with the ids of those that it depends on. */
export const graph = (needs) =>
  Object.entries(needs).map(([id, dependsOn]) => ({ id, method: 'GET', path: `/${id}`, dependsOn }));
export const numbered = (count, dependsOn) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`r${at}`, dependsOn?.(at) ?? []]));

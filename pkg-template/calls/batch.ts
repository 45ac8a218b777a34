// Several calls in one: reads that wait together, and batches of the caller's own.
import { written } from './bodies.js';
import { base64 } from './drafts.js';

const MOST = 20;

/** The answers of a batch by their ids. */
const byId = (body) => new Map((Array.isArray(body?.responses) ? body.responses : []).map((one) => [one?.id, { ...one, headers: one?.headers ?? {} }]));

/** What may be answered better a little later, and when; in milliseconds. As in the core: 501 is for ever, and beyond two minutes the caller decides. */
const later = ({ code, status, retryAfterSeconds = 1 }) => ((code === 'throttled' || (code === 'service_unavailable' && status !== 501)) && retryAfterSeconds <= 120 ? retryAfterSeconds * 1000 : undefined);
const wait = (time, signal) => new Promise((resolve) => {
  setTimeout(resolve, time);
  signal?.addEventListener('abort', resolve);
});

/**
 * Reads that wait together. What the batch does not answer well is asked for alone: there it has its renewal and its repeats.
 * `taken`: `{ read, resolve, reject, alone }`, where `read()` is the item and `alone()` its own call.
 */
export async function gather(face, taken) {
  const items = [];
  const asked = [];
  for (const one of taken) {
    try {
      items.push({ id: `${asked.length}`, ...one.read() });
      asked.push(one);
    } catch {
      one.resolve(one.alone()); // it is refused there, with the reason
    }
  }
  const answers = await face.sent('POST', '/$batch', ...written(face, { requests: items })).then(byId, byId);
  asked.forEach((one, at) => {
    const answer = answers.get(`${at}`);
    if (answer?.status < 300) return one.resolve(answer.body);
    const error = answer && face.judge(answer);
    const time = error && later(error);
    if (time !== undefined && face.retries) one.resolve(wait(time).then(one.alone));
    else if (error && answer.status !== 401) one.reject(error);
    else one.resolve(one.alone());
  });
}

/** Parts of at most 20, in which nothing depends on what is in another. */
function parts(face, items) {
  const groups = [];
  for (const item of items) {
    const needed = new Set([item.id, ...(item.dependsOn ?? [])]);
    const joined = groups.filter((group) => group.some((one) => needed.has(one.id) || one.dependsOn?.includes(item.id)));
    groups.splice(0, groups.length, ...groups.filter((group) => !joined.includes(group)), [...joined.flat(), item]);
  }
  const out = [[]];
  for (const group of groups) {
    if (group.length > MOST) throw face.wrong(`more than ${MOST} requests depend on one another`);
    if (out.at(-1).length + group.length > MOST) out.push([]);
    out.at(-1).push(...group);
  }
  return out;
}

async function item(face, { id, method, path, headers, body, dependsOn }, { timeZone }) {
  const made = { id, ...face.item(method, path, { headers, timeZone }), ...(dependsOn.length && { dependsOn }) };
  if (body instanceof Blob) {
    made.headers['content-type'] ??= body.type || 'application/octet-stream';
    made.body = await base64(face, body);
  } else if (body !== undefined || made.method === 'POST') {
    made.headers['content-type'] ??= 'application/json';
    made.body = body ?? {};
  }
  return made;
}

/** A batch of the caller's own, in parts of 20; what was throttled is sent again with what depends on it. */
export async function batch(face, requests, options) {
  const { signal, timeout, timeZone, ...odd } = options ?? {};
  if (!Array.isArray(requests) || Object.keys(odd).length) throw face.wrong('batch takes a list of requests, and `signal`, `timeout`, `timeZone`');
  const given = requests.map((one, at) => ({ ...one, id: one?.id ?? `${at + 1}`, dependsOn: one?.dependsOn ?? [] }));
  if (!given.every(({ id, dependsOn }) => Array.isArray(dependsOn) && [id, ...dependsOn].every((name) => typeof name === 'string' && name))) throw face.wrong('ids of a batch are texts, and `dependsOn` is a list of them');
  // The service does not tell capitals from small letters.
  const ids = new Map(given.map(({ id }) => [id.toLowerCase(), id]));
  const lost = given.find(({ dependsOn }) => !dependsOn.every((id) => ids.has(id.toLowerCase())));
  if (ids.size < given.length || lost) throw face.wrong(lost ? `dependsOn of ${lost.id} names a request that is not there` : 'ids of a batch differ in more than case');
  const items = await Promise.all(given.map((one) => item(face, { ...one, dependsOn: one.dependsOn.map((id) => ids.get(id.toLowerCase())) }, { timeZone })));
  const results = new Map();
  let todo = items;
  for (let round = 0; todo.length; round++) {
    let longest = 0;
    const again = new Set();
    for (const part of parts(face, todo)) {
      let broken;
      const answers = byId(await face.call('POST', undefined, '/$batch', [], { signal, timeout }, { requests: part }).catch((error) => {
        // What other parts have done is not lost with this one.
        if (!results.size || error.code === 'aborted') throw error;
        broken = error;
      }));
      for (const { id, method } of part) {
        const answer = answers.get(id) ?? { status: broken?.status ?? 0, headers: {} };
        const { status, headers, body } = answer;
        const error = broken ?? (status >= 200 && status < 300 ? undefined : status ? face.judge(answer) : face.fail('invalid_response', 'the batch has no answer to this call'));
        results.set(id, { id, status, headers, body, ...(error && { error }) });
        if (broken) continue;
        const time = error && later(error);
        // What may have taken effect is not repeated.
        if (time === undefined || round >= face.retries || (error.code !== 'throttled' && method === 'POST')) continue;
        longest = Math.max(longest, time);
        again.add(id);
      }
    }
    // With those that waited for them; what was done before needs no waiting for.
    for (const { id, dependsOn } of todo) if (results.get(id).status === 424 && dependsOn?.some((one) => again.has(one))) again.add(id);
    todo = todo.filter(({ id }) => again.has(id)).map(({ dependsOn, ...one }) => {
      const still = dependsOn?.filter((id) => again.has(id));
      return still?.length ? { ...one, dependsOn: still } : one;
    });
    if (todo.length) await wait(longest, signal);
  }
  return given.map(({ id }) => results.get(id));
}

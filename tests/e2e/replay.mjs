// Reads the exchanges of ./examples, answers requests with them, and compares requests with theirs.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('./examples/', import.meta.url);
export const ROOTS = {
  graph: 'https://graph.microsoft.com/v1.0/',
  'outlook-v2': 'https://outlook.office.com/api/v2.0/',
  'outlook-v1': 'https://outlook.office365.com/api/v1.0/',
};

/** Every file: `{ key: 'graph/01-messages-page', api, exchanges }`. */
export const examples = Object.keys(ROOTS).flatMap((api) =>
  readdirSync(new URL(`${api}/`, FOLDER))
    .sort()
    .map((file) => ({
      key: `${api}/${file.slice(0, -'.json'.length)}`,
      api,
      exchanges: JSON.parse(readFileSync(new URL(`${api}/${file}`, FOLDER), 'utf8')).exchanges,
    })),
);

/** Sent by the service to the app's own server, not by a page. */
export const isNotification = ({ request }) => !/^https:\/\/(graph\.microsoft|outlook\.office)/.test(request.url);
/** Sent by the browser before a request of the page's. */
export const isPreflight = ({ request }) => request.method === 'OPTIONS';

/** `Prefer` as an object, as its preferences have no order (RFC 7240 §2). */
export const preferences = (text) =>
  Object.fromEntries(
    (text?.match(/[\w.-]+(?:="[^"]*"|=[^,\s]*)?/g) ?? []).map((one) => one.split(/=(.*)/s).slice(0, 2)),
  );

/** The settings of the client that sends the headers of an example's request. */
export function settings(api, { headers }) {
  const prefer = preferences(headers.Prefer);
  const bare = (text) => text?.replaceAll('"', '');
  return {
    api,
    // The service's default.
    timeZone: bare(prefer['outlook.timezone']) ?? 'UTC',
    immutableIds: 'IdType' in prefer,
    ...(prefer['outlook.body-content-type'] && { bodyType: bare(prefer['outlook.body-content-type']) }),
    retries: 0,
  };
}

/** The parts of an example's request that the tables of calls use: the ids in its path, and its body. */
export function given({ url, body }) {
  const ids = decodeURIComponent(new URL(url).pathname).match(/AAMk[\w-]+=*|[\da-f]{8}-[\da-f-]{27}/g) ?? [];
  return { id: ids[0], ids, body };
}

const bytesOf = (base64) => Buffer.from(base64, 'base64');

/** The response of an exchange. */
function answer({ response: { status, headers, body } }) {
  /** @type {BodyInit | null} */
  let content = body === null ? null : JSON.stringify(body);
  if (body?.$base64) content = bytesOf(body.$base64);
  if (body?.$text !== undefined) content = body.$text;
  return new Response(content, { status, headers });
}

/** A `fetch` that gives the responses of `exchanges` in turn; `sent` has the requests. */
export function replaying(exchanges) {
  // After a 401 the token is renewed, and after a 410 the cache is bypassed: these requests are sent twice.
  const script = exchanges.flatMap((one) => ([401, 410].includes(one.response.status) ? [one, one] : [one]));
  const sent = [];
  const fetch = async (/** @type {Parameters<typeof globalThis.fetch>} */ ...args) => {
    const request = new Request(...args);
    const { method, url, headers } = request;
    sent.push({ method, url, headers: Object.fromEntries(headers), body: Buffer.from(await request.arrayBuffer()) });
    assert.ok(sent.length <= script.length, `one request too many: ${method} ${url}`);
    return answer(script[sent.length - 1]);
  };
  return { fetch, sent, script };
}

// ---------------------------------------------------------------- what was sent

/** 2026-03-20T09:00:00+01:00 and 2026-03-20T08:00:00.000Z are one instant. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const value = (one) => (INSTANT.test(one) ? new Date(one).toISOString() : one);

function values(json, api) {
  if (Array.isArray(json)) return json.map((one) => values(one, api));
  // The documentation of v1.0 writes booleans as strings; its metadata says Edm.Boolean.
  if (api === 'outlook-v1' && (json === 'true' || json === 'false')) return json === 'true';
  if (json === null || typeof json !== 'object') return value(json);
  // The default of `isInline` is false.
  return Object.fromEntries(
    Object.entries(json)
      .filter(([name, one]) => name !== 'isInline' || one)
      .map(([name, one]) => [name, values(one, api)]),
  );
}

/**
 * A path as it is compared. A function without arguments needs no parentheses (OData 4.01 part 2, §4.4); a key is in
 * parentheses or a segment (§4.3.6); names of Outlook REST are case-insensitive, ids are not.
 */
function path(url, api) {
  assert.ok(url.href.startsWith(ROOTS[api]) || url.pathname.includes('/AttachmentSessions('), url.href);
  const plain = decodeURIComponent(url.pathname).replace(/\(\)$/, '');
  if (api === 'graph') return plain;
  return plain
    .replaceAll(/\('([^']*)'\)/g, '/$1')
    .split('/')
    .map((one) => (/^[a-z$]+$/i.test(one) ? one.toLowerCase() : one))
    .join('/');
}

/**
 * A request as it is compared. Left out are `Accept` (the services answer with JSON anyway), `X-AnchorMailbox` (a
 * routing hint), and headers that the browser sets (`User-Agent`, `Origin`, `Content-Length`).
 */
function shape({ method, url, headers, body }, api) {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
  const at = new URL(url);
  const query = [...at.searchParams].map(([name, text]) => `${name}=${value(text)}`).sort();
  const kept = ['content-type', 'if-match', 'content-range', 'return-client-request-id'].filter(
    (name) => lower[name] !== undefined,
  );
  const out = {
    method,
    path: path(at, api),
    query,
    body,
    headers: {
      ...Object.fromEntries(kept.map((name) => [name, lower[name]])),
      prefer: preferences(lower.prefer),
      authorized: 'authorization' in lower,
    },
  };
  if (/json/.test(lower['content-type'])) out.body = values(body, api);
  // The requests of a batch have their own headers.
  for (const item of out.body?.requests ?? []) {
    item.headers = Object.fromEntries(
      Object.entries(item.headers ?? {}).map(([name, text]) => [
        name.toLowerCase(),
        /^prefer$/i.test(name) ? preferences(text) : text,
      ]),
    );
  }
  // The body of an action without arguments is an empty object, or missing.
  if (out.body === null || JSON.stringify(out.body) === '{}') {
    delete out.body;
    delete out.headers['content-type'];
  }
  return out;
}

function wanted({ request }, api, free) {
  let { body } = request;
  if (body?.$text) body = body.$text;
  if (body?.$bytes) body = body.$bytes;
  const out = shape({ ...request, body }, api);
  // The SDK sends its time zone with every call, so that responses do not depend on the mailbox. v1.0 does not know
  // this preference.
  const zoned = (headers) => {
    headers.prefer ??= {};
    headers.prefer['outlook.timezone'] ??= '"UTC"';
  };
  if (api !== 'outlook-v1' && out.headers.authorized) {
    zoned(out.headers);
    if (!free) for (const item of out.body?.requests ?? []) zoned(item.headers);
  }
  return out;
}

function got(one, api) {
  const type = one.headers['content-type'] ?? '';
  const body =
    one.body.length === 0
      ? null
      : /json/.test(type)
        ? JSON.parse(one.body)
        : /text/.test(type)
          ? one.body.toString()
          : one.body.length;
  return shape({ ...one, body }, api);
}

/**
 * Checks that each request is that of its exchange. `prefer` replaces the example's preferences for a next page; `free`
 * marks a call of `request()`.
 */
export function compare(sent, script, api, { prefer, free }) {
  assert.equal(sent.length, script.length, 'requests');
  // The page size applies to all requests of a call.
  const size = script.map(({ request }) => preferences(request.headers.Prefer)['odata.maxpagesize']).find(Boolean);
  for (const [at, one] of sent.entries()) {
    const expected = wanted(script[at], api, free);
    if (prefer) expected.headers.prefer = prefer;
    if (size && !prefer) expected.headers.prefer['odata.maxpagesize'] = size;
    assert.deepEqual(got(one, api), expected);
    if (!expected.headers.authorized) continue;
    assert.match(one.headers.authorization, /^Bearer token-\d+$/);
    assert.match(one.headers['client-request-id'], /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  }
  const ids = sent.flatMap(({ headers }) => headers['client-request-id'] ?? []);
  assert.equal(new Set(ids).size, ids.length, 'every attempt has an id of its own');
}

// ---------------------------------------------------------------- what the caller gets

/** Checks that the value of a call is the body of the last of `exchanges`. */
export async function agrees(result, exchanges) {
  const { body } = exchanges.at(-1).response;
  if (body === null) assert.equal(result, undefined);
  else if (body.$text !== undefined) assert.equal(String(result), body.$text);
  else if (body.$base64) assert.deepEqual(Buffer.from(await result.arrayBuffer()), bytesOf(body.$base64));
  else if (result?.removed)
    delta(
      result,
      exchanges.map(({ response }) => response.body),
    );
  else if (body.responses)
    assert.deepEqual(
      result.map(({ error, ...rest }) => rest),
      [...body.responses].sort((a, b) => a.id - b.id),
    );
  else if (Array.isArray(result)) assert.deepEqual(result, body.value);
  else if (result?.items) {
    assert.deepEqual(result.items, body.value);
    assert.equal(result.count, body['@odata.count']);
    assert.equal(typeof result.next, body['@odata.nextLink'] ? 'function' : 'object');
  } else assert.deepEqual(result, body);
}

/**
 * Items and removals of a whole delta round. Graph marks a removed item; Outlook sends a separate entity with the id in
 * parentheses.
 */
function delta({ items, removed, token, resynced }, pages) {
  const all = pages.flatMap(({ value }) => value ?? []);
  const reason = (one) => one['@removed']?.reason ?? one.reason;
  assert.deepEqual(
    items,
    all.filter((one) => !reason(one)),
  );
  assert.deepEqual(
    removed,
    all.filter(reason).map((one) => ({ id: /\('(.*)'\)/.exec(one.id)?.[1] ?? one.id, reason: reason(one) })),
  );
  assert.equal(typeof token, 'string');
  assert.equal(
    resynced,
    pages.some(({ error }) => error),
  );
}

const CODES = {
  400: 'bad_request',
  401: 'interaction_required',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  412: 'precondition_failed',
  429: 'throttled',
  503: 'service_unavailable',
  504: 'service_unavailable',
};
/** The service codes that mean more than their status: the user has no mailbox. */
const NO_MAILBOX = ['MailboxNotEnabledForRESTAPI', '2000001'];

/** Checks that the error has everything that the error response says. */
export function tells(error, { response: { status, headers, body } }, sent, Exo365Error) {
  assert.ok(error instanceof Exo365Error, String(error?.stack ?? error));
  const [, number, reason, category] =
    /^(\d+);reason="(.*?)";error_category="(.*?)"/.exec(headers['x-ms-diagnostics'] ?? '') ?? [];
  const claims = /claims="([^"]*)"/.exec(headers['WWW-Authenticate'] ?? '')?.[1];
  const { code, serviceCode, requestId, clientRequestId, retryAfterSeconds, diagnostics, message, remedy } = error;
  assert.deepEqual(
    {
      code,
      status: error.status,
      serviceCode,
      requestId,
      clientRequestId,
      retryAfterSeconds,
      diagnostics,
      claims: error.claims,
    },
    {
      code: NO_MAILBOX.includes(body?.error.code ?? number) ? 'mailbox_not_found' : CODES[status],
      status,
      serviceCode: body?.error.code,
      requestId: headers['request-id'],
      clientRequestId: sent.at(-1).headers['client-request-id'],
      retryAfterSeconds: headers['Retry-After'] && Number(headers['Retry-After']),
      diagnostics: number && { number: Number(number), reason, category },
      claims: claims && bytesOf(claims).toString(),
    },
  );
  assert.equal(message, body?.error.message || reason || `the service answered with status ${status}`);
  assert.ok(remedy, 'says what to do');
}

// The 107 exchanges of ./examples, from Microsoft's documentation and from clients: for each request, the named method
// sends the same one; for each response, the caller gets the same value or the right error.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as graph from './examples-graph.mjs';
import { BY_REQUEST as OUTLOOK_BY_REQUEST, OUTLOOK_V1, OUTLOOK_V2 } from './examples-outlook.mjs';
import { answerBy } from './network.mjs';
import { importPackage } from './processes.mjs';
import {
  agrees,
  compare,
  examples,
  given,
  isNotification,
  isPreflight,
  preferences,
  replaying,
  settings,
  tells,
} from './replay.mjs';

const CALLS = { graph: graph.GRAPH, 'outlook-v2': OUTLOOK_V2, 'outlook-v1': OUTLOOK_V1 };

let sdk;
before(async () => {
  sdk = await importPackage();
});

/** A client, and the token requests that it makes; each token has another number. */
async function open(api, request) {
  const asked = [];
  const client = await sdk.createClient({
    ...settings(api, request),
    getToken: async (want) => `token-${asked.push(want)}`,
  });
  return { client, asked };
}

/** Runs `call`, answered by `exchanges`. */
async function replay(call, exchanges) {
  const { fetch, sent, script } = replaying(exchanges);
  answerBy(fetch);
  const result = await (async () => call())().then(
    (value) => ({ value, reason: undefined }),
    (reason) => ({ value: undefined, reason }),
  );
  return { result, sent, script };
}

const seen = [];
let requests = 0;
for (const { key, api, exchanges } of examples) {
  const calls = CALLS[api][key.split('/')[1]];
  /** From the previous call: its client, its preferences, its value. */
  let last = { client: undefined, asked: [], value: undefined, prefer: undefined };

  for (const [at, exchange] of exchanges.entries()) {
    const { request, response } = exchange;
    seen.push(`${key} #${at}`);
    if (calls?.[at] === graph.WITHIN) continue;
    if (isNotification(exchange)) notification(key, at, api, request);
    else if (isPreflight(exchange)) preflight(key, at, api, exchange, exchanges[at + 1], calls[at + 1]);
    else {
      const answers = calls[at].answers ?? [at];
      const span = answers.filter((one) => one >= at).length;
      const name = `${key} #${span > 1 ? `${at}-${at + span - 1}` : at}`;
      const free = /\.request\(/.test(calls[at]);
      if (free) requests += 1;
      test(`${name}: ${request.method} is sent as shown, and its ${response.status} understood`, async () => {
        // A next page is requested by the link in the response, with the client and the preferences of the previous
        // call.
        const follows = calls[at] === graph.next;
        const { client, asked } = follows ? last : await open(api, request);
        const script = answers.map((one) => exchanges[one] ?? one);
        const run = await replay(
          () => calls[at](client, { ...given(request), before: last.value, filter: sdk.filter }),
          script,
        );
        const rules = { prefer: follows && last.prefer, free };
        last = { client, asked, value: run.result.value, prefer: preferences(run.sent[0]?.headers.prefer) };
        if (run.sent.length === 0) throw run.result.reason ?? new Error('nothing was sent');
        compare(run.sent, run.script, api, rules);
        if (script.at(-1).response.status < 400) {
          if (run.result.reason) throw run.result.reason;
          await agrees(run.result.value, script);
        } else tells(run.result.reason, script.at(-1), run.sent, sdk.Exo365Error);
        if (response.status === 401) renewed(asked, run);
      });
    }
  }
}

/** A rejected token was replaced by one that was requested with the claims of the 401. */
function renewed(asked, { result, sent }) {
  assert.deepEqual(
    sent.map((one) => one.headers.authorization),
    ['Bearer token-1', 'Bearer token-2'],
  );
  assert.equal(asked[1].claims, result.reason.claims);
}

/**
 * Change notifications go from the service to the app's server. A page that calls that host must not send it a token.
 */
function notification(key, at, api, request) {
  test(`${key} #${at}: ${new URL(request.url).host} is no place for a token`, async () => {
    const { client } = await open(api, request);
    const { result, sent } = await replay(
      () => client.request(request.method, request.url, { body: request.body ?? undefined }),
      [],
    );
    assert.equal(result.reason?.code, 'untrusted_host');
    assert.deepEqual(sent, []);
  });
}

/** A preflight: a call has only headers that the service allows in its response. */
function preflight(key, at, api, { request, response }, following, call) {
  test(`${key} #${at}: the call has the headers that its preflight asks for, and no others`, async () => {
    const { client } = await open(api, request);
    const { sent } = await replay(() => call(client, {}), [following]);
    const [{ method, url, headers }] = sent;
    assert.equal(method, request.headers['Access-Control-Request-Method']);
    assert.equal(new URL(url).pathname, new URL(request.url).pathname);
    // Headers that need no permission (CORS-safelisted, Fetch standard).
    const asking = Object.keys(headers)
      .filter((name) => !/^(accept|accept-language|content-language|range)$/.test(name))
      .sort()
      .join();
    assert.equal(asking, request.headers['Access-Control-Request-Headers']);
    assert.ok(
      asking.split(',').every((name) => response.headers['Access-Control-Allow-Headers'].split(',').includes(name)),
    );
  });
}

test('all 107 exchanges are replayed, and what has a name is called by it', () => {
  assert.equal(new Set(seen).size, 107);
  const tables = Object.entries(CALLS).flatMap(([api, files]) =>
    Object.entries(files).map(([file, calls]) => [`${api}/${file}`, calls.length]),
  );
  assert.deepEqual(
    Object.fromEntries(tables),
    Object.fromEntries(examples.map(({ key, exchanges }) => [key, exchanges.length])),
  );
  assert.equal(
    requests,
    Object.keys({ ...graph.BY_REQUEST, ...OUTLOOK_BY_REQUEST }).length,
    'a request() without a reason',
  );
});

// What a promise says about a write, whatever becomes of its answers; and that every promise settles with an error of
// ours. The package is the real one, the network is the test's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  sdk,
  sent,
  json,
  refused,
  empty,
  text,
  cut,
  half,
  JSON_TYPE,
  page,
  down,
  gateway,
  lost,
  changed,
  opened,
  outcome,
} from './answered.mjs';

const make = ({ mail }) => mail.messages.create({ subject: 'a' });
const send = ({ mail }) => mail.send({ subject: 'a', toRecipients: ['ben@contoso.example'] });
const remove = ({ calendar }) => calendar.events.delete('a');
const discard = ({ mail }) => mail.messages.delete('a');
const change = ({ contacts }) => contacts.update('a', { givenName: 'Ben' });
const changeIf = ({ contacts }) => contacts.update('a', { givenName: 'Ben' }, { ifMatch: 'W/"1"' });
const get = ({ contacts }) => contacts.get('a');
const ben = { id: 'a', givenName: 'Ben', surname: 'B' };
const folder = (parentFolderId) => json({ id: 'a', parentFolderId, '@odata.etag': 'W/"7"' });
const bin = json({ id: 'bin' });

/** @typedef {[name: string, call: (client: any) => Promise<unknown>, answers: (() => unknown)[], wanted: unknown]} Outcome */

/** @type {Outcome[]} */
const OUTCOMES = [
  // C7: the first answer is lost.
  ['C7 DELETE: cut, then nothing there', remove, [cut, lost], undefined],
  ['C7 DELETE: 504, then nothing there', remove, [gateway, lost], undefined],
  ['C7 DELETE: 503, then nothing there', remove, [down, lost], undefined],
  ['C7 DELETE: nothing there at once', remove, [lost], 'not_found'],
  ['C7 DELETE: throttled, then nothing there', remove, [refused(429, 'x', { 'retry-after': '0' }), lost], 'not_found'],
  ['C7 DELETE of a message: gone', discard, [cut, lost, bin], undefined],
  ['C7 DELETE of a message: among the deleted ones', discard, [cut, folder('bin'), bin], 'outcome_unknown'],
  ['C7 DELETE of a message: where it was', discard, [cut, folder('inbox'), bin, empty(204)], undefined],
  ['C7 PATCH with ifMatch: finds its own change', changeIf, [cut, changed, json(ben)], ben],
  [
    'C7 PATCH with ifMatch: finds another change',
    changeIf,
    [cut, changed, json({ givenName: 'Al' })],
    'outcome_unknown',
  ],
  ['C7 PATCH with ifMatch: changed by somebody', changeIf, [changed], 'precondition_failed'],
  ['C7 PATCH: sent again', change, [cut, json(ben)], ben],
  ['C7 POST: cut', make, [cut], 'outcome_unknown'],
  ['C7 POST: 504', send, [gateway], 'outcome_unknown'],
  ['C7 POST: 503 is not repeated', send, [down], 'service_unavailable'],
  ['C7 POST: half of the answer', make, [half], 'outcome_unknown'],
  [
    'C7 a question with a body is a read',
    ({ mail }) => mail.mailTips(['ben@contoso.example']),
    [cut, json({ value: [] })],
    [],
  ],
  ['C7 POST: 524 of a gateway', send, [refused(524, 'x')], 'outcome_unknown'],
  // A second DELETE would take these out of the deleted items, whatever the letters and the form of the path.
  ...["/me/messages('a')", '/me/Messages/a', '/me/mailfolders/a', "/me/mailFolders('b')/messages('a')"].map(
    (path) =>
      /** @type {Outcome} */ ([
        `C7 DELETE ${path}: among the deleted ones`,
        (client) => client.request('DELETE', path),
        [cut, folder('bin'), bin],
        'outcome_unknown',
      ]),
  ),
  ['C7 a deletion for good', ({ mail }) => mail.messages.delete('a', { permanently: true }), [cut, lost], undefined],
  // C12: nothing is a success of a write, whatever the headers say.
  ...[200, 202, 204].flatMap(
    (status) =>
      /** @type {Outcome[]} */ ([
        [
          `C12 send: ${status} with a type of JSON`,
          send,
          [empty(status, { 'content-type': 'application/json' })],
          undefined,
        ],
        [
          `C12 delete: ${status} with a type of JSON`,
          remove,
          [empty(status, { 'content-type': 'application/json' })],
          undefined,
        ],
        [`C12 send: ${status} with a type of HTML`, send, [empty(status, { 'content-type': 'text/html' })], undefined],
      ]),
  ),
  ['C12 send: 202 with a text', send, [text('queued', 'text/plain', 202)], undefined],
  ['C12 send: white space', send, [text(' \r\n', 'application/json')], undefined],
  ['C12 create: JSON of another type', make, [text('{"id":"a"}', 'text/plain', 201)], { id: 'a' }],
  ['C12 create: JSON without a type', make, [() => new Response(new Blob(['{"id":"a"}']))], { id: 'a' }],
  ['C12 send: a page of a proxy', send, [text('<html>', 'text/html')], 'outcome_unknown'],
  // C15: a conflict that passes.
  ['C15 412 once, without ifMatch', change, [changed, json(ben)], ben],
  ['C15 409 once, without ifMatch', change, [refused(409, 'ErrorIrresolvableConflict'), json(ben)], ben],
  ['C15 412 once, of a POST', send, [changed, empty(202)], undefined],
  ['C15 412 that stays', change, [changed, changed], 'precondition_failed'],
  ['C15 another conflict', change, [refused(409, 'ErrorFolderExists')], 'conflict'],
  // C16: full.
  ['C16 507', send, [refused(507, 'ErrorQuotaExceeded')], 'mailbox_full'],
  ['C16 507 of a read', get, [refused(507, 'x')], 'mailbox_full'],
  // C17: an answer to a read that is broken.
  ['C17 broken JSON, then whole', get, [text('{"id":'), json(ben)], ben],
  ['C17 cut, then whole', get, [half, json(ben)], ben],
  ['C17 empty, then whole', get, [text(''), json(ben)], ben],
  ['C17 nothing at all, then whole', get, [empty(200), json(ben)], ben],
  ['C17 a type in capitals', get, [text(JSON.stringify(ben), 'Application/JSON')], ben],
  ['C17 a type that is missing', get, [() => new Response(new Blob([JSON.stringify(ben)]))], ben],
  ['C17 a mark of byte order', get, [text(`\ufeff${JSON.stringify(ben)}`)], ben],
  ['C17 HEAD has no body', (client) => client.request('HEAD', '/me'), [empty(200, JSON_TYPE)], undefined],
  ['C10 a web page is no message', ({ mail }) => mail.messages.mime('a'), [page], 'invalid_response'],
  ['C10 a web page is no photo', ({ photo }) => photo.content(), [page], 'invalid_response'],
  ['C17 a page of a proxy, then whole', get, [text('<html>', 'text/html'), json(ben)], ben],
  // C24: a name that is taken.
  [
    'C24 ErrorFolderExists as 400',
    ({ mail }) => mail.folders.create({ displayName: 'a' }),
    [refused(400, 'ErrorFolderExists')],
    'conflict',
  ],
  [
    'C24 ErrorFolderExists as 409',
    ({ mail }) => mail.folders.create({ displayName: 'a' }),
    [refused(409, 'ErrorFolderExists')],
    'conflict',
  ],
];

for (const [name, call, answers, wanted] of OUTCOMES) {
  test(name, async () => {
    const client = await opened(answers, { batching: 'off' });
    const got = await outcome(call(client));
    assert.deepEqual(got.code ?? got.value, wanted);
    assert.equal(sent.length, answers.length);
    if (got.code === 'outcome_unknown') assert.match(got.error.clientRequestId, /^[0-9a-f-]{36}$/);
  });
}

test('C17 an answer that stays broken is told', async () => {
  const client = await opened(() => text('{'), { retries: 1 });
  assert.equal((await outcome(get(client))).code, 'invalid_response');
  assert.equal(sent.length, 2);
});

test('C7 attempts of one write have one id, and those of reads have each their own', async () => {
  const ids = async (call, answers) => {
    await outcome(call(await opened(answers)));
    return new Set(sent.map(({ headers }) => headers['client-request-id'])).size;
  };
  assert.equal(await ids(change, [gateway, gateway, json(ben)]), 1);
  assert.equal(await ids(change, [refused(429, 'x', { 'retry-after': '0' }), json(ben)]), 2);
});

test('C7 where no connection came about, nothing was sent: network', async () => {
  const client = await opened(() => () => {
    throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  });
  assert.equal((await outcome(make(client))).code, 'network');
});

test('C7 a browser that is offline at the start has sent nothing: network', async (t) => {
  const client = await opened(() => cut);
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => before && Object.defineProperty(globalThis, 'navigator', before));
  Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true });
  assert.equal((await outcome(make(client))).code, 'network');
});

test('C7 an event with transactionId is made once, and repeated', async () => {
  const client = await opened([cut, json({ id: 'e' }, 201)]);
  const event = { subject: 'a', start: '2026-12-01T09:00', end: '2026-12-01T10:00', transactionId: 'one-of-a-kind' };
  assert.deepEqual((await outcome(client.calendar.events.create(event))).value, { id: 'e' });
  assert.deepEqual(sent[0].body, sent[1].body);
});

// 200 reads and writes, every third request refused for five seconds, and the page cannot read `Retry-After`.
test('C20 all of 200 calls succeed at a mailbox that refuses every third request for five seconds', {
  timeout: 60_000,
}, async () => {
  const start = performance.now();
  let asked = 0;
  const throttled = () => performance.now() - start < 5000 && ++asked % 3 === 0;
  const client = await opened((request) => {
    if (request.path !== '/$batch') return throttled() ? refused(429, 'ApplicationThrottled') : json({ id: 'a' });
    const responses = JSON.parse(request.body).requests.map(({ id }) => ({
      id,
      status: throttled() ? 429 : 200,
      headers: {},
      body: { id: 'a' },
    }));
    return json({ responses });
  });
  const all = Array.from({ length: 200 }, (_, at) => (at % 2 ? get(client) : change(client)));
  const codes = (await Promise.all(all.map(outcome))).map(({ code }) => code).filter(Boolean);
  assert.deepEqual(codes, []);
});

test('C20 a mailbox that goes on refusing, or asks for too long, is told', { timeout: 60_000 }, async () => {
  const client = await opened(() => refused(429, 'ApplicationThrottled'), { retries: 1 });
  const begun = performance.now();
  const all = await Promise.all(Array.from({ length: 12 }, () => outcome(change(client))));
  assert.ok(all.every(({ code }) => code === 'throttled'));
  assert.ok(performance.now() - begun < 6000, 'one rest for all of them');
  const patient = await opened(() => refused(429, 'x', { 'retry-after': '121' }));
  const { error } = await outcome(get(patient));
  assert.deepEqual([error.code, error.retryAfterSeconds, error.attempts], ['throttled', 121, 1]);
});

for (const [name, headers] of Object.entries({
  Headers: () => new Headers({ 'X-Own': 'a' }),
  'a list of pairs': () => [['x-own', 'a']],
  'a Map': () => new Map([['X-Own', 'a']]),
})) {
  test(`C19 headers as ${name} are sent`, async () => {
    const client = await opened(() => json({ value: [], responses: [{ id: '1', status: 200, headers: {} }] }));
    await client.contacts.list({ headers: headers() });
    await client.request('POST', '/me/x', { headers: headers(), body: {} });
    await client.batch([{ method: 'GET', path: '/me', headers: headers() }]);
    assert.deepEqual(
      [sent[0].headers['x-own'], sent[1].headers['x-own'], JSON.parse(sent[2].body).requests[0].headers['x-own']],
      ['a', 'a', 'a'],
    );
    assert.equal((await outcome(client.contacts.list({ headers: ['a'] }))).code, 'invalid_argument');
  });
}

test('C19 a name that is there twice is refused: one of the values would be lost', async () => {
  const client = await opened([]);
  const twice = [
    ['a', '1'],
    ['a', '2'],
  ];
  for (const options of [{ headers: twice }, { query: new URLSearchParams(twice) }])
    assert.equal((await outcome(client.request('GET', '/me', options))).code, 'invalid_argument');
  assert.equal(sent.length, 0);
});

test('C27 an empty If-Match among the headers is refused: it would be no condition', async () => {
  const client = await opened([]);
  for (const value of ['', ' ']) {
    const headers = { 'If-Match': value };
    for (const call of [
      client.contacts.delete('a', { headers }),
      client.contacts.update('a', { givenName: 'Ben' }, { headers: new Headers(headers) }),
      client.batch([{ method: 'DELETE', path: '/me/contacts/a', headers }]),
    ])
      assert.equal((await outcome(call)).code, 'invalid_argument');
  }
  assert.equal(sent.length, 0);
});

test('C19 parameters of a query as URLSearchParams are sent', async () => {
  const client = await opened([json({})]);
  await client.request('GET', '/me', { query: new URLSearchParams({ $select: 'id' }) });
  assert.match(sent[0].path, /\$select=id/);
});

/** What a page's function may do, and what the call comes to. */
const never = () => new Promise(() => {});
const throwing = (value) => () => {
  throw value;
};
const odd = {
  get token() {
    throw new Error('odd');
  },
};
for (const [name, getToken, wanted] of /** @type {[string, (request?: any) => unknown, string?][]} */ ([
  ['C18 a token without scopes', async () => ({ token: 'a', expiresIn: 3600 }), undefined],
  ['C18 scopes that are none', async () => ({ token: 'a', expiresIn: 3600, scopes: () => 5 }), undefined],
  ['C18 a time that is none', async () => ({ token: 'a', expiresIn: Number.NaN, scopes: [] }), undefined],
  ['C18 a token that is not promised', () => 'a', undefined],
  ['C18 nothing', async () => undefined, 'invalid_argument'],
  ['C18 null', async () => null, 'invalid_argument'],
  ['C18 a number', async () => 5, 'invalid_argument'],
  ['C18 an object without a token', async () => ({}), 'invalid_argument'],
  ['C18 a token of two lines', async () => 'a\nb', 'invalid_argument'],
  ['C18 a getter that throws', async () => odd, 'invalid_argument'],
  ['C26 throws at once', throwing(new Error('no')), 'interaction_required'],
  ['C26 throws nothing', throwing(undefined), 'interaction_required'],
  ['C26 throws what cannot be written', throwing(Object.create(null)), 'interaction_required'],
  ['C26 rejects with "Failed to fetch"', async () => cut(), 'network'],
  [
    'C26 rejects as Firefox',
    async () => throwing(new TypeError('NetworkError when attempting to fetch resource.'))(),
    'network',
  ],
  ['C26 rejects as Safari', async () => throwing(new TypeError('Load failed'))(), 'network'],
  ['C26 rejects late', async () => throwing(new DOMException('signal timed out', 'TimeoutError'))(), 'timeout'],
  ['C26 never settles', never, 'timeout'],
])) {
  test(name, { timeout: 20_000 }, async () => {
    let asked = 0;
    const client = await opened(() => json(ben), {
      timeout: 200,
      getToken: (request) => (asked++ ? 'another-token' : getToken(request)),
    });
    assert.equal((await outcome(get(client))).code, wanted);
    assert.deepEqual((await outcome(get(client))).value, ben, 'and the next call works');
    if (wanted) assert.equal(asked, 2, 'it asks again');
  });
}

test('C26 a call with a time of its own does not wait longer for its token', { timeout: 20_000 }, async () => {
  const client = await opened([], { getToken: never });
  assert.equal((await outcome(client.contacts.get('a', { timeout: 50 }))).code, 'timeout');
});

test('an error of ours that getToken rejects with stays what it is', async () => {
  const other = await opened([], { getToken: never, timeout: 50 });
  const { error } = await outcome(get(other));
  const client = await opened([], { getToken: async () => throwing(error)() });
  assert.equal((await outcome(get(client))).error, error);
});

/** Options whose getters throw: a TypeError is the commonest error, and no fault of the answer. */
const bad = (name, value = new TypeError('a getter')) =>
  Object.defineProperty({}, name, { get: throwing(value), enumerable: true });
for (const [name, call] of Object.entries({
  'list: top': ({ contacts }) => contacts.list(bad('top')),
  'all: top': async ({ contacts }) => {
    for await (const one of contacts.all(bad('top'))) void one;
  },
  'get: signal': ({ contacts }) => contacts.get('a', bad('signal')),
  'create: a field': ({ contacts }) => contacts.create(bad('givenName')),
  'create: a field within': ({ mail }) => mail.messages.create({ body: bad('content') }),
  'send: its options': ({ mail }) => mail.send({}, bad('saveToSentItems')),
  'batch: a request': (client) => client.batch([bad('id')]),
  'batch: its options': (client) => client.batch([], bad('signal')),
  'request: headers': (client) => client.request('GET', '/me', bad('headers')),
  'getToken: scopes': (client) => client.getToken(bad('scopes')),
  'delta: token': ({ mail }) => mail.folder('inbox').messages.delta(bad('token')),
  createClient: () => sdk.createClient(bad('endpoint')),
})) {
  test(`a getter that throws is invalid_argument: ${name}`, async () => {
    const client = await opened(() => json(ben));
    const { code, error } = await outcome(call(client));
    assert.equal(code, 'invalid_argument');
    assert.equal(error.cause?.message ?? 'a getter', 'a getter');
    assert.equal(sent.length, 0);
  });
}

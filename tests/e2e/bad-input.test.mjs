// Bad input is either refused with an `invalid_argument` that names what is wrong, before anything is sent, or it is
// sent exactly as given. It is never changed silently.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importPackage } from './processes.mjs';

const own = globalThis.fetch;
const sent = [];
const clients = {};
let sdk;
before(async () => {
  globalThis.fetch = async (/** @type {Parameters<typeof fetch>} */ ...args) => {
    const request = new Request(...args);
    sent.push({ method: request.method, url: request.url, body: await request.text() });
    return Response.json({ value: [] });
  };
  sdk = await importPackage();
  for (const api of ['graph', 'outlook-v2', 'outlook-v1'])
    clients[api] = await sdk.createClient({ api, getToken: async () => 'a-token', timeZone: 'UTC', retries: 0 });
});
after(() => {
  globalThis.fetch = own;
});

const ID = 'AAMk=';
const LONE = 'a\ud800b';
/** A blob that only claims to be large: it has to be refused before it is read. */
const blob = (megabytes) => Object.defineProperty(new Blob(['x']), 'size', { value: megabytes * 1024 * 1024 });
const meeting = { start: '2026-12-01T09:00', end: '2026-12-01T10:00' };
const nowhere = { start: { dateTime: '2026-12-01T10:00:00', timeZone: 'Nowhere/At All' } };
const never = {
  recurrence: { pattern: { type: 'fortnightly', interval: 0 }, range: { type: 'never', startDate: '2020-01-01' } },
};
/** An object that JSON cannot express. */
const circle = {};
circle.self = circle;

/**
 * Each: what the message has to name, the call, and the expected codes where they are not `invalid_argument`.
 *
 * @type {Record<string, [names: RegExp, call: (client: any) => unknown, codes?: string[]]>}
 */
const REFUSED = {
  'an option that a list does not have': [/`slect`/, ({ mail }) => mail.messages.list({ slect: ['subject'] })],
  'an option of lists for one item': [/`top`/, ({ mail }) => mail.messages.get(ID, { top: 1 })],
  'an option of lists for a count': [/`top`/, ({ mail }) => mail.messages.count({ top: 1 })],
  'an option that a view does not have': [
    /`tpo`/,
    ({ calendar }) => calendar.view('2026-12-01', '2026-12-02', { tpo: 5 }).list(),
  ],
  'an option that creating does not have': [/`ifMatch`/, ({ mail }) => mail.messages.create({}, { ifMatch: '*' })],
  'an option that changing does not have': [/`etag`/, ({ mail }) => mail.messages.update(ID, {}, { etag: '*' })],
  'an option that deleting does not have': [/`forever`/, ({ mail }) => mail.messages.delete(ID, { forever: true })],
  'an option that sending does not have': [/`saveToSent`/, ({ mail }) => mail.send({}, { saveToSent: true })],
  'an option that replying does not have': [
    /`everybody`/,
    ({ mail }) => mail.messages.reply(ID, 'x', { everybody: true }),
  ],
  'an option that an answer does not have': [
    /`propsedStart`/,
    ({ calendar }) => calendar.events.decline(ID, { propsedStart: '2026-12-01' }),
  ],
  'an option that an action does not have': [
    /`folder`/,
    ({ mail }) => mail.messages.move(ID, 'archive', { folder: 'inbox' }),
  ],
  'an option that request() does not have': [/`top`/, (client) => client.request('GET', '/me', { top: 5 })],
  'a setting that createClient does not have': [
    /`batchSize`/,
    () => sdk.createClient({ getToken: async () => 'a', batchSize: 5 }),
  ],
  'a filter that is no text': [/`filter`/, ({ mail }) => mail.messages.list({ filter: 5 })],
  'a filter that is quoted twice': [
    /quotes/,
    ({ mail }) => mail.messages.list({ filter: sdk.filter`subject eq '${'x'}'` }),
  ],
  'a filter with a number that is none': [
    /numbers/,
    ({ mail }) => mail.messages.list({ filter: sdk.filter`size gt ${NaN}` }),
  ],
  'a filter with a Date that is none': [
    /Dates/,
    ({ mail }) => mail.messages.list({ filter: sdk.filter`receivedDateTime gt ${new Date(NaN)}` }),
  ],
  'a select that is no list': [/`select`/, ({ mail }) => mail.messages.list({ select: 'subject' })],
  'a select of nothing': [/select/, ({ mail }) => mail.messages.list({ select: [] })],
  'an order by an empty name': [/orderBy/, ({ mail }) => mail.messages.list({ orderBy: [''] })],
  'a count that is not a boolean': [/`count`/, ({ mail }) => mail.messages.list({ count: 'yes' })],
  'a signal that is none': [/`signal`/, ({ mail }) => mail.messages.list({ signal: 5 })],
  'headers that are no texts': [/`headers`/, ({ mail }) => mail.messages.list({ headers: { a: 5 } })],
  'a header that is none': [/`a b`/, ({ mail }) => mail.messages.list({ headers: { 'a b': 'x' } })],
  'a header of two lines': [/`x-a`/, ({ mail }) => mail.messages.list({ headers: { 'x-a': 'x\r\nx-b: y' } })],
  'a time zone that would break out of its header': [
    /`timeZone`/,
    ({ mail }) => mail.messages.list({ timeZone: 'UTC", IdType="x' }),
  ],
  'a view whose end is before its start': [/end/, ({ calendar }) => calendar.view('2026-12-02', '2026-12-01').list()],
  'a view of no time': [/end/, ({ calendar }) => calendar.view('2026-12-01', '2026-12-01').list()],
  'occurrences whose end is before the start': [
    /end/,
    ({ calendar }) => calendar.events.instances(ID, '2026-12-02', '2026-12-01').list(),
  ],
  'a recipient without an address': [/address/, ({ mail }) => mail.messages.create({ toRecipients: [''] })],
  'a message that is none': [/object/, ({ mail }) => mail.messages.create(undefined)],
  'changes that are none': [/object/, ({ mail }) => mail.messages.update(ID, 'isRead')],
  'a body that has no JSON form': [/JSON/, ({ mail }) => mail.messages.create(circle)],
  'a method that the APIs do not have': [/method/, (client) => client.request('TRACE', '/me')],
  'a body where there can be none': [/body/, (client) => client.request('GET', '/me', { body: {} })],
  'an option that delta does not have': [/`top`/, ({ mail }) => mail.messages.delta({ top: 5 })],
  'a token that leads elsewhere': [
    /host/,
    ({ mail }) => mail.messages.delta({ token: 'https://evil.example/v1.0/me' }),
    ['untrusted_host'],
  ],
  'changes of a view whose end is before its start': [
    /end/,
    ({ calendar }) => calendar.view('2026-12-02', '2026-12-01').delta(),
  ],
  'an option that free/busy does not have': [
    /`intervall`/,
    ({ calendar }) => calendar.freeBusy(['ben@contoso.example'], '2026-12-01', '2026-12-02', { intervall: 5 }),
  ],
  'an option that the tree does not have': [/`depth`/, ({ mail }) => mail.folders.tree({ depth: 5 })],
  'an option that adding a file does not have': [
    /`inline`/,
    ({ mail }) => mail.messages.attachments(ID).add(new Blob(['x']), { inline: true }),
  ],
  'a file that is none': [/file/, ({ mail }) => mail.messages.attachments(ID).add('note.txt')],
  'a file over 150 MB': [/150 MB/, ({ mail }) => mail.messages.attachments(ID).add(blob(151)), ['too_large']],
  'a file of more than one request in an event': [
    /attachments\(id\).add/,
    ({ calendar }) => calendar.events.create({ ...meeting, attachments: [blob(4)] }),
    ['too_large'],
  ],
  'a zone that nobody knows': [/`start.timeZone`/, ({ calendar }) => calendar.events.update(ID, nowhere)],
  'a recurrence that the service would refuse': [/`type`/, ({ calendar }) => calendar.events.update(ID, never)],
  'a recipient in no known form': [
    /`toRecipients`/,
    ({ mail }) => mail.messages.create({ toRecipients: [{ name: 'Ben' }, null] }),
  ],
  'a list of recipients that is none': [
    /`toRecipients`/,
    ({ mail }) => mail.messages.forward(ID, 'ben@contoso.example'),
  ],
  'a name that an enumeration does not have': [/`importance`/, ({ mail }) => mail.send({ importance: 'urgent' })],
  'a lone surrogate in a subject': [/subject/, ({ mail }) => mail.messages.create({ subject: LONE })],
  'a lone surrogate in a body': [/content/, ({ mail }) => mail.send({ body: LONE })],
  'a lone surrogate in a comment': [/comment/, ({ mail }) => mail.messages.reply(ID, LONE)],
  'an empty etag': [/`ifMatch`/, ({ mail }) => mail.messages.delete(ID, { ifMatch: '' })],
  'a Date that is none': [/birthday/, ({ contacts }) => contacts.update(ID, { birthday: new Date('') })],
  'a form of the octets': [/`as`/, ({ mail }) => mail.messages.mime(ID, { as: 'text' })],
  'a stable list that is neither': [
    /`stable`/,
    async ({ mail }) => {
      for await (const one of mail.messages.all({ stable: 1 })) assert.fail(one);
    },
  ],
  'a path that leads out of the API': [/path/, (client) => client.request('GET', '/../beta/me')],
};
const shown = (value) => (value instanceof Date || typeof value === 'number' ? String(value) : JSON.stringify(value));
const each = (name, names, values, call) =>
  values.forEach((value) => {
    REFUSED[`${name}: ${shown(value)}`] = [names, (client) => call(client, value)];
  });
each('a size of pages', /`?top/, [0, -1, 1.5, 1001, NaN, Infinity, '5', null, 2 ** 32], ({ mail }, top) =>
  mail.messages.list({ top }),
);
each('items to skip', /`skip`/, [-1, 0.5, NaN, '5'], ({ mail }, skip) => mail.messages.list({ skip }));
each('a time-out', /`timeout`/, [0, -1, 1.5, 3_600_001, NaN, '5'], ({ mail }, timeout) =>
  mail.messages.list({ timeout }),
);
each('a number of retries', /`retries`/, [-1, 1.5, NaN, '5'], (_, retries) =>
  sdk.createClient({ getToken: async () => 'a', retries }),
);
each('an id', /an id/, ['', ' ', '.', '..', undefined, null, 5, {}], ({ mail }, id) => mail.messages.get(id));
each('a folder', /an id/, ['', undefined, null, 5], ({ mail }, id) => mail.folder(id).messages.list());
each('a mailbox', /an id/, ['', undefined, null, 5], (client, id) => client.mailbox(id).mail.messages.list());
each('an attachment', /an id/, ['', undefined], ({ mail }, id) => mail.messages.attachments(ID).content(id));
const NO_TIMES = [
  new Date(NaN),
  'soon',
  '2026-02-30',
  '2026-13-01',
  '2026-12-01T25:00',
  '2026-12-01 09:00',
  '',
  5,
  {},
  { dateTime: 'soon', timeZone: 'UTC' },
];
each('the start of an event', /start/, NO_TIMES, ({ calendar }, start) =>
  calendar.events.create({ ...meeting, start }),
);
each('the start of a view', /start/, NO_TIMES, ({ calendar }, start) => calendar.view(start, '2026-12-02').list());
each('the start of free/busy', /startTime/, NO_TIMES, ({ calendar }, start) =>
  calendar.freeBusy(['ben@contoso.example'], start, '2026-12-02'),
);
each('the start of reminders', /a time/, NO_TIMES.slice(0, 5), ({ calendar }, start) =>
  calendar.reminders(start, '2026-12-02'),
);
each('a size of pages of changes', /`pageSize`/, [-1, 1.5, NaN, '5'], ({ mail }, pageSize) =>
  mail.messages.delta({ pageSize }),
);
each('the end of a reminder', /time|newReminderTime/i, NO_TIMES, ({ calendar }, until) =>
  calendar.events.snooze(ID, until),
);

/** Each: what is sent, and the call. A text is the decoded path and query of the URL, an object is the body. */
const backwards = {
  start: { dateTime: '2026-12-01T10:00', timeZone: 'UTC' },
  end: { dateTime: '2026-12-01T09:00', timeZone: 'UTC' },
};
const nasty = "50% off 'now' & 100%25 + #1?";
/** @type {Record<string, [expected: string | object, call: (client: any) => unknown]>} */
const GIVEN = {
  'an event whose end is before its start': [
    backwards,
    ({ calendar }) => calendar.events.create({ start: '2026-12-01T10:00', end: '2026-12-01T09:00' }),
  ],
  'free/busy whose end is before its start': [
    {
      schedules: ['ben@contoso.example'],
      startTime: { dateTime: '2026-12-02T00:00', timeZone: 'UTC' },
      endTime: { dateTime: '2026-12-01T00:00', timeZone: 'UTC' },
    },
    ({ calendar }) => calendar.freeBusy(['ben@contoso.example'], '2026-12-02', '2026-12-01'),
  ],
  'a property that nobody knows': [
    { noSuchThing: { at: [1, null, ''] } },
    ({ mail }) => mail.messages.create({ noSuchThing: { at: [1, null, ''] } }),
  ],
  'a filter with quotes and percent signs': [
    `/v1.0/me/messages?$filter=subject eq '${nasty.replaceAll("'", "''")}'`,
    ({ mail }) => mail.messages.list({ filter: sdk.filter`subject eq ${nasty}` }),
  ],
  'a filter as a text': [
    "/v1.0/me/messages?$filter=subject eq '%27' or \"",
    ({ mail }) => mail.messages.list({ filter: "subject eq '%27' or \"" }),
  ],
  'an empty filter': ['/v1.0/me/messages?$filter=', ({ mail }) => mail.messages.list({ filter: '' })],
  'a setting that nobody knows': [
    '/v1.0/me/mailboxSettings/noSuchThing',
    ({ settings }) => settings.part('noSuchThing'),
  ],
  'a long id': [`/v1.0/me/messages/${'A'.repeat(4096)}`, ({ mail }) => mail.messages.get('A'.repeat(4096))],
};
for (const id of [
  'a/b',
  'a+b',
  'AAMk/+==',
  '%2F',
  '100%',
  'a?b#c&d',
  '../x',
  'a b',
  'é',
  "it's",
  'a\\b',
  "Messages('AAMk')",
]) {
  GIVEN[`the id ${id}`] = [`/v1.0/me/messages/${id}`, ({ mail }) => mail.messages.get(id)];
  GIVEN[`the folder ${id}`] = [{ destinationId: id }, ({ mail }) => mail.messages.move(ID, id)];
}

/** `codes`: the expected ones where they are not `invalid_argument`. */
const CODES = ['invalid_argument', 'too_large', 'unsupported_by_api'];
Object.assign(REFUSED, {
  'a folder to move to that is empty': [/destinationId/, ({ mail }) => mail.messages.move(ID, ''), CODES],
  'no folder to move to': [/destinationId/, ({ mail }) => mail.messages.move(ID, undefined), CODES],
  'a reminder without a time': [/newReminderTime/, ({ calendar }) => calendar.events.snooze(ID), CODES],
  'a forward to nobody': [/toRecipients/, ({ mail }) => mail.messages.forward(ID), CODES],
  'no text to reply': [/reply/, ({ mail }) => mail.messages.reply(ID), CODES],
  'no picture': [/missing/, ({ photo }) => photo.set(), CODES],
  'settings that are none': [/missing/, ({ settings }) => settings.update(), CODES],
  'permanently that is not a boolean': [
    /`permanently`/,
    ({ mail }) => mail.messages.delete(ID, { permanently: 'no' }),
    CODES,
  ],
  'all that is not a boolean': [/`all`/, ({ mail }) => mail.messages.reply(ID, 'x', { all: 'no' }), CODES],
  'options that are a number': [/options/, ({ mail }) => mail.messages.list(5), CODES],
  'a proposal without a start': [
    /start/,
    ({ calendar }) => calendar.events.decline(ID, { proposedEnd: '2026-12-01T09:00' }),
    CODES,
  ],
  'a proposal without an end': [
    /end/,
    ({ calendar }) => calendar.events.decline(ID, { proposedStart: '2026-12-01T09:00' }),
    CODES,
  ],
  'a message that is a list': [/object/, ({ mail }) => mail.messages.create([]), CODES],
  'a field that is no number': [/size/, ({ mail }) => mail.messages.create({ size: NaN }), CODES],
  'the same field in two spellings': [
    /Body/,
    () => clients['outlook-v2'].mail.messages.create({ body: 'x', Body: 'y' }),
    CODES,
  ],
  'a lone surrogate in a body of text': [
    /body/,
    (client) => client.request('POST', '/me/sendMail', { body: LONE }),
    CODES,
  ],
  'a lone surrogate in an id': [/surrogate/, ({ mail }) => mail.messages.get(LONE), CODES],
  'a lone surrogate in a filter': [/surrogate/, ({ mail }) => mail.messages.list({ filter: LONE }), CODES],
  'an event with a time that is none': [
    /start/,
    ({ calendar }) => calendar.events.create({ ...meeting, start: 'soon' }),
    CODES,
  ],
  'a draft as a reply in v1.0': [
    /outlook-v1|draft/,
    () => clients['outlook-v1'].mail.messages.reply(ID, { Body: 'x' }),
    CODES,
  ],
  'another time in v1.0': [
    /outlook-v1|proposed/,
    () => clients['outlook-v1'].calendar.events.decline(ID, { proposedStart: meeting.start, proposedEnd: meeting.end }),
    CODES,
  ],
  'another time in v2.0': [
    /outlook-v2|proposed/,
    () => clients['outlook-v2'].calendar.events.decline(ID, { proposedStart: meeting.start, proposedEnd: meeting.end }),
    CODES,
  ],
  'an empty token': [/token/, ({ mail }) => mail.messages.delta({ token: '' }), CODES],
  'free/busy of nobody': [/schedules/, ({ calendar }) => calendar.freeBusy(), CODES],
  'an interval that is no number': [
    /Interval/,
    ({ calendar }) => calendar.freeBusy(['ben@contoso.example'], '2026-12-01', '2026-12-02', { interval: NaN }),
    CODES,
  ],
  'an empty room list': [
    /an id/,
    async ({ calendar }) => {
      for await (const one of calendar.rooms({ list: '' })) assert.fail(one);
    },
    CODES,
  ],
  'mail tips of nobody': [/address/i, ({ mail }) => mail.mailTips(), CODES],
  'mail tips of an object': [/address/i, ({ mail }) => mail.mailTips([{ address: 'ben@contoso.example' }]), CODES],
  'free/busy of an object': [
    /`schedules`/,
    ({ calendar }) => calendar.freeBusy([{ address: 'ben@contoso.example' }], '2026-12-01', '2026-12-02'),
    CODES,
  ],
  'changes of a user that are null': [/missing/, (client) => client.updateUser(null), CODES],
  'a folder to move to that is null': [/destinationId/, ({ mail }) => mail.messages.move(ID, null), CODES],
  'options in the place of a comment': [
    /`comment`/,
    ({ calendar }) => calendar.events.cancel(ID, { timeout: 1000 }),
    CODES,
  ],
  'sendResponse that is not a boolean': [
    /`sendResponse`/,
    ({ calendar }) => calendar.events.accept(ID, { sendResponse: 'no' }),
    CODES,
  ],
  'a form as a body': [/body/, (client) => client.request('POST', '/me/x', { body: new FormData() }), CODES],
  'no ids to translate': [/inputIds/, ({ mail }) => mail.translateIds(), CODES],
  'a progress that is no function': [
    /onProgress/,
    ({ mail }) => mail.messages.attachments(ID).add(new Blob(['x']), { onProgress: 5 }),
    CODES,
  ],
  'a message with a file over 150 MB': [/150 MB/, ({ mail }) => mail.send({ attachments: [blob(151)] }), CODES],
  'a message with a large file where there are no upload sessions': [
    /outlook-v2/,
    () => clients['outlook-v2'].mail.send({ attachments: [blob(4)] }),
    CODES,
  ],
  "a header that is not the caller's": [
    /authorization/i,
    ({ mail }) => mail.messages.list({ headers: { authorization: 'Basic x' } }),
    CODES,
  ],
});

async function refused(call, names, codes = ['invalid_argument']) {
  sent.length = 0;
  const error = await (async () => call(clients.graph))().then(
    (value) => assert.fail(`it took it: ${JSON.stringify(sent)} ${value}`),
    (error) => error,
  );
  assert.ok(error instanceof sdk.Exo365Error, String(error?.stack ?? error));
  assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
  assert.match(error.message, names);
  assert.deepEqual(sent, [], 'nothing is sent');
}

for (const [name, [names, call, codes]] of Object.entries(REFUSED))
  test(`${name} is refused`, () => refused(call, names, codes));

for (const [name, [expected, call]] of Object.entries(GIVEN)) {
  test(`${name} is sent as given`, async () => {
    sent.length = 0;
    await call(clients.graph);
    assert.equal(sent.length, 1);
    const [{ url, body }] = sent;
    // The id of an event's request is ours.
    const { transactionId: _, ...given } = typeof expected === 'string' ? {} : JSON.parse(body);
    if (typeof expected !== 'string') return assert.deepEqual(given, expected);
    const { pathname, search } = new URL(url);
    // Still one path segment and one parameter: nothing is split after decoding.
    assert.equal(decodeURIComponent(pathname) + decodeURIComponent(search), expected);
    assert.ok(pathname.split('/').length <= 5 && search.split('&').length === 1, url);
  });
}

test('an id goes as it is into the paths of each flavour, also that of another', async () => {
  for (const [api, client] of Object.entries(clients)) {
    sent.length = 0;
    await client.mail.messages.get('AAMk/AbC+d_-=');
    assert.match(sent[0].url, /\/me\/messages\/AAMk%2FAbC%2Bd_-%3D$/, api);
  }
});

test('the largest page is that of the flavour', async () => {
  for (const [api, most] of Object.entries({ graph: 1000, 'outlook-v2': 50, 'outlook-v1': 50 })) {
    sent.length = 0;
    await clients[api].mail.messages.list({ top: most });
    assert.match(sent[0].url, new RegExp(`\\$top=${most}$`));
    await assert.rejects(clients[api].mail.messages.list({ top: most + 1 }), { code: 'invalid_argument' });
    assert.equal(sent.length, 1);
  }
});

test('all() refuses as list() does', () =>
  refused(async ({ mail }) => {
    for await (const one of mail.messages.all({ top: 0 })) assert.fail(one);
  }, /top/));

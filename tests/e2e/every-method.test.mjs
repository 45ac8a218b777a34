// Every method of the client, found by walking over it, and every way in which a service can fail it: each promise
// settles, with a right value or an error of ours, and a write that may have left says so. The package is the real one,
// the network is the test's.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerBy } from './network.mjs';
import { importPackage } from './processes.mjs';

let sdk;
before(async () => {
  sdk = await importPackage();
});

const ID = 'AAMk=';
const BEN = 'ben@contoso.example';
const [START, END] = ['2026-12-01T09:00', '2026-12-01T10:00'];
const DRAFT = { subject: 'a' };

/** Arguments before the options, by the end of a method's name: the longest that fits counts. */
const ARGUMENTS = {
  'attachments().add': [new Blob(['x'])],
  'attachments().content': [ID],
  'calendar.findTimes': [{ attendees: [] }],
  'calendar.freeBusy': [[BEN], START, END],
  'calendar.reminders': [START, END],
  'calendar.sharingRoles': [BEN],
  'contacts.findByEmail': [BEN],
  'contacts.photo': [ID],
  'events.accept': [ID],
  'events.calendar': [ID],
  'events.cancel': [ID, 'no'],
  'events.decline': [ID],
  'events.dismiss': [ID],
  'events.forward': [ID, [BEN], 'x'],
  'events.instances': [ID, START, END],
  'events.snooze': [ID, START],
  'events.tentativelyAccept': [ID],
  'events.update': [ID, { subject: 'a' }],
  'mail.mailTips': [[BEN]],
  'mail.send': [DRAFT],
  'mail.translateIds': [[ID], 'entryId', 'restId'],
  'messages.createForward': [ID],
  'messages.createReply': [ID],
  'messages.forward': [ID, [BEN], 'x'],
  'messages.inlineImages': [ID],
  'messages.mime': [ID],
  'messages.reply': [ID, 'x'],
  'messages.send': [ID],
  'photo.set': [new Blob(['x'])],
  'photo().set': [new Blob(['x'])],
  'settings.part': ['timeZone'],
  'settings.timeZonesBy': ['Iana'],
  'settings.update': [{ timeFormat: 'HH:mm' }],
  'sizes.content': ['48x48'],
  'subscriptions.reauthorize': [ID],
  attachments: [ID],
  batch: [[{ method: 'POST', path: '/me/messages', body: {} }]],
  calendars: [ID],
  child: [ID],
  copy: [ID, 'archive'],
  children: [ID],
  create: [{ start: START, end: END }],
  delete: [ID],
  extensions: [ID],
  folder: ['inbox'],
  get: [ID],
  in: [ID],
  mailbox: [BEN],
  move: [ID, 'archive'],
  request: ['PATCH', '/me'],
  update: [ID, { displayName: 'a' }],
  updateUser: [{ displayName: 'a' }],
  view: [START, END],
};
/** These take no arguments, whatever others of the same name do. */
const NOTHING = ['calendar.get', 'calendar.update', 'photo.delete', 'settings.get'];
/** No calls to the service. */
const OWN = [
  'constructor',
  'account',
  'signInError',
  'diagnostics',
  'getToken',
  'signIn',
  'adminConsent',
  'signOut',
  'authorizeUrl',
  'on',
];

/** Methods that give an area and no promise. */
const GIVES_AREA =
  /(^|\.)(attachments|extensions|folder|children|child|in|view|instances|mailbox)$|groups\.calendars$|contacts\.photo$/;

/** A client whose requests are noted in `sent` and answered by `answer`. */
async function opened(api, answer) {
  const sent = [];
  answerBy(async (/** @type {Parameters<typeof fetch>} */ ...args) => {
    const { method, url } = new Request(...args);
    sent.push(`${method} ${new URL(url).pathname}`);
    return answer(args[1].signal);
  });
  const settings = { api, getToken: async () => 'a-token', timeZone: 'UTC', retries: 0, batching: 'off' };
  return { client: await sdk.createClient({ ...settings, scopes: [`${Math.random()}`] }), sent };
}

function argumentsOf(name) {
  const isEnd = (one) => name === one || name.endsWith(`.${one}`);
  if (NOTHING.some(isEnd)) return name.endsWith('update') ? [{ name: 'a' }] : [];
  const [longest] = Object.keys(ARGUMENTS)
    .filter(isEnd)
    .sort((a, b) => b.length - a.length);
  return ARGUMENTS[longest] ?? [];
}

/** Every method below `area`: its name, and a function that calls it with options. */
function* methods(area, before = '') {
  const names = before
    ? Object.keys(area)
    : [...Object.keys(area), ...Object.getOwnPropertyNames(Object.getPrototypeOf(area))];
  for (const name of names.filter((one) => !OWN.includes(one))) {
    const full = before + name;
    const value = area[name];
    if (value && typeof value === 'object') yield* methods(value, `${full}.`);
    if (typeof value !== 'function') continue;
    const call = (options) => value.call(area, ...argumentsOf(full), options);
    if (!GIVES_AREA.test(full)) yield [full, call];
    else if (!before.includes('children().')) {
      yield* methods(call(), `${full}().`);
      if (Symbol.asyncIterator in call()) yield [full, call];
    }
  }
}

/**
 * What a call comes to: its value, the items of what is walked over, or an error, which has to be ours.
 *
 * @returns {Promise<any>}
 */
async function outcome(call) {
  try {
    const given = call();
    if (!(Symbol.asyncIterator in Object(given))) return { value: await given };
    const items = [];
    for await (const one of given) items.push(one);
    return { value: items };
  } catch (thrown) {
    const isOurs = thrown instanceof sdk.Exo365Error && thrown instanceof Error;
    /** @type {any} */
    const error = thrown;
    assert.ok(isOurs && error.remedy, String(error?.stack ?? error));
    return { code: error.code, error };
  }
}

const never = (/** @type {AbortSignal} */ signal) =>
  new Promise((_, reject) => {
    // Timers of signals do not keep Node awake.
    const awake = setInterval(() => {}, 1000);
    signal.addEventListener('abort', () => {
      clearInterval(awake);
      reject(signal.reason);
    });
  });
const cut = () => {
  throw new TypeError('Failed to fetch');
};
const text = (body, status, type) => () =>
  new Response(body, { status, headers: type ? { 'content-type': type } : {} });
const JSON_TYPE = 'application/json';
const PAGE = '<!doctype html><title>Sign in</title>';

/** @typedef {string | ((value: any) => boolean)} Wanted */
const isNothing = (value) => value === undefined;
const isEmptyFile = (value) => value instanceof Blob && value.size === 0;

/**
 * Each: how requests are answered, what options the call gets, and what comes of a read, of a read of octets, and of a
 * write: a code, or what the value has to be.
 *
 * @type {Record<string, [answer: (signal: AbortSignal) => unknown, read: Wanted, octets: Wanted, write: Wanted, options?: () => object]>}
 */
const FAILURES = {
  'no answer, until the caller aborts': [
    never,
    'aborted',
    'aborted',
    'aborted',
    () => ({ signal: AbortSignal.timeout(2) }),
  ],
  'no answer in time': [never, 'timeout', 'timeout', 'outcome_unknown', () => ({ timeout: 2 })],
  'a cut connection': [cut, 'network', 'network', 'outcome_unknown'],
  '200 with nothing': [text('', 200, ''), 'invalid_response', isEmptyFile, isNothing],
  '200 with a web page': [text(PAGE, 200, 'text/html'), 'invalid_response', 'invalid_response', 'outcome_unknown'],
  500: [text('{}', 500, JSON_TYPE), 'service_unavailable', 'service_unavailable', 'service_unavailable'],
  // Of a single thing that is null (OData 4.01 part 1, §11.2.7); of a list it is no answer.
  204: [text(null, 204, ''), (value) => value === undefined, isEmptyFile, isNothing],
};
/** Of these a page of HTML is a file like any other. */
const FILE = /attachments\(\)\.content$/;

/** Questions with a body. */
const QUESTION = /^(GET|POST .*\/(getSchedule|getMailTips|findMeetingTimes|translateExchangeIds)$)/;

/** One of each kind: a method of a collection is the same wherever the collection is. */
function* kinds(client) {
  const seen = new Set();
  for (const [name, call] of methods(client)) {
    const kind = name.split('.').slice(-2).join('.').replaceAll('()', '');
    if (!seen.has(kind)) yield [name, call];
    seen.add(kind);
  }
}

for (const [failure, [answer, read, octets, write, options = () => undefined]] of Object.entries(FAILURES)) {
  for (const api of failure === 'a cut connection' ? ['graph', 'outlook-v2', 'outlook-v1'] : ['graph']) {
    test(`every method, ${api}: ${failure}`, { timeout: 60_000 }, async () => {
      const { client, sent } = await opened(api, answer);
      let count = 0;
      for (const [name, call] of kinds(client)) {
        sent.length = 0;
        const { code, error, value } = await outcome(() => call(options()));
        if (code === 'unsupported_by_api' && api !== 'graph') continue;
        assert.ok(sent.length > 0, `${name}: nothing was sent, ${error?.message}`);
        count++;
        const isWrite = !sent.every((one) => QUESTION.test(one));
        const isFile = FILE.test(name) && octets === 'invalid_response';
        let wanted = isWrite ? write : sent[0].endsWith('$value') && !isFile ? octets : read;
        if (isFile) wanted = (value) => value.type === 'text/html';
        // The answer to a batch has those to its requests.
        if (name === 'batch') {
          if (wanted === isNothing) wanted = 'outcome_unknown';
          assert.equal(code ?? value[0].error.code, wanted, name);
          continue;
        }
        if (typeof wanted === 'string') assert.equal(code, wanted, name);
        // A list has to have its items.
        else assert.ok(code === 'invalid_response' && !isWrite ? failure === '204' : wanted(value), `${name}: ${code}`);
        if (code === 'outcome_unknown') assert.match(error.clientRequestId, /^[0-9a-f-]{36}$/, name);
      }
      assert.ok(count > (api === 'outlook-v1' ? 80 : 100), `${count} methods`);
    });
  }
}

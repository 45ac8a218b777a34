// Short forms in three flavours and several zones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { draft } from './drafts.ts';

/** @type {(flavor: any, zone: string) => any} */
const values = (flavor, zone) => {
  const api = fakeApi(flavor, undefined, zone);
  return { ...api, draft: (given, timeZone) => draft(api, given, timeZone) };
};

const FLAVOURS = ['graph', 'outlook-v2', 'outlook-v1'];
const BERLIN = 'Europe/Berlin';
const invalid = (error) => error instanceof Exo365Error && error.code === 'invalid_argument';

/** Draft in, draft out, for each flavour. */
async function drafts(given, wanted, zone = BERLIN) {
  for (const [api, expected] of Object.entries(wanted))
    assert.deepEqual(await values(api, zone).draft(given), expected, api);
}

test("recipients: addresses, names with addresses, and the service's own form", async () => {
  const own = { emailAddress: { address: 'c@contoso.example' }, type: 'optional' };
  const spelledOwn = { EmailAddress: { Address: 'c@contoso.example' }, Type: 'optional' };
  const given = { toRecipients: ['ben@contoso.example', { name: 'A', address: 'a@contoso.example' }, own] };
  await drafts(given, {
    graph: {
      toRecipients: [
        { emailAddress: { address: 'ben@contoso.example' } },
        { emailAddress: { name: 'A', address: 'a@contoso.example' } },
        own,
      ],
    },
    'outlook-v2': {
      ToRecipients: [
        { EmailAddress: { Address: 'ben@contoso.example' } },
        { EmailAddress: { Name: 'A', Address: 'a@contoso.example' } },
        spelledOwn,
      ],
    },
    'outlook-v1': {
      ToRecipients: [
        { EmailAddress: { Address: 'ben@contoso.example' } },
        { EmailAddress: { Name: 'A', Address: 'a@contoso.example' } },
        spelledOwn,
      ],
    },
  });
  for (const name of ['ccRecipients', 'bccRecipients', 'replyTo', 'attendees']) {
    assert.deepEqual(await values('graph', BERLIN).draft({ [name]: ['b@contoso.example'] }), {
      [name]: [{ emailAddress: { address: 'b@contoso.example' } }],
    });
  }
  await drafts({ toRecipients: [] }, { graph: { toRecipients: [] }, 'outlook-v2': { ToRecipients: [] } });
  for (const blank of ['', ' ', { address: '' }])
    await assert.rejects(values('graph', BERLIN).draft({ toRecipients: [blank] }), invalid);
});

test("bodies: text, html, empty, and the service's own form", async () => {
  await drafts(
    { body: 'Hi' },
    {
      graph: { body: { contentType: 'text', content: 'Hi' } },
      'outlook-v2': { Body: { ContentType: 'Text', Content: 'Hi' } },
      'outlook-v1': { Body: { ContentType: 'Text', Content: 'Hi' } },
    },
  );
  await drafts(
    { body: { contentType: 'html', content: '<p>Hi</p>' } },
    {
      graph: { body: { contentType: 'html', content: '<p>Hi</p>' } },
      'outlook-v2': { Body: { ContentType: 'HTML', Content: '<p>Hi</p>' } },
    },
  );
  await drafts(
    { body: '' },
    {
      graph: { body: { contentType: 'text', content: '' } },
      'outlook-v1': { Body: { ContentType: 'Text', Content: '' } },
    },
  );
  const own = { ContentType: 'HTML', Content: '<p>Hi</p>' };
  await drafts({ Body: own }, { 'outlook-v2': { Body: own } });
  await drafts({ body: { contentType: null, content: 'x' } }, { graph: { body: { contentType: null, content: 'x' } } });
});

test('names of the flavour and plain names are the same field', async () => {
  await drafts(
    { ToRecipients: ['b@contoso.example'], Subject: 'x' },
    { 'outlook-v2': { ToRecipients: [{ EmailAddress: { Address: 'b@contoso.example' } }], Subject: 'x' } },
  );
});

test('null clears a field, undefined is left alone', async () => {
  await drafts(
    { body: null, start: null, toRecipients: null, attachments: null, subject: null, end: undefined },
    {
      graph: { body: null, start: null, toRecipients: null, attachments: null, subject: null, end: undefined },
      'outlook-v2': { Body: null, Start: null, ToRecipients: null, Attachments: null, subject: null, end: undefined },
      'outlook-v1': { Body: null, Start: null, ToRecipients: null, Attachments: null, subject: null, end: undefined },
    },
  );
});

test('what is not known passes untouched, and the given object stays as it was', async () => {
  const given = Object.freeze({
    subject: 'x',
    singleValueExtendedProperties: [{ id: 'String {1} Name x', value: 'v' }],
    '@odata.type': '#x',
    future: { deep: [1n] },
    toRecipients: Object.freeze(['a@contoso.example']),
  });
  const out = await values('graph', BERLIN).draft(given);
  for (const name of ['subject', 'singleValueExtendedProperties', '@odata.type', 'future'])
    assert.equal(out[name], given[name]);
  assert.deepEqual(given.toRecipients, ['a@contoso.example']);
  const half = 'half \ud83d';
  assert.equal((await values('graph', BERLIN).draft({ subject: half })).subject, half);
});

test('an item is an object', async () => {
  for (const odd of [null, undefined, 'text', 5, true])
    await assert.rejects(values('graph', BERLIN).draft(odd), invalid);
});

test('instants: offsets and Dates are exact, local times go by the zone, dates are its midnight', () => {
  const { instant } = values('graph', BERLIN);
  for (const [given, wanted, zone] of [
    ['2026-12-01T09:00', '2026-12-01T08:00:00.000Z'],
    ['2026-07-01T09:00', '2026-07-01T07:00:00.000Z'],
    ['2026-07-01T09:00:30', '2026-07-01T07:00:30.000Z'],
    ['2026-07-01T09:00:30.125', '2026-07-01T07:00:30.125Z'],
    ['2026-12-01', '2026-11-30T23:00:00.000Z'],
    ['2026-12-01T09:00Z', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00+05:30', '2026-12-01T03:30:00.000Z'],
    ['2026-12-01T09:00:00.0000000', '2026-12-01T08:00:00.000Z'],
    [new Date(Date.UTC(2026, 11, 1, 9)), '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00', '2026-12-01T14:00:00.000Z', 'America/New_York'],
    ['2026-12-01T09:00', '2026-12-01T03:30:00.000Z', 'Asia/Kolkata'],
    ['2026-12-01T09:00', '2026-11-30T20:00:00.000Z', 'Pacific/Auckland'],
    ['2026-12-01T09:00', '2026-12-01T09:00:00.000Z', 'UTC'],
    ['2026-12-01T00:30', '2026-11-30T10:30:00.000Z', 'Pacific/Kiritimati'],
    [{ dateTime: '2026-12-01T09:00', timeZone: 'America/New_York' }, '2026-12-01T14:00:00.000Z'],
    [{ DateTime: '2026-12-01T09:00:00.0000000', TimeZone: 'UTC' }, '2026-12-01T09:00:00.000Z'],
    [{ dateTime: '2026-12-01T09:00+01:00', timeZone: 'America/New_York' }, '2026-12-01T08:00:00.000Z'],
    [{ dateTime: '2026-12-01T09:00' }, '2026-12-01T14:00:00.000Z', 'America/New_York'],
    ['1969-07-20T20:17:40.5', '1969-07-20T19:17:40.500Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
  ])
    assert.equal(instant(given, zone), wanted, `${JSON.stringify(given)} ${zone ?? ''}`);
});

test('an hour that the clock repeats is the first of the two; one that it leaves out goes by the clock before', () => {
  const { instant } = values('graph', BERLIN);
  for (const [zone, given, wanted] of [
    // Forward: 02:00 is 03:00.
    [BERLIN, '2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    [BERLIN, '2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
    [BERLIN, '2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00.000Z'],
    ['America/New_York', '2026-03-08T03:00', '2026-03-08T07:00:00.000Z'],
    ['Australia/Sydney', '2026-10-04T02:30', '2026-10-03T16:30:00.000Z'],
    // Back: 03:00 is 02:00.
    [BERLIN, '2026-10-25T01:59', '2026-10-24T23:59:00.000Z'],
    [BERLIN, '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    [BERLIN, '2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00.000Z'],
    ['America/New_York', '2026-11-01T02:00', '2026-11-01T07:00:00.000Z'],
    ['Australia/Sydney', '2026-04-05T02:30', '2026-04-04T15:30:00.000Z'],
    // Half an hour, and a midnight that does not exist.
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00.000Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
  ])
    assert.equal(instant(given, zone), wanted, `${zone} ${given}`);
});

test('every hour of spring and autumn comes back from the zone as it was', () => {
  for (const zone of [BERLIN, 'America/St_Johns', 'Pacific/Chatham', 'Africa/Casablanca']) {
    const { instant } = values('graph', zone);
    const clock = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    let shifted = 0;
    for (let at = Date.UTC(2026, 1, 10); at < Date.UTC(2026, 10, 10); at += 3_600_000) {
      if (new Date(at).getUTCMonth() === 4) at = Date.UTC(2026, 8, 20);
      const local = clock.format(at).replace(' ', 'T');
      const back = Date.parse(instant(local));
      if (back === at) continue;
      shifted++;
      assert.equal(clock.format(back), clock.format(at), `${zone} ${local}: the other of the two`);
      assert.ok(back < at, 'the first of the two');
    }
    assert.ok(shifted <= 2, `${zone}: ${shifted} hours are there twice`);
  }
});

test('what is no time is refused, days that do not exist included', () => {
  const { instant } = values('graph', BERLIN);
  for (const odd of [
    '',
    'tomorrow',
    '2026-02-30',
    '2026-02-29T10:00',
    '2026-13-01',
    '2026-04-31T10:00Z',
    '2026-12-01T24:00',
    '2026-12-01T09:60',
    '2026-12-01 09:00',
    '2026-12-01T09',
    '1.12.2026',
    '2026-12-01T09:00+1',
    '2026-12-01T09:00+99:00',
    '20261201',
    new Date(NaN),
    null,
    undefined,
    {},
    [],
    5,
    true,
    { dateTime: 'x', timeZone: 'UTC' },
    { timeZone: 'UTC' },
  ])
    assert.throws(() => instant(odd), invalid, String(odd));
});

test("a Windows zone is the service's to read: it goes through where that is enough, and is named where it is not", async () => {
  const windows = 'W. Europe Standard Time';
  for (const api of ['graph', 'outlook-v2']) {
    const { start, Start = start } = await values(api, windows).draft({ start: '2026-03-29T09:00' });
    assert.deepEqual(Object.values(Start), ['2026-03-29T09:00', windows]);
  }
  const { instant } = values('graph', windows);
  assert.equal(instant('2026-12-01T09:00+01:00'), '2026-12-01T08:00:00.000Z');
  assert.equal(instant('2026-12-01T09:00', BERLIN), '2026-12-01T08:00:00.000Z');
  assert.throws(
    () => instant('2026-12-01'),
    (/** @type {any} */ error) => invalid(error) && error.message.includes(windows),
  );
  assert.throws(
    () => instant('2026-12-01', 'Mars/Olympus'),
    (/** @type {any} */ error) => invalid(error) && error.message.includes('Mars/Olympus'),
  );
});

test('events: moments in the form of each flavour', async () => {
  const both = (dateTime, timeZone) => ({
    graph: { start: { dateTime, timeZone } },
    'outlook-v2': { Start: { DateTime: dateTime, TimeZone: timeZone } },
  });
  await drafts(
    { start: '2026-12-01T09:00' },
    { ...both('2026-12-01T09:00', BERLIN), 'outlook-v1': { Start: '2026-12-01T08:00:00.000Z', StartTimeZone: BERLIN } },
  );
  await drafts(
    { start: '2026-12-01T09:00+02:00' },
    {
      ...both('2026-12-01T08:00:00.000', BERLIN),
      'outlook-v1': { Start: '2026-12-01T07:00:00.000Z', StartTimeZone: BERLIN },
    },
  );
  await drafts({ start: new Date(Date.UTC(2026, 11, 1, 9)) }, both('2026-12-01T10:00:00.000', BERLIN));
  // The second 02:30 of that night has no local time of its own.
  await drafts(
    { start: new Date(Date.UTC(2026, 9, 25, 1, 30)) },
    {
      ...both('2026-10-25T01:30:00.000', 'UTC'),
      'outlook-v1': { Start: '2026-10-25T01:30:00.000Z', StartTimeZone: BERLIN },
    },
  );
  await drafts({ start: new Date(Date.UTC(2026, 9, 25, 0, 30)) }, both('2026-10-25T02:30:00.000', BERLIN));
  await drafts(
    { start: { dateTime: '2026-12-01T09:00:00.0000000', timeZone: 'Pacific Standard Time' } },
    both('2026-12-01T09:00:00.0000000', 'Pacific Standard Time'),
  );
  await drafts(
    { Start: { DateTime: '2026-12-01T09:00:00.0000000', TimeZone: 'UTC' } },
    { 'outlook-v2': both('2026-12-01T09:00:00.0000000', 'UTC')['outlook-v2'] },
  );
  await drafts(
    { end: { dateTime: '2026-12-01T09:00', timeZone: 'America/New_York' } },
    { 'outlook-v1': { End: '2026-12-01T14:00:00.000Z', EndTimeZone: 'America/New_York' } },
  );
  await drafts(
    { Start: '2026-03-20T09:00:00+01:00', StartTimeZone: 'W. Europe Standard Time' },
    { 'outlook-v1': { Start: '2026-03-20T08:00:00.000Z', StartTimeZone: 'W. Europe Standard Time' } },
  );
  await drafts(
    { Start: '2026-03-20T09:00', StartTimeZone: 'America/New_York' },
    { 'outlook-v1': { Start: '2026-03-20T13:00:00.000Z', StartTimeZone: 'America/New_York' } },
  );
  assert.deepEqual(
    await values('graph', BERLIN).draft({ start: '2026-12-01T09:00' }, 'Asia/Tokyo'),
    { start: { dateTime: '2026-12-01T09:00', timeZone: 'Asia/Tokyo' } },
    'the zone of the call',
  );
  for (const api of FLAVOURS) await assert.rejects(values(api, BERLIN).draft({ start: '2026-02-30' }), invalid, api);
});

test('all-day events and series: on the clock of the zone, so that nothing shifts', async () => {
  const midnight = new Date(Date.UTC(2026, 10, 30, 23));
  const day = {
    start: { dateTime: '2026-12-01T00:00', timeZone: BERLIN },
    end: { dateTime: '2026-12-02T00:00', timeZone: BERLIN },
    isAllDay: true,
  };
  await drafts({ start: '2026-12-01', end: '2026-12-02', isAllDay: true }, { graph: day });
  await drafts(
    { Start: midnight, IsAllDay: true },
    { 'outlook-v2': { Start: { DateTime: '2026-12-01T00:00:00.000', TimeZone: BERLIN }, IsAllDay: true } },
  );
  await drafts(
    { Start: '2026-12-01', IsAllDay: true },
    { 'outlook-v1': { Start: '2026-11-30T23:00:00.000Z', StartTimeZone: BERLIN, IsAllDay: true } },
  );
  const recurrence = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd', startDate: '2026-03-20' } };
  await drafts(
    { start: '2026-03-20T08:00Z', recurrence },
    { graph: { start: { dateTime: '2026-03-20T09:00:00.000', timeZone: BERLIN }, recurrence } },
  );
  await drafts(
    { start: '2026-03-20T08:00Z', recurrence: null, isAllDay: false },
    { graph: { start: { dateTime: '2026-03-20T09:00:00.000', timeZone: BERLIN }, recurrence: null, isAllDay: false } },
  );
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Africa/Cairo']) {
    const { start } = await values('graph', zone).draft({ start: '2026-04-24', isAllDay: true });
    assert.deepEqual(start, { dateTime: '2026-04-24T00:00', timeZone: zone }, 'a date is a date everywhere');
  }
});

test('C27 flags and automatic replies take moments, in the names and zones of the flavour', async () => {
  const at = new Date('2026-12-01T08:00:00Z');
  const local = { dateTime: '2026-12-01T09:00:00.000', timeZone: BERLIN };
  const Local = { DateTime: local.dateTime, TimeZone: BERLIN };
  const flag = { flagStatus: 'Flagged', startDateTime: at, dueDateTime: '2026-12-02', completedDateTime: null };
  const day = { dateTime: '2026-12-02T00:00', timeZone: BERLIN };
  await drafts(
    { flag },
    {
      graph: { flag: { flagStatus: 'flagged', startDateTime: local, dueDateTime: day, completedDateTime: null } },
      'outlook-v2': {
        Flag: {
          FlagStatus: 'Flagged',
          StartDateTime: Local,
          DueDateTime: { DateTime: day.dateTime, TimeZone: BERLIN },
          CompletedDateTime: null,
        },
      },
    },
  );
  const automaticRepliesSetting = {
    status: 'scheduled',
    externalAudience: 'contactsOnly',
    scheduledStartDateTime: at,
    scheduledEndDateTime: { dateTime: '2026-12-09T09:00', timeZone: 'W. Europe Standard Time' },
    internalReplyMessage: 'away',
  };
  await drafts(
    { automaticRepliesSetting },
    {
      graph: { automaticRepliesSetting: { ...automaticRepliesSetting, scheduledStartDateTime: local } },
      'outlook-v2': {
        AutomaticRepliesSetting: {
          Status: 'Scheduled',
          ExternalAudience: 'ContactsOnly',
          ScheduledStartDateTime: Local,
          ScheduledEndDateTime: { DateTime: '2026-12-09T09:00', TimeZone: 'W. Europe Standard Time' },
          internalReplyMessage: 'away',
        },
      },
    },
  );
});

test('what writes itself as JSON is written so, before its short forms are read', async () => {
  class Mail {
    get subject() {
      return 'a';
    }
    toJSON() {
      return { subject: this.subject, toRecipients: ['ben@contoso.example'] };
    }
  }
  assert.deepEqual(await draft(fakeApi(), new Mail()), {
    subject: 'a',
    toRecipients: [{ emailAddress: { address: 'ben@contoso.example' } }],
  });
});

test('C2 whole days where the clock leaves midnight out: the day that a Date begins', async () => {
  const it = fakeApi('graph', undefined, 'America/Sao_Paulo');
  const day = { isAllDay: true, start: new Date('2018-11-04T03:00:00Z'), end: new Date('2018-11-05T02:00:00Z') };
  /** @type {any} */
  const { start, end } = await draft(it, day);
  assert.deepEqual([start.dateTime, end.dateTime], ['2018-11-04T00:00:00.000', '2018-11-05T00:00:00.000']);
  /** @type {any} */
  const { start: noon } = await draft(it, { ...day, start: new Date('2018-11-04T04:00:00Z') });
  assert.equal(noon.dateTime, '2018-11-04T02:00:00.000', "a time that is no midnight is the service's to refuse");
});

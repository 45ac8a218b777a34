// Values that are no short form: refused by the name of their field, in every flavour.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { draft } from './drafts.ts';

/** @type {import('../types.ts').Flavor[]} */
const FLAVOURS = ['graph', 'outlook-v2', 'outlook-v1'];
const SERIES = { pattern: { type: 'weekly', interval: 1 }, range: { type: 'noEnd', startDate: '2026-12-01' } };

/** Each value of `field` is refused, and the message names it. */
async function refused(field, values, wrap = (value) => ({ [field]: value }), named = `\`${field}\``) {
  for (const flavor of FLAVOURS)
    for (const value of values)
      await assert.rejects(
        draft(fakeApi(flavor), wrap(value)),
        (error) => error instanceof Exo365Error && error.code === 'invalid_argument' && error.message.includes(named),
        `${flavor} ${field} ${JSON.stringify(value)}`,
      );
}

const NO_ADDRESSES = [
  '',
  ' ',
  5,
  true,
  [],
  {},
  { address: '' },
  { address: 5 },
  { email: 'a@contoso.example' },
  { mail: 'a@contoso.example' },
  { name: 'A' },
  { address: 'a@contoso.example', email: 'b@contoso.example' },
  { address: 'a@contoso.example', name: 5 },
  { emailAddress: 'a@contoso.example' },
  { emailAddress: { address: 'a@contoso.example' }, address: 'b@contoso.example' },
  'A <a@contoso.example>',
  'a@contoso.example; b@contoso.example',
  'a@contoso.example, b@contoso.example',
  { address: 'A <a@contoso.example>' },
  'a@contoso.example\nbcc: b@contoso.example',
];

test('C11 recipients: what is no address is refused', async () => {
  for (const field of ['toRecipients', 'ccRecipients', 'bccRecipients', 'replyTo', 'attendees']) {
    await refused(
      field,
      NO_ADDRESSES.map((one) => [one]),
    );
    await refused(field, ['a@contoso.example', { address: 'a@contoso.example' }, 5, {}, [null], [undefined]]);
  }
  for (const field of ['from', 'sender']) await refused(field, NO_ADDRESSES);
  for (const field of ['toRecipients', 'from'])
    await refused(field, [{ address: 'a@contoso.example', type: 'optional' }], (one) => ({
      [field]: field === 'from' ? one : [one],
    }));
  await refused(
    'attendees',
    ['maybe', 5, null, ['required']],
    (type) => ({ attendees: [{ address: 'a@contoso.example', type }] }),
    '`attendees.type`',
  );
  await refused('emailAddresses', [
    'a@contoso.example',
    ...NO_ADDRESSES.map((one) => [one]),
    [{ emailAddress: { address: 'a@contoso.example' } }],
  ]);
  await refused('schedules', ['a@contoso.example', {}, 5, [{ address: 'a@contoso.example' }], [5], [null]]);
  for (const field of ['senderEmailAddress', 'emailAddress']) await refused(field, NO_ADDRESSES);
  for (const field of ['comment', 'destinationId']) await refused(field, [5, true, {}, { timeout: 5 }, ['x']]);
});

test('C11 attendees with a type, one sender, several ways to name them', async () => {
  const given = {
    attendees: [
      { address: 'a@contoso.example', type: 'optional' },
      { name: 'Room', address: 'r@contoso.example', type: 'Resource' },
      { Name: 'B', Address: 'b@contoso.example' },
      { emailAddress: { name: 'C', address: 'c@contoso.example' }, type: 'required', status: { response: 'none' } },
    ],
    from: 'sales@contoso.example',
    sender: { name: 'Ben', address: 'ben@contoso.example' },
    replyTo: ['help@contoso.example'],
    emailAddresses: ['a@contoso.example', { name: 'A', address: 'b@contoso.example' }],
    senderEmailAddress: 'news@contoso.example',
    emailAddress: { name: 'Ben', address: 'ben@contoso.example' },
  };
  assert.deepEqual(await draft(fakeApi(), given), {
    attendees: [
      { emailAddress: { address: 'a@contoso.example' }, type: 'optional' },
      { emailAddress: { name: 'Room', address: 'r@contoso.example' }, type: 'resource' },
      { emailAddress: { name: 'B', address: 'b@contoso.example' } },
      { emailAddress: { name: 'C', address: 'c@contoso.example' }, type: 'required', status: { response: 'none' } },
    ],
    from: { emailAddress: { address: 'sales@contoso.example' } },
    sender: { emailAddress: { name: 'Ben', address: 'ben@contoso.example' } },
    replyTo: [{ emailAddress: { address: 'help@contoso.example' } }],
    emailAddresses: [{ address: 'a@contoso.example' }, { name: 'A', address: 'b@contoso.example' }],
    senderEmailAddress: { address: 'news@contoso.example' },
    emailAddress: { name: 'Ben', address: 'ben@contoso.example' },
  });
  const { Attendees, From, EmailAddresses } = await draft(fakeApi('outlook-v2'), given);
  assert.deepEqual(Attendees[0], { EmailAddress: { Address: 'a@contoso.example' }, Type: 'Optional' });
  assert.deepEqual(From, { EmailAddress: { Address: 'sales@contoso.example' } });
  assert.deepEqual(EmailAddresses[1], { Name: 'A', Address: 'b@contoso.example' });
});

test('C27 times: what is no moment, and zones that nobody knows', async () => {
  const times = ['', 'soon', new Date(Number.NaN), 5, true, [], {}, { dateTime: '' }, '2026-02-30', '2026-12-01T25:00'];
  for (const field of ['start', 'end', 'startTime', 'endTime', 'newReminderTime'])
    await refused(field, times, undefined, field);
  // The service takes no EST, MST and HST, though browsers do.
  const zones = ['', 'PDT', 'EST', 'mst', 'HST', 'Mars/Olympus', 5, true, {}, []];
  await refused(
    'start',
    zones,
    (timeZone) => ({ start: { dateTime: '2026-12-01T09:00', timeZone } }),
    '`start.timeZone`',
  );
  for (const field of ['startDate', 'endDate'])
    await refused(
      field,
      [new Date(Number.NaN), 'soon', 5],
      (value) => ({ recurrence: { ...SERIES, range: { ...SERIES.range, [field]: value } } }),
      field,
    );
  for (const [field, name] of [
    ['flag', 'startDateTime'],
    ['flag', 'dueDateTime'],
    ['automaticRepliesSetting', 'scheduledStartDateTime'],
    ['automaticRepliesSetting', 'scheduledEndDateTime'],
  ])
    await refused(name, ['soon', 5, {}], (value) => ({ [field]: { [name]: value } }), name);
  await refused('timeZone', zones);
  await refused('flagStatus', ['urgent', true], (flagStatus) => ({ flag: { flagStatus } }));
  await refused('status', ['off', 5], (status) => ({ automaticRepliesSetting: { status } }));
  for (const timeZone of ['W. Europe Standard Time', 'UTC-11', 'UTC', 'Europe/Berlin', 'tzone://Microsoft/Utc']) {
    const { start } = await draft(fakeApi(), { start: { dateTime: '2026-12-01T09:00', timeZone } });
    assert.deepEqual(start, { dateTime: '2026-12-01T09:00', timeZone });
  }
});

test('names of enumerations: in any letter case, as the flavour spells them, and no others', async () => {
  for (const [field, name, Name] of [
    ['importance', 'high', 'High'],
    ['sensitivity', 'confidential', 'Confidential'],
    ['showAs', 'workingElsewhere', 'WorkingElsewhere'],
    ['inferenceClassification', 'focused', 'Focused'],
  ]) {
    for (const given of [name, Name, name.toUpperCase()]) {
      assert.deepEqual(await draft(fakeApi(), { [field]: given }), { [field]: name });
      assert.deepEqual(await draft(fakeApi('outlook-v2'), { [field]: given }), {
        [field[0].toUpperCase() + field.slice(1)]: Name,
      });
    }
    await refused(field, ['', 'urgent', 5, true, {}, []]);
  }
  await refused('body.contentType', ['markdown', 5, {}], (contentType) => ({ body: { contentType, content: 'x' } }));
  for (const pattern of [
    { type: 'fortnightly' },
    { daysOfWeek: ['mon'] },
    { daysOfWeek: 'monday' },
    { index: 'fifth' },
  ])
    await refused(Object.keys(pattern)[0], [pattern], () => ({
      recurrence: { ...SERIES, pattern: { ...SERIES.pattern, ...pattern } },
    }));
  await refused('recurrence', ['weekly', 5, []]);
});

test('bodies and attachments that are none', async () => {
  await refused('body', [5, true, [], ['x'], { content: 5 }, { content: {} }]);
  await refused('attachments', [
    new Blob(['x']),
    'x',
    {},
    ['x'],
    [null],
    [5],
    [new Uint8Array(3)],
    [new ArrayBuffer(3)],
    [{ name: 'x', contentBytes: new Uint8Array(3) }],
    [{ name: 'x', contentBytes: [1, 2] }],
  ]);
});

test('series: a day is a day on the clock of the zone', async () => {
  const api = fakeApi();
  const { recurrence } = await draft(api, {
    recurrence: {
      pattern: { type: 'Weekly', interval: 1, daysOfWeek: ['Tuesday'], firstDayOfWeek: 'monday' },
      range: { type: 'endDate', startDate: new Date(Date.UTC(2026, 10, 30, 23)), endDate: '2026-12-31' },
    },
  });
  assert.deepEqual(recurrence, {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'], firstDayOfWeek: 'monday' },
    range: { type: 'endDate', startDate: '2026-12-01', endDate: '2026-12-31' },
  });
});

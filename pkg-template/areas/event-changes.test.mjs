// Changes of times: what they mean depends on the event, which is asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';

const BERLIN = 'Europe/Berlin';
const SINGLE = {
  isAllDay: false,
  recurrence: null,
  start: { dateTime: '2026-10-20T08:00:00.0000000', timeZone: 'UTC' },
  end: { dateTime: '2026-10-20T09:00:00.0000000', timeZone: 'UTC' },
  originalStartTimeZone: BERLIN,
  originalEndTimeZone: BERLIN,
};
const seriesIn = (zone, fields) => ({
  ...SINGLE,
  originalStartTimeZone: zone,
  recurrence: {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'] },
    range: { type: 'noEnd', startDate: '2026-10-20', recurrenceTimeZone: zone },
  },
  ...fields,
});
const ALL_DAY = {
  ...SINGLE,
  isAllDay: true,
  start: { dateTime: '2026-12-01T00:00:00.0000000', timeZone: 'UTC' },
  end: { dateTime: '2026-12-02T00:00:00.0000000', timeZone: 'UTC' },
  originalStartTimeZone: 'UTC',
  originalEndTimeZone: 'UTC',
};

/**
 * Changes `event`; gives what was asked, and the body of the change.
 *
 * @param {any} event
 * @param {any} changes
 * @param {{ api?: import('../types.ts').Flavor, zone?: string, options?: object }} [given]
 */
async function changed(event, changes, { api = 'graph', zone = BERLIN, options } = {}) {
  const calls = [];
  const it = fakeApi(
    api,
    async (...all) => {
      calls.push(all);
      if (all[0] === 'GET' && event instanceof Error) throw event;
      return all[0] === 'GET' ? event : {};
    },
    zone,
  );
  await mailbox(it).calendar.events.update('e', changes, options);
  return { calls, body: calls.at(-1)[4] };
}
const at = (dateTime, timeZone = BERLIN) => ({ dateTime, timeZone });

test('C1 a series that is moved by Dates keeps its zone and its hour over the end of summer time', async () => {
  const dates = { start: new Date('2026-10-20T08:30Z'), end: new Date('2026-10-20T09:30Z') };
  const { body, calls } = await changed(seriesIn(BERLIN), dates, { options: { ifMatch: 'x', timeout: 5 } });
  assert.deepEqual(body, { start: at('2026-10-20T10:30:00.000'), end: at('2026-10-20T11:30:00.000') });
  assert.deepEqual(
    calls.map(([method, path, ids, options]) => [method, path, ids, options.ifMatch]),
    [
      ['GET', 'events/{}', ['e'], undefined],
      ['PATCH', 'events/{}', ['e'], 'x'],
    ],
  );
  const { select, timeZone, timeout } = calls[0][3];
  assert.deepEqual([timeZone, timeout], ['UTC', 5]);
  assert.deepEqual(select, ['isAllDay', 'recurrence', 'start', 'end', 'originalStartTimeZone']);
});

test('C1 a series of another zone stays there: Dates, texts with and without an offset', async () => {
  for (const start of [new Date('2026-10-20T13:00Z'), '2026-10-20T15:00', '2026-10-20T15:00+02:00']) {
    const { body } = await changed(seriesIn('America/New_York'), { start });
    assert.deepEqual(body, { start: at('2026-10-20T09:00:00.000', 'America/New_York') });
  }
  // No browser knows the clock of a Windows zone; the service reads the offset, and keeps the zone.
  const windows = 'W. Europe Standard Time';
  const { body } = await changed(seriesIn(windows), { start: new Date('2026-10-20T08:30Z') });
  assert.deepEqual(body, { start: at('2026-10-20T08:30:00.000Z', windows) });
});

test('C1 a series that goes to another day or zone takes its recurrence along', async () => {
  const { recurrence } = seriesIn(BERLIN);
  const range = (fields) => ({ recurrence: { ...recurrence, range: { ...recurrence.range, ...fields } } });
  for (const [event, start, wanted] of [
    [seriesIn(BERLIN), new Date('2026-10-27T09:00Z'), range({ startDate: '2026-10-27' })],
    [seriesIn(BERLIN), '2026-10-19T10:00', range({ startDate: '2026-10-19' })],
    [seriesIn(BERLIN), at('2026-10-20T04:00', 'America/New_York'), range({ recurrenceTimeZone: 'America/New_York' })],
    [
      seriesIn('W. Europe Standard Time'),
      new Date('2026-10-22T08:00Z'),
      range({ startDate: '2026-10-22', recurrenceTimeZone: 'W. Europe Standard Time' }),
    ],
  ]) {
    const { body } = await changed(event, { start });
    assert.deepEqual({ recurrence: body.recurrence }, wanted);
  }
  const { body } = await changed(seriesIn(BERLIN), { start: '2026-10-27T10:00', recurrence: null });
  assert.deepEqual(body, { start: at('2026-10-27T10:00'), recurrence: null });
});

test('a single event: Dates on its own clock, texts in the zone of the call', async () => {
  const tokyo = { ...SINGLE, originalStartTimeZone: 'Asia/Tokyo' };
  assert.deepEqual((await changed(tokyo, { start: new Date('2026-10-20T08:30Z') })).body, {
    start: at('2026-10-20T17:30:00.000', 'Asia/Tokyo'),
  });
  assert.deepEqual((await changed(tokyo, { start: '2026-10-20T10:30' })).body, { start: at('2026-10-20T10:30') });
  assert.deepEqual((await changed(tokyo, { start: at('2026-10-20T10:30', 'UTC') })).body, {
    start: at('2026-10-20T10:30', 'UTC'),
  });
  // A zone that has no name: that of the call.
  for (const odd of ['Customized Time Zone', '', null, undefined])
    assert.deepEqual(
      (await changed({ ...SINGLE, originalStartTimeZone: odd }, { start: new Date('2026-10-20T08:30Z') })).body,
      { start: at('2026-10-20T10:30:00.000') },
    );
});

test('C2 an all-day event is moved by Dates of local midnight, in every zone', async () => {
  for (const [zone, start, end] of [
    [BERLIN, '2026-12-02T23:00Z', '2026-12-03T23:00Z'],
    ['America/New_York', '2026-12-03T05:00Z', '2026-12-04T05:00Z'],
    ['Asia/Tokyo', '2026-12-02T15:00Z', '2026-12-03T15:00Z'],
  ]) {
    const { body } = await changed(ALL_DAY, { start: new Date(start), end: new Date(end) }, { zone });
    assert.deepEqual(body, { start: at('2026-12-03T00:00:00.000', zone), end: at('2026-12-04T00:00:00.000', zone) });
  }
  const series = seriesIn('Asia/Tokyo', { ...ALL_DAY, recurrence: seriesIn('Asia/Tokyo').recurrence });
  series.recurrence.range.startDate = '2026-12-01';
  const { body } = await changed(series, { start: new Date('2026-12-02T23:00Z'), end: new Date('2026-12-03T23:00Z') });
  assert.deepEqual(body.start, at('2026-12-03T00:00:00.000', 'Asia/Tokyo'), 'a day is a day, and the zone stays');
  assert.equal(body.recurrence.range.startDate, '2026-12-03');
  const timedNow = await changed(ALL_DAY, { start: new Date('2026-12-03T09:00Z'), isAllDay: false });
  assert.deepEqual(timedNow.body, { start: at('2026-12-03T10:00:00.000'), isAllDay: false });
});

test('an event that is to be of whole days takes the days that it touches', async () => {
  const late = {
    ...SINGLE,
    start: at('2026-10-20T21:00:00.0000000', 'UTC'),
    end: at('2026-10-20T23:30:00.0000000', 'UTC'),
  };
  for (const [event, changes, start, end] of /** @type {[object, object, string, string][]} */ ([
    [SINGLE, {}, '2026-10-20', '2026-10-21'],
    [late, {}, '2026-10-20', '2026-10-22'],
    [late, { start: '2026-10-25' }, '2026-10-25', '2026-10-27'],
    [ALL_DAY, { subject: 'x' }, '2026-12-01', '2026-12-02'],
  ])) {
    const { body } = await changed(event, { isAllDay: true, ...changes });
    assert.deepEqual([body.start, body.end], [at(`${start}T00:00`), at(`${end}T00:00`)]);
  }
});

test('changes without times ask for nothing; an event that cannot be read is told', async () => {
  for (const changes of [
    { subject: 'x' },
    { recurrence: null },
    { start: undefined },
    { reminderMinutesBeforeStart: 5 },
  ])
    assert.equal((await changed(SINGLE, changes)).calls.length, 1);
  const { body, calls } = await changed(SINGLE, { start: null });
  assert.deepEqual([body, calls.length], [{ start: null }, 1]);
  const { start: _, ...timeless } = SINGLE;
  const shapes = [{}, null, undefined, 'x', { ...SINGLE, isAllDay: 'no' }, { ...SINGLE, end: 'soon' }, timeless];
  for (const answer of [...shapes, { ...SINGLE, recurrence: {} }])
    await assert.rejects(changed(answer, { start: '2026-12-01' }), { code: 'invalid_response' });
  await assert.rejects(
    changed(SINGLE, { start: 'soon' }),
    (error) => error instanceof Exo365Error && error.code === 'invalid_argument',
  );
  await assert.rejects(changed(SINGLE, 'text'), { code: 'invalid_argument' });
});

test('Outlook: v2.0 in its spelling, v1.0 with instants and the zone beside them', async () => {
  const spelled = (value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, one]) => [key[0].toUpperCase() + key.slice(1), spelled(one)]),
        )
      : value;
  const start = new Date('2026-10-27T13:00Z');
  const v2 = await changed(spelled(seriesIn('America/New_York')), { Start: start }, { api: 'outlook-v2' });
  assert.deepEqual(v2.body.Start, { DateTime: '2026-10-27T09:00:00.000', TimeZone: 'America/New_York' });
  assert.deepEqual(v2.body.Recurrence.Range, {
    Type: 'noEnd',
    StartDate: '2026-10-27',
    RecurrenceTimeZone: 'America/New_York',
  });
  const event = {
    IsAllDay: false,
    Start: '2026-10-20T09:00:00-04:00',
    StartTimeZone: 'America/New_York',
    End: '2026-10-20T10:00:00-04:00',
    EndTimeZone: 'America/New_York',
    Recurrence: { Pattern: { Type: 'Weekly' }, Range: { Type: 'NoEnd', StartDate: '2026-10-20T00:00:00-04:00' } },
  };
  const v1 = await changed(event, { Start: start }, { api: 'outlook-v1' });
  assert.deepEqual(v1.body, {
    Start: '2026-10-27T13:00:00.000Z',
    StartTimeZone: 'America/New_York',
    Recurrence: { Pattern: { Type: 'Weekly' }, Range: { Type: 'NoEnd', StartDate: '2026-10-27T00:00:00Z' } },
  });
});

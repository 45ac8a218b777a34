// Views: all-day events belong to their own days, whatever zone the service counts in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApi } from '../tests/fake-api.mjs';
import { mailbox } from './mailbox.ts';

const DAY = 86_400_000;

/**
 * A mailbox in `zone` with `events`, which the service matches as it does: all-day events by midnights in UTC.
 *
 * @param {any[]} events
 * @param {{ zone?: string, api?: import('../types.ts').Flavor }} [given]
 */
function calendar(events, { zone = 'Europe/Berlin', api = 'graph' } = {}) {
  const calls = [];
  const it = fakeApi(
    api,
    async (_method, path, _ids, options) => {
      calls.push([path, options]);
      const { startDateTime, endDateTime } = options.query ?? {};
      const [from, to] = [Date.parse(startDateTime), Date.parse(endDateTime)];
      const found = events.filter(({ span: [start, end] }) => start < to && end > from);
      const { select } = options;
      const value = found.map((one) =>
        Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'span' && (select?.includes(name) ?? true))),
      );
      return /delta/.test(path) ? { value, '@odata.deltaLink': 'next' } : { value };
    },
    zone,
  );
  return Object.assign(mailbox(it).calendar, { calls });
}

const allDay = (day, days = 1) => ({
  subject: day,
  isAllDay: true,
  start: { dateTime: `${day}T00:00:00.0000000`, timeZone: 'any' },
  end: { dateTime: new Date(Date.parse(day) + days * DAY).toISOString().slice(0, -1), timeZone: 'any' },
  span: [Date.parse(day), Date.parse(day) + days * DAY],
});
const timed = (start, end) => ({
  subject: start,
  isAllDay: false,
  start: { dateTime: `${start.slice(0, 19)}.0000000`, timeZone: 'UTC' },
  end: { dateTime: `${end.slice(0, 19)}.0000000`, timeZone: 'UTC' },
  span: [Date.parse(start), Date.parse(end)],
});
const NOVEMBER = allDay('2026-11-30');
const FIRST = allDay('2026-12-01');
const SECOND = allDay('2026-12-02');
const LONG = allDay('2026-11-29', 4);

async function subjects(view) {
  const found = [];
  for await (const { subject } of view) found.push(subject);
  return found;
}

test('C21 a day view has the all-day events of its day, east and west of Greenwich', async () => {
  for (const zone of [
    'Asia/Tokyo',
    'America/Los_Angeles',
    'Europe/Berlin',
    'UTC',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
  ]) {
    const { view } = calendar([NOVEMBER, FIRST, SECOND, LONG], { zone });
    assert.deepEqual(await subjects(view('2026-12-01', '2026-12-02')), [FIRST.subject, LONG.subject], zone);
    assert.deepEqual((await view('2026-12-01', '2026-12-02').list()).items.length, 2, zone);
    assert.deepEqual(await subjects(view('2026-12-01T19:00', '2026-12-01T20:00')), [FIRST.subject, LONG.subject], zone);
    assert.deepEqual(await subjects(view('2026-12-01T01:00', '2026-12-01T02:00')), [FIRST.subject, LONG.subject], zone);
    assert.deepEqual(
      await subjects(view('2026-12-01T12:00', '2026-12-02T12:00')),
      [FIRST.subject, SECOND.subject, LONG.subject],
      zone,
    );
  }
});

test('C21 a part of a day has no event of another part, though the service is asked for more', async () => {
  const before = timed('2026-12-01T23:00:00Z', '2026-12-02T01:00:00Z');
  const inside = timed('2026-12-02T02:30:00Z', '2026-12-02T03:00:00Z');
  const touching = timed('2026-12-02T01:00:00Z', '2026-12-02T02:00:00Z');
  const point = timed('2026-12-02T02:00:00Z', '2026-12-02T02:00:00Z');
  const it = calendar([before, inside, touching, point, FIRST], { zone: 'America/Los_Angeles' });
  // 18:00 to 22:00 there is the next day in UTC.
  const found = await subjects(it.view('2026-12-01T18:00', '2026-12-01T22:00'));
  assert.deepEqual(found, [inside.subject, point.subject, FIRST.subject]);
});

test('C21 what is selected is what comes; v2.0 has its own spelling; a zone that no browser knows is left to the service', async () => {
  const it = calendar([NOVEMBER, FIRST], { zone: 'America/Los_Angeles' });
  const page = await it.view('2026-12-01', '2026-12-02', { select: ['subject', 'end'] }).list();
  assert.deepEqual(
    page.items.map((one) => Object.keys(one).sort()),
    [['end', 'subject']],
  );
  assert.deepEqual(it.calls[0][1].select, ['subject', 'end', 'start']);
  const spelled = ({ subject, isAllDay, start, end, span }) => ({
    Subject: subject,
    IsAllDay: isAllDay,
    Start: { DateTime: start.dateTime, TimeZone: 'UTC' },
    End: { DateTime: end.dateTime, TimeZone: 'UTC' },
    span,
  });
  const outlook = calendar([NOVEMBER, FIRST, SECOND].map(spelled), { zone: 'Asia/Tokyo', api: 'outlook-v2' });
  const { items } = await outlook.view('2026-12-01', '2026-12-02').list();
  assert.deepEqual(
    items.map((/** @type {any} */ { Subject }) => Subject),
    [FIRST.subject],
  );
  const windows = calendar([NOVEMBER, FIRST], { zone: 'Tokyo Standard Time' });
  const all = await windows.view('2026-12-01T00:00+09:00', '2026-12-02T00:00+09:00').list();
  assert.equal(all.items.length, 2);
});

test('C21 changes of a view: an event of another day is one that is not there, or no longer', async () => {
  const it = calendar(
    [
      { ...NOVEMBER, id: 'n' },
      { ...FIRST, id: 'f' },
      { id: 'x', span: [0, 1e15] },
    ],
    { zone: 'Asia/Tokyo' },
  );
  const { items, removed } = await it.view('2026-12-01', '2026-12-02').delta();
  assert.deepEqual([items.map(({ id }) => id), removed], [['f', 'x'], [{ id: 'n', reason: 'changed' }]]);
});

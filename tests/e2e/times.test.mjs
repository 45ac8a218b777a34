// Times do not shift: the calendar shows what a page wrote, over a change to summer time and in three flavours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, stack } from './harness.mjs';

const BERLIN = 'Europe/Berlin';

/** The instant of an event's start or end, from the flavour's fields. */
const instant = (value, name) => {
  const moment = value[name] ?? value[name[0].toUpperCase() + name.slice(1)];
  if (typeof moment === 'string') return new Date(moment).toISOString();
  const { dateTime = moment.DateTime, timeZone = moment.TimeZone } = moment;
  if (timeZone === 'UTC') return new Date(`${dateTime.slice(0, 19)}Z`).toISOString();
  // Responses are in the client's time zone: find the instant that has this local time there.
  const clock = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const wall = Date.parse(`${dateTime.slice(0, 19)}Z`);
  for (let offset = -14; offset <= 14; offset++) {
    const guess = wall - offset * 3_600_000;
    if (clock.format(guess).replace(' ', 'T') === dateTime.slice(0, 19)) return new Date(guess).toISOString();
  }
  throw new Error(`${dateTime} is no time of ${timeZone}`);
};

for (const [api, settings] of Object.entries({
  graph: {},
  'outlook-v2': { scopes: OUTLOOK() },
  'outlook-v1': { identity: 'v1', tenant: 'common', scopes: [] },
})) {
  const it = stack({ endpoint: () => ({ api, ...settings }) });

  test(`${api}: all-day events, wall-clock times and instants stay where they are over the change to summer time`, async () => {
    const page = await it.signedIn();
    const seen = await call(
      page,
      async (api) => {
        const client = await sdk.createClient({ endpoint: '/auth', timeZone: 'Europe/Berlin' });
        const name = api === 'graph' ? (text) => text : (text) => text[0].toUpperCase() + text.slice(1);
        const create = (subject, more) => client.calendar.events.create({ [name('subject')]: subject, ...more });
        const whole = await create('Whole day', { start: '2031-03-30', end: '2031-03-31', [name('isAllDay')]: true });
        const wall = await create('By the clock', {
          start: '2031-03-30T03:30',
          end: { dateTime: '2031-03-30T04:30', timeZone: 'Europe/Berlin' },
        });
        const fixed = await create('An instant', {
          start: '2031-03-30T00:30:00Z',
          end: new Date('2031-03-30T01:30:00Z'),
        });
        const view = [];
        for await (const event of client.calendar.view('2031-03-30', '2031-03-31')) view.push(event[name('subject')]);
        const moved = await client.calendar.events.update(
          wall[name('id')],
          { start: '2031-03-30T09:00', end: '2031-03-30T10:00' },
          { timeZone: 'America/New_York' },
        );
        return { whole, wall, fixed, view, moved };
      },
      api,
    );
    // Berlin changes from +1 to +2 at 2:00 in that night.
    assert.equal(instant(seen.wall, 'start'), '2031-03-30T01:30:00.000Z');
    assert.equal(instant(seen.wall, 'end'), '2031-03-30T02:30:00.000Z');
    assert.equal(instant(seen.fixed, 'start'), '2031-03-30T00:30:00.000Z');
    assert.equal(instant(seen.fixed, 'end'), '2031-03-30T01:30:00.000Z');
    assert.equal(instant(seen.moved, 'start'), '2031-03-30T13:00:00.000Z', 'New York is at -4 that day');
    assert.deepEqual(seen.view.sort(), ['An instant', 'By the clock', 'Whole day'], `${BERLIN}'s day has all three`);
  });
}

function OUTLOOK() {
  return ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'].map(
    (scope) => `https://outlook.office.com/${scope}`,
  );
}

// The demo: meetings are changed, invitations answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placesOf } from '../../www/hours.js';
import { BEN, fieldValue, fill, inEachBrowser, press, reads, shown, visit } from './demo.mjs';

/** Calls `work` with a client of its own, in the page. */
const inClient = (page, work, argument) =>
  page.evaluate(
    `(async () => {
      const { createClient } = await import('./vendor/exo365/index.js');
      const client = await createClient({ endpoint: '/auth' });
      return (${work})(client, ${JSON.stringify(argument)});
    })()`,
  );
const eventCalled = (page, subject) =>
  inClient(
    page,
    async (client, subject) => {
      for await (const event of client.calendar.events.all({ top: 100 })) if (event.subject === subject) return event;
      return undefined;
    },
    subject,
  );
/** Opens the event of that name in the week of the page. */
const openEvent = async (page, subject) => {
  const found = await page.waitForFunction(
    (subject) => [...document.querySelectorAll('.event')].find((one) => one.textContent.includes(subject)),
    {},
    subject,
  );
  await found.asElement().evaluate((one) => one.scrollIntoView({ block: 'center' }));
  await found.asElement().click();
  await page.waitForSelector('dialog[open]');
};
const closed = (page) => page.waitForFunction(() => !document.querySelector('dialog'));

const DAY = new Date(2030, 4, 6);
const NEXT = new Date(2030, 4, 7);
const at = (hour, minute = 0) => new Date(2030, 4, 6, hour, minute);
/**
 * Name, events as pairs of start and end, places as from, length, lane, lanes.
 *
 * @type {[string, Date[][], number[][]][]}
 */
const PLACES = [
  ['one', [[at(9), at(10)]], [[540, 60, 0, 1]]],
  [
    'one after the other',
    [
      [at(9), at(10)],
      [at(10), at(11)],
    ],
    [
      [540, 60, 0, 1],
      [600, 60, 0, 1],
    ],
  ],
  [
    'two at once',
    [
      [at(9), at(10)],
      [at(9, 30), at(11)],
    ],
    [
      [540, 60, 0, 2],
      [570, 90, 1, 2],
    ],
  ],
  [
    'a lane that is free again',
    [
      [at(9), at(10)],
      [at(9), at(12)],
      [at(10), at(11)],
    ],
    [
      [540, 60, 0, 2],
      [540, 180, 1, 2],
      [600, 60, 0, 2],
    ],
  ],
  ['without duration', [[at(9), at(9)]], [[540, 30, 0, 1]]],
  ['from yesterday', [[new Date(2030, 4, 5, 22), at(1)]], [[0, 60, 0, 1]]],
  ['until tomorrow', [[at(23), new Date(2030, 4, 7, 3)]], [[1380, 60, 0, 1]]],
  ['just before midnight', [[at(23, 55), NEXT]], [[1410, 30, 0, 1]]],
];

test('events have their place among the hours', () => {
  for (const [name, events, want] of PLACES) {
    const places = placesOf(
      events.map(([start, end]) => ({ start, end })),
      DAY,
      NEXT,
    );
    assert.deepEqual(
      places.map(({ from, length, lane, lanes }) => [from, length, lane, lanes]),
      want,
      name,
    );
  }
});

inEachBrowser((it) => {
  test('a meeting is changed: what was typed goes to the service, what was not stays', async () => {
    const page = await it.signedIn();
    await inClient(page, (client) =>
      client.calendar.events.create({
        subject: 'Plan the trip',
        start: '2030-05-06T10:00',
        end: '2030-05-06T11:30',
        location: { displayName: 'Room Aurora' },
        body: { contentType: 'html', content: '<p>Bring <b>maps</b></p>' },
      }),
    );
    await visit(page, '#/agenda/2030-05-06', '.agenda .event');
    await openEvent(page, 'Plan the trip');
    await press(page, 'Edit');
    await page.waitForSelector('dialog[open] [name="subject"]');
    assert.equal(await fieldValue(page, 'start'), '2030-05-06T10:00');
    assert.equal(await fieldValue(page, 'end'), '2030-05-06T11:30');
    assert.equal(await fieldValue(page, 'notes'), 'Bring maps');
    await fill(page, 'subject', 'Plan the long trip');
    await fill(page, 'attendees', 'ben@contoso.example');
    await page.$eval('[name="start"]', (/** @type {HTMLInputElement} */ one) => {
      one.value = '2030-05-07T09:00';
      one.dispatchEvent(new Event('change', { bubbles: true }));
    });
    assert.equal(await fieldValue(page, 'end'), '2030-05-07T10:30');
    await press(page, 'Save changes');
    await closed(page);
    await openEvent(page, 'Plan the long trip');
    const raw = await eventCalled(page, 'Plan the long trip');
    assert.match(raw.start.dateTime, /^2030-05-07T09:00/);
    assert.equal(raw.location.displayName, 'Room Aurora');
    assert.match(raw.body.content, /<b>maps<\/b>/);
    assert.deepEqual(
      raw.attendees.map((one) => one.emailAddress.address),
      ['ben@contoso.example'],
    );
    await page.browserContext().close();
  });

  test('an invitation is accepted and then declined, with a note to the organizer', async () => {
    const ben = await it.signedIn(BEN);
    await inClient(ben, (client) =>
      client.calendar.events.create({
        subject: 'Lunch?',
        start: '2030-06-04T12:00',
        end: '2030-06-04T13:00',
        attendees: ['adele@contoso.example'],
      }),
    );
    const page = await it.signedIn();
    await visit(page, '#/agenda/2030-06-03', '.agenda .event');
    await openEvent(page, 'Lunch?');
    assert.match(await shown(page, 'dialog'), /Organized by Ben Walker/);
    assert.equal(await page.$('dialog .danger + .danger'), null);
    await fill(page, 'note', 'Gladly');
    await page.keyboard.press('Escape');
    await reads(page, 'Discard your note?');
    await press(page, 'Keep writing');
    await page.reload();
    await press(page, 'Continue. Unfinished answer: Lunch?');
    await page.waitForSelector('dialog[open] [name="note"]');
    assert.equal(await fieldValue(page, 'note'), 'Gladly');
    await press(page, 'Accept');
    await reads(page, 'Accepted', '#status');
    await closed(page);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('.kept.'))), []);
    assert.equal((await eventCalled(page, 'Lunch?')).responseStatus.response, 'accepted');
    const [seen] = (await eventCalled(ben, 'Lunch?')).attendees;
    assert.equal(seen.status.response, 'accepted');
    await openEvent(page, 'Lunch?');
    await page.waitForSelector('.answers [aria-pressed="true"]');
    assert.match(await shown(page, '.answers [aria-pressed="true"]'), /Accept/);
    await press(page, 'Decline');
    await reads(page, 'Declined', '#status');
    await closed(page);
    assert.equal((await eventCalled(ben, 'Lunch?')).attendees[0].status.response, 'declined');
    await page.browserContext().close();
    await ben.browserContext().close();
  });
});

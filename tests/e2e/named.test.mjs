// The named operations against the tenant, in each flavour; an operation that a flavour does not have is refused before
// anything is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, BEN, call, stack, watch } from './harness.mjs';

const outlook = ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'].map(
  (scope) => `https://outlook.office.com/${scope}`,
);
const FLAVOURS = {
  graph: {
    scopes: [
      'User.Read',
      'Mail.ReadWrite',
      'Mail.Send',
      'Calendars.ReadWrite',
      'Contacts.ReadWrite',
      'MailboxSettings.ReadWrite',
      'People.Read',
    ],
  },
  'outlook-v2': { scopes: outlook },
  'outlook-v1': { identity: 'v1', tenant: 'common', scopes: [] },
};

for (const [api, settings] of Object.entries(FLAVOURS)) {
  const it = stack({ endpoint: () => ({ api, ...settings }) });
  let page;
  /** Runs `body` in the page; `n(name)` gives the name of a field in the flavour's spelling. */
  const run = (body, argument) =>
    call(
      page,
      `async (argument) => {
    const n = ${api === 'graph' ? '(name) => name' : '(name) => name[0].toUpperCase() + name.slice(1)'};
    return (${body})(n, argument);
  }`,
      argument,
    );

  test(`${api}: signs in`, async () => {
    page = await it.signedIn();
  });

  test(`${api}: folders: create inside, rename, move, copy, delete; messages go there and come back`, async () => {
    const seen = await run(async (n) => {
      const { mail } = client;
      const plans = await mail.folders.create({ [n('displayName')]: 'Plans' });
      const id = plans[n('id')];
      const inner = await mail.folders.children(id).create({ [n('displayName')]: 'Old' });
      const renamed = await mail.folders.update(inner[n('id')], { [n('displayName')]: 'Older' });
      const children = (await mail.folder(id).children.list()).items.map((one) => one[n('displayName')]);
      const draft = await mail.messages.create({ [n('subject')]: 'On its way' });
      const moved = await mail.messages.move(draft[n('id')], id);
      const copied = await mail.messages.copy(moved[n('id')], inner[n('id')]);
      const there = (await mail.folder(id).messages.list()).items.length;
      const mime = await mail.messages.mime(moved[n('id')]).then(
        (blob) => blob.text(),
        (error) => error.code,
      );
      await mail.folders.move(inner[n('id')], 'deleteditems');
      const left = (await mail.folder(id).children.list()).items.length;
      await mail.folders.delete(id);
      return {
        renamed: renamed[n('displayName')],
        children,
        moved: moved[n('subject')],
        copied: copied[n('id')] !== moved[n('id')],
        there,
        left,
        mime: mime.slice(0, 200),
      };
    });
    assert.deepEqual(
      { ...seen, mime: undefined },
      { renamed: 'Older', children: ['Older'], moved: 'On its way', copied: true, there: 1, left: 0, mime: undefined },
    );
    assert.match(seen.mime, api === 'graph' ? /Subject: On its way/i : /^unsupported_by_api$/);
  });

  test(`${api}: reply, forward and drafts of them arrive`, async () => {
    const titles = await run(async (n, ben) => {
      const [first] = (await client.mail.folder('inbox').messages.list({ top: 1 })).items;
      const id = first[n('id')];
      await client.mail.messages.reply(id, 'Thanks');
      await client.mail.folder('inbox').messages.forward(id, [ben], 'For you');
      const draft = await client.mail.messages.createReply(id, { all: true });
      await client.mail.messages.delete(draft[n('id')]);
      return (await client.mail.folder('sentitems').messages.list({ top: 2 })).items.map((one) => one[n('subject')]);
    }, BEN);
    assert.match(titles.join(), /FW: /i);
    assert.match(titles.join(), /RE: /i);
  });

  test(`${api}: an invitation is answered, the occurrences of a series are listed`, async () => {
    const invited = await run(async (n, ben) => {
      const event = await client.calendar.events.create({
        [n('subject')]: 'Weekly',
        [n('start')]: '2031-03-03T09:00',
        [n('end')]: '2031-03-03T09:30',
        [n('attendees')]: [ben],
        [n('recurrence')]: {
          [n('pattern')]: { [n('type')]: n('weekly'), [n('interval')]: 1, [n('daysOfWeek')]: [n('monday')] },
          [n('range')]: { [n('type')]: n('numbered'), [n('startDate')]: '2031-03-03', [n('numberOfOccurrences')]: 4 },
        },
      });
      const found = [];
      for await (const one of client.calendar.events.instances(event[n('id')], '2031-03-01', '2031-04-30'))
        found.push(one[n('subject')]);
      return found;
    }, BEN);
    assert.deepEqual(invited, ['Weekly', 'Weekly', 'Weekly', 'Weekly']);
    const other = await it.signedIn(BEN);
    const answered = await call(
      other,
      `async () => {
      const n = ${api === 'graph' ? '(name) => name' : '(name) => name[0].toUpperCase() + name.slice(1)'};
      const [event] = (await client.calendar.events.list({ filter: n('subject') + " eq 'Weekly'" })).items;
      await client.calendar.events.accept(event[n('id')], { comment: 'Gladly' });
      const after = await client.calendar.events.get(event[n('id')]);
      return after[n('responseStatus')][n('response')];
    }`,
    );
    assert.equal(answered.toLowerCase(), 'accepted');
  });

  test(`${api}: calendars, contact folders, and people by address`, async () => {
    const seen = await run(async (n) => {
      const team = await client.calendar.calendars.create({ [n('name')]: 'Team' });
      const inside = client.calendar.in(team[n('id')]);
      await inside.events.create({
        [n('subject')]: 'Inside',
        [n('start')]: '2031-05-06T09:00:00Z',
        [n('end')]: '2031-05-06T10:00:00Z',
      });
      const view = (await inside.view('2031-05-06', '2031-05-07').list()).items.map((one) => one[n('subject')]);
      const folder = await client.contacts.folders.create({ [n('displayName')]: 'Press' });
      await client.contacts.in(folder[n('id')]).create({
        [n('givenName')]: 'Grace',
        [n('emailAddresses')]: [{ [n('address')]: 'grace@fabrikam.example', [n('name')]: 'Grace' }],
      });
      const listed = (await client.contacts.in(folder[n('id')]).list()).items.length;
      await client.contacts.create({
        [n('givenName')]: 'Ada',
        [n('emailAddresses')]: [{ [n('address')]: "ada.o'hara@fabrikam.example", [n('name')]: 'Ada' }],
      });
      const found = (await client.contacts.findByEmail("ada.o'hara@fabrikam.example")).map(
        (one) => one[n('givenName')],
      );
      const me = await client.user();
      return { view, listed, found, me: typeof me[n('id')] };
    });
    assert.deepEqual(seen, { view: ['Inside'], listed: 1, found: ['Ada'], me: 'string' });
  });

  test(`${api}: what the flavour lacks is refused by name, and nothing is sent`, async () => {
    const stop = watch(page, (request) => /\/(v1\.0|api\/v[12]\.0)\//.test(request.url()));
    const probes = [
      () => client.calendar.events.cancel('x'),
      () => client.mail.categories.list(),
      () => client.people.list(),
      () => client.mail.folder('inbox').rules.list(),
    ];
    const lacking = { graph: 0, 'outlook-v2': 2, 'outlook-v1': 4 }[api];
    for (const probe of probes.slice(0, lacking)) {
      const { error } = await attempt(page, probe);
      assert.equal(error?.code, 'unsupported_by_api', String(probe));
      assert.match(error.message, /these have: graph/);
    }
    assert.deepEqual(stop(), []);
  });
}

// What is written means what it says: series and whole days that are moved, files of every size, loops that change what
// they walk over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, stack } from './harness.mjs';

const outlook = ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Contacts.ReadWrite'].map(
  (scope) => `https://outlook.office.com/${scope}`,
);

for (const [api, settings] of Object.entries({
  graph: {},
  'outlook-v2': { scopes: outlook },
  'outlook-v1': { identity: 'v1', tenant: 'common', scopes: [] },
})) {
  const it = stack({ endpoint: () => ({ api, ...settings }) });

  test(`C1 ${api}: a series that is moved by Dates keeps its hour over the end of summer time, in whatever zone it is`, async () => {
    const page = await it.signedIn();
    const seen = await call(
      page,
      async (api) => {
        const client = await sdk.createClient({ endpoint: '/auth', timeZone: 'Europe/Berlin' });
        const n = api === 'graph' ? (text) => text : (text) => text[0].toUpperCase() + text.slice(1);
        /** @type {any} */
        const { events } = client.calendar;
        const instants = async (id) => {
          const found = [];
          for await (const one of events.instances(id, '2031-10-01', '2031-12-31', { timeZone: 'UTC' })) {
            const start = one[n('start')];
            const instant = start[n('dateTime')] ? `${start[n('dateTime')]}Z` : start;
            found.push(new Date(instant).toISOString().slice(0, 16));
          }
          return found;
        };
        const out = {};
        for (const timeZone of ['Europe/Berlin', 'America/New_York', 'W. Europe Standard Time']) {
          if (api === 'outlook-v1' && timeZone.includes(' ')) continue;
          const { [n('id')]: id } = await events.create({
            [n('subject')]: 'Weekly',
            start: { dateTime: '2031-10-14T09:00', timeZone },
            end: { dateTime: '2031-10-14T10:00', timeZone },
            [n('recurrence')]: {
              [n('pattern')]: {
                [n('type')]: 'weekly',
                [n('interval')]: 1,
                [n('daysOfWeek')]: ['tuesday', 'wednesday'],
              },
              [n('range')]: { [n('type')]: 'numbered', [n('startDate')]: '2031-10-14', [n('numberOfOccurrences')]: 6 },
            },
          });
          const noon = timeZone.startsWith('America') ? '16:00Z' : '10:00Z';
          const one = timeZone.startsWith('America') ? '17:00Z' : '11:00Z';
          const hour = { start: new Date(`2031-10-14T${noon}`), end: new Date(`2031-10-14T${one}`) };
          await events.update(id, hour);
          const day = { start: new Date(`2031-10-15T${noon}`), end: new Date(`2031-10-15T${one}`) };
          out[timeZone] = [await instants(id), (await events.update(id, day)) && (await instants(id))];
        }
        return out;
      },
      api,
    );
    const berlin = ['2031-10-14T10:00', '2031-10-15T10:00', '2031-10-21T10:00', '2031-10-22T10:00'];
    const winter = ['2031-10-28T11:00', '2031-10-29T11:00', '2031-11-04T11:00'];
    for (const [zone, [moved, later]] of Object.entries(seen)) {
      const american = zone.startsWith('America');
      const wanted = american
        ? [...berlin, ...winter].map((one) => `${one.slice(0, 11)}${one > '2031-11-02' ? '17' : '16'}:00`)
        : [...berlin, ...winter];
      assert.deepEqual(moved, wanted.slice(0, 6), zone);
      assert.deepEqual(later, wanted.slice(1), `${zone}, a day later`);
    }
  });

  test(`C2 C21 ${api}: an all-day event is moved by Dates of local midnight, and a day view has its own days only`, async () => {
    const page = await it.signedIn();
    for (const zone of ['Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo']) {
      const seen = await call(
        page,
        async ({ api, zone }) => {
          const client = await sdk.createClient({ endpoint: '/auth', timeZone: zone });
          const n = api === 'graph' ? (text) => text : (text) => text[0].toUpperCase() + text.slice(1);
          const subject = `Whole ${zone}`;
          const { [n('id')]: id } = await /** @type {any} */ (client.calendar.events).create({
            [n('subject')]: subject,
            start: '2032-03-01',
            end: '2032-03-02',
            [n('isAllDay')]: true,
          });
          const offset = { 'Europe/Berlin': '+01:00', 'America/Los_Angeles': '-08:00', 'Asia/Tokyo': '+09:00' }[zone];
          const [start, end] = ['03', '04'].map((day) => new Date(`2032-03-${day}T00:00${offset}`));
          await client.calendar.events.update(id, { start, end });
          const days = [];
          for (const day of ['01', '02', '03', '04', '05']) {
            const next = `2032-03-0${Number(day) + 1}`;
            for await (const one of client.calendar.view(`2032-03-${day}`, next, { select: [n('subject')] }))
              if (one[n('subject')] === subject) days.push(day);
            for await (const one of client.calendar.view(`2032-03-${day}T20:00`, `2032-03-${day}T21:00`))
              if (one[n('subject')] === subject) days.push(`evening ${day}`);
          }
          return days;
        },
        { api, zone },
      );
      assert.deepEqual(seen, ['03', 'evening 03'], zone);
    }
  });
}

const graph = stack();

test('C5 C6 C8 files of every size are sent, and a message that is refused leaves no draft', async () => {
  const page = await graph.signedIn();
  const seen = await call(page, async () => {
    const client = await sdk.createClient({ endpoint: '/auth' });
    const { mail } = client;
    const file = (size, name) => new File([new Uint8Array(size)], name);
    const to = { toRecipients: ['adele@contoso.example'] };
    const MB = 1024 * 1024;
    const sent = [];
    const send = async (subject, message, options) => {
      await mail.send({ subject, ...to, ...message }, options).catch((error) => sent.push(`${subject} ${error.code}`));
    };
    const html = { contentType: 'html', content: `<p>${'x'.repeat(1.5 * MB)}</p>` };
    await send('text and file', { body: html, attachments: [file(2.5 * MB, 'a')] });
    const contentBytes = btoa('x'.repeat(2 * MB));
    const own = { '@odata.type': '#microsoft.graph.fileAttachment', name: 'own', contentBytes };
    await send('two forms', { attachments: [own, file(2 * MB, 'b')] });
    for (const size of [2 * MB, 2_359_209, 3 * MB, 3 * MB + 1])
      await send(`${size}`, { attachments: [file(size, 'c')] });
    const { id } = await mail.messages.create({ subject: 'a draft', attachments: [file(3 * MB, 'd')] });
    const { size } = await mail.messages.attachments(id).add(file(3 * MB, 'e'));
    await mail.messages.delete(id);
    const [{ id: received }] = (await mail.folder('inbox').messages.list({ top: 1 })).items;
    const answered = { subject: 'answered', attachments: [file(3 * MB, 'f')] };
    await mail.messages.reply(received, answered).catch((error) => sent.push(`reply ${error.code}`));
    const arrived = {};
    for await (const one of mail.folder('sentitems').messages.all({ expand: 'attachments($select=id,name,size)' }))
      if (one.attachments?.length) arrived[one.subject] = one.attachments.map(({ name }) => name);
    const drafts = await mail.folder('drafts').messages.count();
    const refused = await mail
      .send({
        subject: 'refused',
        toRecipients: ['a@contoso.example'],
        from: 'nobody@contoso.example',
        attachments: [file(4 * MB, 'g')],
      })
      .then(
        () => 'sent',
        ({ code, status, draftId }) => `${code} ${status} ${draftId}`,
      );
    return {
      sent,
      arrived,
      size: size >= 3 * MB,
      refused,
      added: (await mail.folder('drafts').messages.count()) - drafts,
    };
  });
  assert.deepEqual(seen.sent, []);
  for (const [subject, names] of Object.entries({
    'text and file': ['a'],
    'two forms': ['own', 'b'],
    2097152: ['c'],
    2359209: ['c'],
    3145728: ['c'],
    3145729: ['c'],
    answered: ['f'],
  }))
    assert.deepEqual(seen.arrived[subject]?.sort(), names.sort(), subject);
  assert.ok(seen.size);
  assert.deepEqual([seen.refused, seen.added], ['forbidden 403 undefined', 0]);
});

test('C9 C10 C14 C27 loops that change their list, octets, searches, and values that are none', async () => {
  const page = await graph.signedIn();
  const seen = await call(page, async () => {
    const client = await sdk.createClient({ endpoint: '/auth' });
    const { messages } = client.mail.folder('inbox');
    const query = { filter: 'isRead eq false', select: ['id'], top: 3, stable: true };
    let marked = 0;
    for (const { id } of (await messages.list({ top: 12, select: ['id'] })).items)
      await messages.update(id, { isRead: false });
    const before = await messages.count({ filter: 'isRead eq false' });
    for await (const { id } of messages.all(query)) {
      await messages.update(id, { isRead: true });
      marked++;
    }
    const left = await messages.count({ filter: 'isRead eq false' });
    const [{ id }] = (await messages.list({ top: 1 })).items;
    const mime = await messages.mime(id);
    const codes = [];
    for (const run of [
      () => messages.update(id, { subject: 'half \ud800' }),
      () => messages.list({ filter: "subject eq '\ud800'" }),
      () => messages.list({ search: '\ud800' }),
      () => messages.update(id, { isRead: true }, { ifMatch: '' }),
      () => messages.delete(id, { ifMatch: '' }),
      () => client.contacts.create({ birthday: /** @type {any} */ (new Date('')) }),
      () => client.request('POST', '/me/contacts', { body: { birthday: new Date('') } }),
      () => client.batch([{ method: 'POST', path: '/me/contacts', body: { birthday: new Date('') } }]),
      () => messages.mime(id, /** @type {any} */ ({ as: 'text' })),
    ])
      codes.push(
        await run().then(
          () => 'done',
          (error) => error.code,
        ),
      );
    const found = await messages.list({ search: '"quarterly report" from:ben' }).then(({ items }) => items.length >= 0);
    return { before, marked, left, type: mime.type, size: mime.size > 0, blob: mime instanceof Blob, codes, found };
  });
  assert.ok(seen.before >= 12);
  assert.deepEqual([seen.marked, seen.left], [seen.before, 0]);
  assert.deepEqual([seen.type, seen.size, seen.blob, seen.found], ['message/rfc822', true, true, true]);
  assert.deepEqual([...new Set(seen.codes)], ['invalid_argument'], seen.codes.join());
});

test('C23 a token that the service does not know leads to a full round', async () => {
  const page = await graph.signedIn();
  const seen = await call(page, async () => {
    const client = await sdk.createClient({ endpoint: '/auth' });
    const { messages } = client.mail.folder('inbox');
    const first = await messages.delta({ select: ['subject'] });
    const broken = new URL(first.token);
    for (const name of broken.searchParams.keys()) if (/token/i.test(name)) broken.searchParams.set(name, 'broken');
    const again = await messages.delta({ token: broken.href, select: ['subject'] });
    return [first.items.length === again.items.length, again.resynced];
  });
  assert.deepEqual(seen, [true, true]);
});

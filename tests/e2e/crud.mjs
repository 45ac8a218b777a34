// Create, read, update and delete mail, events and contacts: the same tests for each flavour.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, BEN, call, stack } from './harness.mjs';

/** Gives the name of a field in the flavour's spelling. */
const speller = (api) => (api === 'graph' ? (name) => name : (name) => name[0].toUpperCase() + name.slice(1));

/** Registers the tests for one flavour. */
export function crud(api, settings) {
  const it = stack({ endpoint: () => ({ api, ...settings }) });
  const spell = speller(api);
  const id = spell('id');
  const subject = spell('subject');
  let page;
  test(`${api}: signs in`, async () => {
    page = await it.signedIn();
  });

  const gone = async (body, argument) => assert.equal((await attempt(page, body, argument)).error?.code, 'not_found');

  test(`${api}: messages: list, select, filter, page by page and all of them`, async () => {
    const first = await call(
      page,
      async ([subject]) => {
        const page = await client.mail.messages.list({ select: [subject], top: 3 });
        const second = await page.next();
        return {
          items: page.items,
          second: second.items,
          keys: Object.keys(page.items[0]).filter((name) => !name.startsWith('@')),
        };
      },
      [subject],
    );
    assert.equal(first.items.length, 3);
    assert.equal(first.second.length, 3);
    assert.deepEqual(first.keys.sort(), [id, subject].sort());
    assert.equal(new Set([...first.items, ...first.second].map((one) => one[id])).size, 6, 'no message twice');

    const { counted, walked } = await call(page, async () => {
      const { count } = await client.mail.folder('inbox').messages.list({ count: true, top: 1 });
      let walked = 0;
      for await (const message of client.mail.folder('inbox').messages.all({ top: 20 })) if (message) walked += 1;
      return { counted: count, walked };
    });
    assert.ok(walked > 20, 'more than one page');
    if (counted !== undefined) assert.equal(walked, counted);
  });

  test(`${api}: messages: create, get, update, delete`, async () => {
    const made = await call(
      page,
      ([subject, to, body]) =>
        client.mail.messages.create({
          [subject]: 'Draft of a plan',
          [to]: ['ben@contoso.example'],
          [body]: 'First line',
        }),
      [subject, spell('toRecipients'), spell('body')],
    );
    assert.equal(made[subject], 'Draft of a plan');
    const changed = await call(page, ([id, subject]) => client.mail.messages.update(id, { [subject]: 'Plan' }), [
      made[id],
      subject,
    ]);
    assert.equal(changed[subject], 'Plan');
    const read = await call(page, (id) => client.mail.messages.get(id), made[id]);
    assert.equal(read[subject], 'Plan');
    await call(page, (id) => client.mail.messages.delete(id), made[id]);
    if (api === 'graph') {
      // An immutable id is still valid in Deleted Items; deleting the message there deletes it permanently.
      const [deleted] = await call(page, async () => {
        const { messages } = client.mail.folder('deleteditems');
        return (await messages.list({ filter: sdk.filter`subject eq ${'Plan'}`, select: ['id'] })).items;
      });
      assert.equal(deleted?.id, made[id]);
      await call(page, (id) => client.mail.messages.delete(id, { permanently: true }), made[id]);
    }
    await gone((id) => client.mail.messages.get(id), made[id]);
  });

  test(`${api}: mail.send: arrives in the other mailbox, and is among the sent`, async () => {
    const title = `Lunch ${api}`;
    await call(
      page,
      ([title, to, subject, recipients, body]) =>
        client.mail.send({ [subject]: title, [recipients]: [to], [body]: 'At noon?' }),
      [title, BEN, subject, spell('toRecipients'), spell('body')],
    );
    const sent = await call(
      page,
      async ([subject]) =>
        (await client.mail.folder('sentitems').messages.list({ select: [subject], top: 50 })).items.map(
          (one) => one[subject],
        ),
      [subject],
    );
    assert.ok(sent.includes(title), 'among the sent');
    const other = await it.signedIn(BEN);
    const received = await call(
      other,
      async ([subject]) =>
        (await client.mail.folder('inbox').messages.list({ select: [subject], top: 50 })).items.map(
          (one) => one[subject],
        ),
      [subject],
    );
    assert.ok(received.includes(title), 'in the other inbox');
  });

  test(`${api}: events: create, get, update, view, delete`, async () => {
    const made = await call(
      page,
      ([subject, start, end]) =>
        client.calendar.events.create({
          [subject]: 'Planning',
          [start]: '2031-05-06T09:00:00Z',
          [end]: '2031-05-06T09:30:00Z',
        }),
      [subject, spell('start'), spell('end')],
    );
    assert.equal(made[subject], 'Planning');
    const changed = await call(
      page,
      ([id, subject]) => client.calendar.events.update(id, { [subject]: 'Planning, moved' }),
      [made[id], subject],
    );
    assert.equal(changed[subject], 'Planning, moved');
    assert.equal((await call(page, (id) => client.calendar.events.get(id), made[id]))[id], made[id]);
    const day = await call(
      page,
      async ([subject]) => {
        const found = [];
        for await (const event of client.calendar.view('2031-05-06T00:00:00Z', '2031-05-07T00:00:00Z'))
          found.push(event[subject]);
        return found;
      },
      [subject],
    );
    assert.deepEqual(day, ['Planning, moved']);
    const listed = await call(
      page,
      async ([id]) => {
        const found = [];
        for await (const event of client.calendar.events.all({ select: [id] })) found.push(event[id]);
        return found;
      },
      [id],
    );
    assert.ok(listed.includes(made[id]));
    await call(page, (id) => client.calendar.events.delete(id), made[id]);
    await gone((id) => client.calendar.events.get(id), made[id]);
  });

  test(`${api}: contacts: create, get, update, list, delete`, async () => {
    const [given, surname, company] = ['givenName', 'surname', 'companyName'].map(spell);
    const made = await call(
      page,
      ([given, surname]) => client.contacts.create({ [given]: 'Pavel', [surname]: 'Bansky' }),
      [given, surname],
    );
    assert.equal(made[given], 'Pavel');
    const changed = await call(page, ([id, company]) => client.contacts.update(id, { [company]: 'Fabrikam' }), [
      made[id],
      company,
    ]);
    assert.equal(changed[company], 'Fabrikam');
    const read = await call(page, (id) => client.contacts.get(id), made[id]);
    assert.equal(read[surname], 'Bansky');
    const names = await call(
      page,
      async ([surname]) => {
        const found = [];
        for await (const contact of client.contacts.all()) found.push(contact[surname]);
        return found;
      },
      [surname],
    );
    assert.ok(names.includes('Bansky'));
    await call(page, (id) => client.contacts.delete(id), made[id]);
    await gone((id) => client.contacts.get(id), made[id]);
  });

  test(`${api}: request reaches what has no name, with the header pair fresh each time`, async () => {
    const { value } = await call(
      page,
      (path) => client.request('GET', path, { query: { $top: '2' } }),
      api === 'outlook-v1' ? '/me/folders' : '/me/mailFolders',
    );
    assert.equal(value.length, 2);
    const seen = (
      await it.control.requests((one) => one.method === 'GET' && /\/(v1\.0|api\/v[12]\.0)\//.test(one.path))
    ).map(({ headers }) => headers['client-request-id']);
    assert.equal(new Set(seen).size, seen.length, 'no id twice');
  });
}

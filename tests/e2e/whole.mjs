// Features that take more than one request, against the tenant: changes, batches, lanes, large attachments, folder
// trees, free/busy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, BEN, call, stack, watch } from './harness.mjs';

const SCOPES = [
  'User.Read',
  'Mail.ReadWrite',
  'Mail.Send',
  'Calendars.ReadWrite',
  'Contacts.ReadWrite',
  'MailboxSettings.ReadWrite',
  'People.Read',
];

/** Registers the tests for one mode. */
export function whole(mode) {
  const it = stack({ endpoint: () => ({ api: 'graph', mode, scopes: SCOPES }) });
  /** The URL that the API's calls begin with. */
  const called = () => (mode === 'proxy' ? `${it.url}/auth/proxy/` : it.tenant.url);
  let page;

  test(`${mode}: signs in`, async () => {
    page = await it.signedIn();
    assert.equal(await page.evaluate(() => globalThis.failure?.message), undefined);
  });

  test(`${mode}: delta: everything, then what changed, then nothing; an expired token leads to a full round`, async () => {
    const first = await call(page, async () => {
      const { messages } = client.mail.folder('inbox');
      const all = await messages.delta({ select: ['subject', 'isRead'], pageSize: 50 });
      const [one, two] = all.items;
      await client.mail.messages.update(one.id, { isRead: !one.isRead });
      await client.mail.messages.delete(two.id);
      const changed = await messages.delta({ token: all.token });
      const nothing = await messages.delta({ token: changed.token });
      globalThis.token = nothing.token;
      return {
        many: all.items.length > 100,
        removedAtFirst: all.removed.length,
        resynced: [all, changed, nothing].map((one) => one.resynced),
        changed: changed.items.map(({ id, isRead }) => [id === one.id, isRead === !one.isRead]),
        removed: changed.removed.map(({ id, reason }) => [id === two.id, reason]),
        nothing: [nothing.items.length, nothing.removed.length],
      };
    });
    assert.deepEqual(first, {
      many: true,
      removedAtFirst: 0,
      resynced: [false, false, false],
      changed: [[true, true]],
      removed: [[true, 'deleted']],
      nothing: [0, 0],
    });
    await it.control.expireDeltas();
    const again = await call(page, async () => {
      const round = await client.mail.folder('inbox').messages.delta({ token: globalThis.token });
      return [round.resynced, round.items.length > 100, typeof round.token];
    });
    assert.deepEqual(again, [true, true, 'string']);
  });

  test(`${mode}: delta: of a view, of folders, of contacts`, async () => {
    const seen = await call(page, async () => {
      const view = client.calendar.view('2026-01-01', '2026-03-01');
      const rounds = [
        await view.delta({ pageSize: 10 }),
        await client.mail.folders.delta(),
        await client.contacts.delta(),
        await client.contacts.folders.delta(),
      ];
      const made = await client.contacts.create({
        givenName: 'Delta',
        emailAddresses: [{ address: 'delta@contoso.example', name: 'Delta' }],
      });
      const later = await client.contacts.delta({ token: rounds[2].token });
      return {
        tokens: rounds.every(({ token }) => token.includes('elta')),
        some: rounds.slice(0, 3).map(({ items }) => items.length > 0),
        later: later.items.map(({ id }) => id === made.id),
      };
    });
    assert.deepEqual(seen, { tokens: true, some: [true, true, true], later: [true] });
  });

  test(`${mode}: reads of one turn go in sequences side by side, each with its own answer; writes go on their own`, async () => {
    const ids = await call(page, async () =>
      (await client.mail.messages.list({ top: 45, select: ['id'] })).items.map(({ id }) => id),
    );
    const stop = watch(page, (request) => request.method() === 'POST' || request.method() === 'GET');
    const seen = await call(
      page,
      async (ids) => {
        const all = ids.map((id) => client.mail.messages.get(id, { select: ['id', 'subject'] }));
        const lost = client.mail.messages
          .get('AAMkLost', {})
          .catch((error) => [error.code, error.status, typeof error.requestId]);
        const draft = client.mail.messages.create({ subject: 'Among reads' });
        const got = await Promise.all(all);
        return { right: got.every(({ id }, at) => id === ids[at]), lost: await lost, draft: (await draft).subject };
      },
      ids,
    );
    assert.deepEqual(seen, { right: true, lost: ['bad_request', 400, 'string'], draft: 'Among reads' });
    const calls = stop().filter(({ url }) => url.startsWith(called()));
    const batches = calls.filter(({ url }) => url.endsWith('/$batch'));
    const sequences = batches.map(({ body }) => JSON.parse(body).requests);
    for (const sequence of sequences)
      for (const [at, { dependsOn }] of sequence.entries())
        assert.deepEqual(dependsOn, at ? [sequence[at - 1].id] : undefined, 'each depends on the one before it');
    // Four at a time at the service, whatever it counts: nothing is refused, and nothing but the lost one asked for twice.
    const others = calls.filter((one) => !batches.includes(one));
    assert.equal(others.filter(({ method }) => method === 'POST').length, 1, 'the draft');
    const urls = [...sequences.flat(), ...others].map(({ url }) => url.replace(/^.*messages/, ''));
    assert.equal(new Set(urls).size, 47);
    assert.ok(sequences.length >= 3 && sequences.length <= 12, `${sequences.length} sequences`);
    assert.ok(
      JSON.parse(batches[0].body).requests.every(({ headers }) => /ImmutableId/.test(headers.prefer)),
      'preferences go with each item',
    );
  });

  test(`${mode}: a throttled item is asked for again; a refused batch falls back to single calls`, async () => {
    for (const fault of [
      { kind: 'throttle', retryAfterSeconds: 1, times: 1, match: { path: '/me/messages/' } },
      { kind: 'status', status: 503, times: 1, match: { path: '/$batch' } },
    ]) {
      await it.control.fault(fault);
      const seen = await call(page, async () => {
        const { items } = await client.mail.messages.list({ top: 9, select: ['id'] });
        const got = await Promise.all(items.map(({ id }) => client.mail.messages.get(id, { select: ['id'] })));
        return got.map(({ id }, at) => id === items[at].id);
      });
      assert.deepEqual(seen, Array(9).fill(true), JSON.stringify(fault));
    }
  });

  test(`${mode}: a batch of the caller's own: more than twenty, in order, errors where they belong, what depends is kept together`, async () => {
    const seen = await call(page, async () => {
      const reads = Array.from({ length: 23 }, (_, at) => ({
        method: 'GET',
        path: `/me/messages?$top=1&$skip=${at}&$select=subject`,
      }));
      const results = await client.batch([
        ...reads,
        { id: 'make', method: 'POST', path: '/me/contacts', body: { givenName: 'Batch' } },
        { id: 'lost', method: 'GET', path: '/me/messages/AAMkLost' },
        { id: 'waits', method: 'GET', path: '/me/contacts?$top=1', dependsOn: ['lost'] },
      ]);
      return {
        ids: results.map(({ id }) => id),
        statuses: results.map(({ status }) => status),
        errors: results
          .filter(({ error }) => error)
          .map(({ id, error }) => [id, error.code, error instanceof sdk.Exo365Error]),
        made: /** @type {any} */ (results[23].body).givenName,
        has: Array.isArray(/** @type {any} */ (results[5].body).value),
      };
    });
    assert.deepEqual(seen.ids, [...Array.from({ length: 23 }, (_, at) => `${at + 1}`), 'make', 'lost', 'waits']);
    assert.deepEqual(seen.statuses, [...Array(23).fill(200), 201, 400, 424]);
    assert.deepEqual(
      seen.errors.map(([id, , ours]) => [id, ours]),
      [
        ['lost', true],
        ['waits', true],
      ],
    );
    assert.deepEqual([seen.made, seen.has], ['Batch', true]);
  });

  test(`${mode}: S15 a large attachment goes in pieces, without token, to the host that the service named; it comes back whole`, async () => {
    const stop = watch(page, (request) => request.method() === 'PUT');
    const seen = await call(page, async () => {
      const bytes = new Uint8Array(7_340_032).map((_, at) => at % 251);
      const draft = await client.mail.messages.create({ subject: 'Large' });
      const steps = [];
      const made = await client.mail.messages
        .attachments(draft.id)
        .add(new File([bytes], 'video.bin'), { onProgress: (...all) => steps.push(all) });
      const back = new Uint8Array(
        await (await client.mail.messages.attachments(draft.id).content(made.id)).arrayBuffer(),
      );
      const small = await client.mail.messages
        .attachments(draft.id)
        .add(new Blob(['hello'], { type: 'text/plain' }), { name: 'hello.txt' });
      return {
        name: made.name,
        steps,
        same: back.length === bytes.length && back.every((byte, at) => byte === bytes[at]),
        small: [small.name, small.contentType],
      };
    });
    assert.deepEqual(seen, {
      name: 'video.bin',
      steps: [
        [3_932_160, 7_340_032],
        [7_340_032, 7_340_032],
      ],
      same: true,
      small: ['hello.txt', 'text/plain'],
    });
    const puts = stop();
    assert.deepEqual(
      puts.map(({ headers }) => headers['content-range']),
      ['bytes 0-3932159/7340032', 'bytes 3932160-7340031/7340032'],
    );
    for (const { headers, url } of puts) {
      assert.equal(headers.authorization, undefined);
      assert.equal(headers['client-request-id'], undefined);
      assert.notEqual(new URL(url).hostname, new URL(it.tenant.url).hostname);
    }
  });

  test(`${mode}: a message with large files is sent by a draft; where a file is refused no draft is left`, async () => {
    const seen = await call(
      page,
      async (ben) => {
        const file = new File([new Uint8Array(4_000_000)], 'plan.bin');
        const steps = [];
        await client.mail.send(
          {
            subject: 'With a large file',
            toRecipients: [ben],
            body: 'See the file.',
            attachments: [file, new File(['small'], 'note.txt')],
          },
          { onProgress: (sent, total) => steps.push([sent, total]) },
        );
        const drafts = async () =>
          (await client.mail.folder('drafts').messages.list({ filter: "subject eq 'Not sent'" })).items.length;
        const refused = await client.mail
          .send({ subject: 'Not sent', toRecipients: [ben], attachments: [file] }, { saveToSentItems: false })
          .catch((error) => error.code);
        const sent = (await client.mail.folder('sentitems').messages.list({ top: 1, expand: 'attachments' })).items[0];
        return {
          steps: steps.at(-1),
          refused,
          drafts: await drafts(),
          sent: [sent.subject, sent.attachments.map(({ name, size }) => [name, size >= 5]).sort()],
        };
      },
      BEN,
    );
    assert.deepEqual(seen, {
      steps: [4_000_005, 4_000_005],
      refused: 'invalid_argument',
      drafts: 0,
      sent: [
        'With a large file',
        [
          ['note.txt', true],
          ['plan.bin', true],
        ],
      ],
    });
  });

  test(`${mode}: inline pictures by their content id`, async () => {
    const seen = await call(page, async () => {
      const draft = await client.mail.messages.create({
        subject: 'Picture',
        body: { contentType: 'html', content: '<img src="cid:logo">' },
      });
      const files = client.mail.messages.attachments(draft.id);
      await files.add(new Blob([new Uint8Array([137, 80, 78, 71])], { type: 'image/png' }), {
        name: 'logo.png',
        contentId: 'logo',
      });
      await files.add(new Blob(['text'], { type: 'text/plain' }), { name: 'plain.txt' });
      const images = await client.mail.messages.inlineImages(draft.id);
      const [url] = images.values();
      for (const one of images.values()) URL.revokeObjectURL(one);
      return { ids: [...images.keys()], scheme: url.slice(0, 5) };
    });
    assert.deepEqual(seen, { ids: ['logo'], scheme: 'blob:' });
  });

  test(`${mode}: the tree of folders`, async () => {
    const seen = await call(page, async () => {
      const top = await client.mail.folders.create({ displayName: 'Tree' });
      const inner = await client.mail.folders.children(top.id).create({ displayName: 'Branch' });
      await client.mail.folders.children(inner.id).create({ displayName: 'Leaf' });
      const names = (nodes) =>
        nodes.map(({ folder, children }) => [folder.displayName, ...(children.length ? [names(children)] : [])]);
      const whole = await client.mail.folders.tree();
      const own = await client.mail.folders.children(top.id).tree();
      return { whole: names(whole).filter(([name]) => name === 'Tree'), own: names(own), many: whole.length > 5 };
    });
    assert.deepEqual(seen, { whole: [['Tree', [['Branch', [['Leaf']]]]]], own: [['Branch', [['Leaf']]]], many: true });
  });

  test(`${mode}: free times, reminders, tips, ids, zones and languages`, async () => {
    const seen = await call(
      page,
      async (ben) => {
        const { calendar, mail, settings } = client;
        const [free] = await calendar.freeBusy([ben], '2026-12-01T08:00', '2026-12-01T18:00', { interval: 60 });
        await calendar.events.create({
          subject: 'Soon',
          start: '2026-12-01T09:00',
          end: '2026-12-01T09:30',
          isReminderOn: true,
          reminderMinutesBeforeStart: 15,
        });
        const reminders = await calendar.reminders('2026-12-01T00:00', '2026-12-02T00:00');
        const [tip] = await mail.mailTips([ben]);
        const { id } = (await mail.messages.list({ top: 1, select: ['id'] })).items[0];
        const [changed] = await mail.translateIds([id], 'restImmutableEntryId', 'restId');
        await calendar.primary.events.create({
          subject: 'In the default calendar',
          start: '2026-12-03T09:00',
          end: '2026-12-03T09:30',
        });
        return {
          free: [free.scheduleId, free.availabilityView.length],
          reminder: reminders.some(({ eventSubject }) => eventSubject === 'Soon'),
          tip: tip.emailAddress.address,
          changed: changed.sourceId === id,
          zones: [
            (await settings.timeZones()).length > 10,
            (await settings.timeZonesBy('Iana')).some(({ alias }) => alias.includes('/')),
          ],
          languages: (await settings.languages()).length > 1,
          primary: (await calendar.primary.view('2026-12-03', '2026-12-04').list()).items
            .map(({ subject }) => subject)
            .includes('In the default calendar'),
        };
      },
      BEN,
    );
    assert.deepEqual(seen, {
      free: [BEN, 10],
      reminder: true,
      tip: BEN,
      changed: true,
      zones: [true, true],
      languages: true,
      primary: true,
    });
  });

  test(`${mode}: what a batch must not be is refused before anything is sent`, async () => {
    const stop = watch(page, (request) => request.url().startsWith(called()));
    for (const [requests, options] of [
      ['x'],
      [[{ method: 'GET', path: '/me' }], { top: 1 }],
      [
        [
          { id: 'a', method: 'GET', path: '/me' },
          { id: 'A', method: 'GET', path: '/me' },
        ],
      ],
      [[{ method: 'GET', path: '/me', dependsOn: ['nobody'] }]],
      [[{ method: 'GET', path: 'https://evil.example/v1.0/me' }]],
    ]) {
      const { error } = await attempt(page, ([requests, options]) => client.batch(requests, options), [
        requests,
        options,
      ]);
      assert.match(error?.code ?? '', /^(invalid_argument|untrusted_host)$/, JSON.stringify(requests));
    }
    assert.deepEqual(stop(), []);
  });
}

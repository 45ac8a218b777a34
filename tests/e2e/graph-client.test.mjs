// Microsoft's Graph client for JavaScript, with its own helpers, at the local tenant: pages, batches, large files,
// throttling.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADELE, BEN } from './harness.mjs';
import { startProgram } from './microsoft/program.mjs';
import { startSecureTenant } from './microsoft/tenant.mjs';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID } from './processes.mjs';

let tenant;
let program;
const call = (body, argument) => program.call(body, argument);

before(async () => {
  tenant = await startSecureTenant();
  program = await startProgram(tenant);
  await call(
    ({ host, user, clientId, clientSecret, authority }) => {
      const app = new msal.ConfidentialClientApplication({
        auth: { clientId, clientSecret, authority, knownAuthorities: [host] },
      });
      const token = async () =>
        (await app.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] })).accessToken;
      globalThis.graphApi = graphClient(token);
      globalThis.mailbox = `/users/${user}`;
    },
    {
      host: tenant.host,
      user: ADELE,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authority: `${tenant.url}/${TENANT_ID}`,
    },
  );
});
after(async () => {
  await program?.end();
  await tenant?.end();
});

test('Graph client: PageIterator walks every page, stops and goes on', async () => {
  const { total, atStop, ids, complete } = await call(async () => {
    const total = (await graphApi.api(`${mailbox}/messages`).count(true).top(1).get())['@odata.count'];
    const ids = [];
    let stopAt = 30;
    const first = await graphApi.api(`${mailbox}/messages`).select('id').top(25).get();
    const pages = new graph.PageIterator(graphApi, first, ({ id }) => ids.push(id) !== stopAt);
    await pages.iterate();
    const atStop = ids.length;
    stopAt = -1;
    await pages.resume();
    return { total, atStop, ids, complete: pages.isComplete() };
  });
  assert.ok(total > 50, String(total));
  assert.deepEqual([atStop, ids.length, new Set(ids).size, complete], [30, total, total, true]);
});

test('Graph client: PageIterator ends a delta round with the link of the next', async () => {
  const { first, link, changed } = await call(async () => {
    const round = async (address) => {
      const items = [];
      const pages = new graph.PageIterator(graphApi, await graphApi.api(address).get(), (item) => items.push(item) > 0);
      await pages.iterate();
      return { items, link: pages.getDeltaLink() };
    };
    const { items, link } = await round(`${mailbox}/mailFolders/drafts/messages/delta`);
    await graphApi.api(`${mailbox}/messages`).post({ subject: 'Since then' });
    return { first: items.length, link, changed: (await round(link)).items.map(({ subject }) => subject) };
  });
  assert.ok(link, `a link after ${first} items`);
  assert.deepEqual(changed, ['Since then']);
});

test('Graph client: a batch, one call after the other', async () => {
  const answers = await call(async () => {
    const request = (method, path, body) =>
      new Request(`https://graph.invalid${path}`, {
        method,
        body: body && JSON.stringify(body),
        headers: body && { 'content-type': 'application/json' },
      });
    const batch = new graph.BatchRequestContent([
      { id: 'make', request: request('POST', `${mailbox}/messages`, { subject: 'By batch' }) },
      {
        id: 'list',
        request: request('GET', `${mailbox}/mailFolders/drafts/messages?$filter=subject eq 'By batch'`),
        dependsOn: ['make'],
      },
      { id: 'none', request: request('GET', `${mailbox}/messages/no-such-id`), dependsOn: ['list'] },
    ]);
    const answer = new graph.BatchResponseContent(await graphApi.api('/$batch').post(await batch.getContent()));
    const responses = {};
    for (const [id, response] of answer.getResponsesIterator())
      responses[id] = { status: response.status, body: await response.json() };
    return responses;
  });
  assert.equal(answers.make.status, 201);
  assert.equal(answers.list.body.value[0].id, answers.make.body.id);
  assert.ok(answers.none.status >= 400 && answers.none.body.error.code, JSON.stringify(answers.none));
});

test('Graph client: an attachment of 5 MB goes up in ranges, without the token', async () => {
  await tenant.control.forget();
  const { location, attachments, same } = await call(async () => {
    const content = Buffer.alloc(5 * 1024 * 1024, 'exo365 ');
    const { id } = await graphApi.api(`${mailbox}/messages`).post({ subject: 'Large' });
    const address = `${mailbox}/messages/${id}/attachments`;
    const session = await graph.LargeFileUploadTask.createUploadSession(graphApi, `${address}/createUploadSession`, {
      AttachmentItem: { attachmentType: 'file', name: 'plan.bin', size: content.length },
    });
    const file = new graph.FileUpload(content, 'plan.bin', content.length);
    const result = await new graph.LargeFileUploadTask(graphApi, file, session, {
      rangeSize: 12 * 320 * 1024,
    }).upload();
    const { value } = await graphApi.api(address).select('id,name,size').get();
    const back = await graphApi
      .api(`${address}/${value[0].id}/$value`)
      .responseType(graph.ResponseType.ARRAYBUFFER)
      .get();
    return { location: result.location, attachments: value, same: content.equals(Buffer.from(back)) };
  });
  assert.match(location, /attachments\('/i);
  assert.deepEqual([attachments.length, attachments[0].name, same], [1, 'plan.bin', true]);
  const ranges = await tenant.control.requests(({ method }) => method === 'PUT');
  assert.deepEqual(
    ranges.map(({ headers }) => [headers['content-range'], headers.authorization]),
    [
      ['bytes 0-3932159/5242880', undefined],
      ['bytes 3932160-5242879/5242880', undefined],
    ],
  );
});

test('Graph client: what is throttled is repeated, and given up where the service goes on refusing', async () => {
  await tenant.control.forget();
  await tenant.control.fault({ kind: 'throttle', retryAfterSeconds: 1, times: 1, match: { path: '/contacts' } });
  assert.equal((await call(() => graphApi.api(`${mailbox}/contacts`).top(2).get())).value.length, 2);
  const asked = await tenant.control.requests('/contacts');
  assert.deepEqual(
    asked.map(({ headers }) => headers['retry-attempt']),
    [undefined, '1'],
  );

  await tenant.control.fault({ kind: 'throttle', retryAfterSeconds: 1, times: 9, match: { path: '/contacts' } });
  const { error } = await program.attempt(() =>
    graphApi
      .api(`${mailbox}/contacts`)
      .middlewareOptions([new graph.RetryHandlerOptions(0, 1)])
      .get(),
  );
  await tenant.control.clearFaults();
  assert.equal(error.statusCode, 429);
  assert.ok(error.code, JSON.stringify(error));
});

test('Graph client: errors have the status and the code of the service', async () => {
  const { error } = await program.attempt(() => graphApi.api('/users/nobody@contoso.example/messages').get());
  assert.equal(error.statusCode, 404);
  assert.equal(error.code, 'ErrorInvalidUser');
});

test('Graph client: mail arrives', async () => {
  const subject = 'From one to the other';
  await call(
    ({ subject, to }) =>
      graphApi.api(`${mailbox}/sendMail`).post({
        message: {
          subject,
          body: { contentType: 'text', content: 'At noon?' },
          toRecipients: [{ emailAddress: { address: to } }],
        },
      }),
    { subject, to: BEN },
  );
  const { value } = await call(
    ({ subject, to }) =>
      graphApi.api(`/users/${to}/mailFolders/inbox/messages`).filter(`subject eq '${subject}'`).get(),
    { subject, to: BEN },
  );
  assert.equal(value[0]?.from.emailAddress.address, ADELE);
});

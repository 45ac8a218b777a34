// python-o365, unmodified, at the local tenant: a client that many programs use, and that sends what exo365 never does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADELE, BEN } from './harness.mjs';
import { skipO365 as skip, startPython } from './microsoft/python.mjs';
import { signInByForms, startSecureTenant } from './microsoft/tenant.mjs';

if (skip) console.log(skip);

const MEBIBYTE = 1024 * 1024;
let tenant;
let python;

before(async () => {
  if (skip) return;
  tenant = await startSecureTenant();
  python = await startPython(tenant, 'mailbox.py');
});
after(async () => {
  await python?.end();
  await tenant?.end();
});

test('python-o365: the code flow', { skip }, async () => {
  const address = await python.call('begin');
  const back = await signInByForms(tenant, address, ADELE);
  assert.equal(await python.call('finish', back), ADELE);
});

test('python-o365: a message is sent, read, answered and moved', { skip }, async () => {
  const subject = 'Lunch on Thursday';
  assert.equal(await python.call('send', { to: ADELE, subject }), true);
  const read = await python.call('read', subject);
  assert.deepEqual([read.from, read.to], [ADELE, [ADELE]]);
  assert.match(read.text, /Sent by python-o365/);
  const answer = await python.call('reply', subject);
  assert.deepEqual([answer.sent, /^RE: /i.test(answer.subject)], [true, true]);
  assert.deepEqual(await python.call('move', subject), { moved: true, left: 0, there: 1 });
});

test('python-o365: a message with a file of 5 MB', { skip }, async () => {
  const subject = 'The plans';
  assert.equal(await python.call('send', { to: BEN, subject, octets: 5 * MEBIBYTE }), true);
  assert.deepEqual(await python.call('attachment', subject), { name: 'plans.bin', octets: 5 * MEBIBYTE, right: true });
});

test('python-o365: a series over the end of summer time', { skip }, async () => {
  assert.deepEqual(await python.call('series'), {
    saved: true,
    times: [
      '2026-10-20T10:00:00+02:00',
      '2026-10-27T10:00:00+01:00',
      '2026-11-03T10:00:00+01:00',
      '2026-11-10T10:00:00+01:00',
    ],
    deleted: true,
  });
});

test('python-o365: contacts', { skip }, async () => {
  assert.deepEqual(await python.call('contact'), {
    saved: true,
    found: [['Petra', 'petra@fabrikam.example']],
    updated: true,
    deleted: true,
  });
});

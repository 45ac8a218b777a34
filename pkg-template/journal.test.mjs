// Diagnostics as text, and what happens where the part that makes it cannot be loaded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApi } from './tests/fake-api.mjs';
import { report } from './journal.ts';

/** @type {import('./types.ts').Diagnostic} */
const ENTRY = {
  at: '2026-11-25T09:00:00.000Z',
  method: 'GET',
  url: 'messages/{}',
  status: 429,
  code: 'throttled',
  durationMs: 1200,
  attempts: 4,
  clientRequestId: 'c-1',
  requestId: 'r-1',
  headers: { 'retry-after': '7', empty: '' },
};

test('an entry has what support asks for: when, what, how it went, and the ids', async () => {
  const text = await report(fakeApi(), [ENTRY]);
  assert.equal(
    text.split('\n').slice(1).join('\n'),
    '2026-11-25T09:00:00.000Z GET messages/{}: 429 throttled, 1200 ms, 4 attempts\n  client-request-id: c-1\n  request-id: r-1\n  retry-after: 7\n',
  );
  assert.match(text, /^exo365, graph, .*\n/);
});

test('a slow success has no code, a lost connection no status and no ids', async () => {
  const slow = {
    ...ENTRY,
    code: undefined,
    status: undefined,
    clientRequestId: undefined,
    requestId: undefined,
    headers: {},
    attempts: 1,
    durationMs: 9000,
  };
  const text = await report(fakeApi('outlook-v1'), [slow, { ...slow, code: 'network' }]);
  assert.match(text, /: no status slow, 9000 ms, 1 attempt\n2026/);
  assert.match(text, /: no status network, 9000 ms, 1 attempt\n$/);
  assert.match(text, /^exo365, outlook-v1, /);
});

test('none is told, once earlier page loads were read', async () => {
  const noted = [];
  let done;
  const reading = new Promise((resolve) => {
    done = resolve;
  });
  const text = report(fakeApi(), noted, reading);
  noted.push(ENTRY);
  done();
  assert.match(await text, /429 throttled/);
  assert.match(await report(fakeApi(), []), /no failed or slow calls\n$/);
});

// `--data`: what the tenant acknowledged is on the disk, also when the process is killed in the middle of something.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { applicationToken, scratch, startTenant } from './processes.mjs';

const ROUNDS = 3;
/** Writers at a time. */
const WRITERS = 6;
/** Acknowledged messages of a round, after which the process is killed while further ones are on their way. */
const WRITTEN = 40;

async function graphOf(tenant) {
  const headers = { authorization: `Bearer ${await applicationToken(tenant)}`, 'content-type': 'application/json' };
  // Each writer has a mailbox of its own, because a mailbox takes four calls at a time.
  const users = ['adele@contoso.example', 'ben@contoso.example', 'admin@contoso.example'];
  return (at, path, options = {}) =>
    fetch(`${tenant.url}/v1.0/users/${users[at % users.length]}${path}`, { ...options, headers });
}

test('what is acknowledged is there after kill -9', async () => {
  const file = join(scratch(), 'tenant.json');
  /** Writer and id of each acknowledged message. */
  const acknowledged = [];
  for (let round = 0; round < ROUNDS; round++) {
    const tenant = await startTenant(['--data', file]);
    const graph = await graphOf(tenant);
    const before = acknowledged.length;
    let killed = false;
    const write = async (at) => {
      for (;;) {
        const body = JSON.stringify({ subject: `round ${round}, writer ${at}` });
        const answer = await graph(at, '/messages', { method: 'POST', body }).catch(() => undefined);
        // The answer that the kill cut off is none.
        const made = answer?.status === 201 && (await answer.json().catch(() => undefined));
        if (!made) {
          assert.ok(killed, `${answer?.status} before the process was killed`);
          return;
        }
        acknowledged.push({ at, id: made.id });
        if (!killed && acknowledged.length - before >= WRITTEN) {
          killed = true;
          process.kill(tenant.pid, 'SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, at) => write(at)));
    const again = await startTenant(['--data', file]);
    const look = await graphOf(again);
    for (const { at, id } of acknowledged) {
      const { status } = await look(at, `/messages/${id}?$select=subject`);
      assert.equal(status, 200, `round ${round}: ${id}`);
    }
    await again.end();
  }
  assert.ok(acknowledged.length >= ROUNDS * WRITTEN);
});

// docs/guide/permissions.md against the local tenant: with the least permission each method is let in, and with another
// one it is not.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { judge, needsOf } from '../../crates/xtask/docs/permissions.mjs';
import { named } from '../../crates/xtask/node/named.mjs';
import { calls, reach, WORDS } from '../../crates/xtask/node/reach.mjs';
import { packageDir } from '../e2e/processes.mjs';
import { read, root } from './documents.mjs';

/** The tenant lets everybody read users and photos. Rooms and tips have their own tests. */
const CHECKED = /^client\.(?:mail|calendar|contacts|people|settings)\b/;
const [{ methods }] = await reach(packageDir, JSON.parse(read('tests/operations.json')));
/** For each call, the least permission, as the guide has it. */
const least = new Map(
  [...needsOf(methods)]
    .filter(([call]) => CHECKED.test(call))
    .map(([call, needs]) => [call, judge(needs).least.slice(1, -1)]),
);

const { startTenant } = await import(pathToFileURL(`${packageDir}/testing.js`).href);
const program = process.env.EXO365_TENANT_BIN ?? `${root}target/debug/exo365-tenant`;
const { tenant } = await startTenant({ program });
after(() => tenant.end());

/** An administrator, who may grant every permission. */
const user = 'admin@contoso.example';
const settings = /** @type {const} */ ({ retries: 0, batching: 'off', timeZone: 'UTC' });
const made = new Map();
/** What `attempt` gives, asked for once. */
const outcomes = (permission) => made.get(permission) ?? made.set(permission, attempt(permission)).get(permission);

/** Makes every call with a token of this permission alone; gives the code that each ended with. */
async function attempt(permission) {
  const client = await tenant.signedIn({ user, scopes: [permission], client: settings });
  const { proxy, last } = named(client, 'client', WORDS);
  const found = new Map();
  for (const call of calls(proxy)) {
    const code = await call().then(
      () => 'done',
      (error) => error.code,
    );
    found.set(last(), code);
  }
  client[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  return found;
}

for (const permission of new Set(least.values())) {
  test(`${permission} is enough for the methods that need it, and another permission is not`, async () => {
    const wanted = [...least].filter(([, name]) => name === permission).map(([call]) => call);
    const other = permission.startsWith('People') ? 'Calendars.Read' : 'People.Read';
    const [granted, foreign] = [await outcomes(permission), await outcomes(other)];
    const refused = wanted.filter((call) => granted.get(call) === 'forbidden');
    assert.deepEqual(refused, [], 'refused although granted');
    const open = wanted.filter((call) => foreign.get(call) !== 'forbidden');
    assert.deepEqual(open, [], 'let in without the permission');
  });
}

// A client whose requests are validated by Prism against Microsoft's OpenAPI description of Graph.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before } from 'node:test';
import { join } from 'node:path';
import { importPackage, root } from './processes.mjs';
import { startPrism } from './third-party/prism.mjs';

export const description = process.env.EXO365_OPENAPI ?? join(root, '../shared/api/graph-subset.openapi.json');
/** Why the tests are skipped, or false. */
export const skip = existsSync(description) ? false : 'skipped: no OpenAPI description of Graph (EXO365_OPENAPI)';

/** Starts the mock before the tests of the file. Gives `{ prism, client }`, which are set by then. */
export function startClient() {
  const it = { prism: undefined, client: undefined };
  if (skip) console.log(skip);
  before(async () => {
    if (skip) return;
    it.prism = await startPrism(description);
    const { createClient } = await importPackage();
    it.client = await createClient({
      getToken: async () => 'a-token',
      cloud: { login: it.prism.origin, api: it.prism.origin },
      allowInsecureLoopback: true,
      retries: 0,
      timeZone: 'UTC',
    });
  });
  after(() => it.prism?.end());
  return it;
}

/** Runs `run(client)` and checks that its requests are valid. Gives the calls that the mock noted. */
export async function allowed({ prism, client }, run) {
  const at = prism.calls.length;
  const failure = await (async () => run(client))().then(
    () => undefined,
    (error) => error,
  );
  const calls = prism.calls.slice(at);
  assert.ok(calls.length > 0, `a call was made: ${failure?.message}`);
  for (const { method, path, status, violations, invalidResponse, body } of calls) {
    assert.deepEqual(violations, [], `${method} ${path}`);
    // Where the mock cannot make up a response it answers 500; the request was valid all the same.
    assert.ok(
      status < 400 || invalidResponse || (status === 500 && body.includes('SCHEMA_TOO_COMPLEX')),
      `${method} ${path}: ${status} ${body}`,
    );
  }
  if (calls.every(({ status }) => status < 400)) assert.equal(failure, undefined, failure?.message);
  return calls;
}

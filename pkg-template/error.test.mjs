// The one error: its brand, its JSON, its cure; and the one list of codes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Exo365Error, fail, invalidArgument } from './error.ts';
import { failure } from './tests/fake-wasm.mjs';

/** A file of the project: the tests run at its root. */
const read = (path) => readFile(path, 'utf8');

test('instanceof goes by the brand: over realms, copies and plain errors of the WebAssembly', () => {
  const foreign = runInNewContext(`Object.assign(new Error('x'), { name: 'Exo365Error', code: 'network' })`);
  for (const [value, ours] of [
    [fail('network', 'x'), true],
    [failure('network'), true],
    [foreign, true],
    [new Error('x'), false],
    [Object.assign(new Error('x'), { code: 'network' }), false],
    [Object.assign(new Error('x'), { name: 'Exo365Error' }), false],
    [{ name: 'Exo365Error', code: 5 }, false],
    [null, false],
    [undefined, false],
    ['Exo365Error', false],
    [5, false],
  ])
    assert.equal(value instanceof Exo365Error, ours, String(value));
});

test('what the WebAssembly throws becomes ours, and stays the same object', () => {
  const made = failure('not_found', 'no such item', { status: 404 });
  const ours = Exo365Error.from(made);
  assert.equal(ours, made);
  assert.ok(ours instanceof Error);
  assert.equal(Object.getPrototypeOf(ours), Exo365Error.prototype);
  assert.equal(String(ours), 'Exo365Error: no such item');
  assert.equal(Exo365Error.from(ours), ours, 'twice is once');
  const other = new TypeError('x');
  assert.equal(Exo365Error.from(other), other, 'what is not ours stays what it is');
  assert.equal(Exo365Error.from(undefined), undefined);
});

test('S30 toJSON and JSON.stringify tell the fields and not the cause', () => {
  const marker = 'eyJ0b2tlbi1tYXJrZXI';
  /** @type {any} */
  const error = Exo365Error.from(
    failure('forbidden', 'no', {
      status: 403,
      requestId: 'r',
      cause: { headers: { authorization: `Bearer ${marker}` } },
    }),
  );
  assert.deepEqual(error.toJSON(), {
    name: 'Exo365Error',
    code: 'forbidden',
    remedy: 'Ask for the permission (scope), or for access to this mailbox.',
    status: 403,
    requestId: 'r',
    message: 'no',
  });
  assert.ok(!JSON.stringify({ error }).includes(marker));
  assert.ok(!String(error).includes(marker));
  const circular = {};
  circular.self = circular;
  assert.equal(JSON.parse(JSON.stringify(fail('network', 'x', circular))).code, 'network');
});

test('resolve is there where a sign-in cures it, and asks for what is missing', async () => {
  const asked = [];
  /** Core drops it where nobody is known. */
  const same = { sameAccount: true };
  /** @type {any} */
  const signIn = async (options) => {
    asked.push(options);
    return 'account';
  };
  for (const [code, fields, wanted] of /** @type {[string, {}, {}][]} */ ([
    ['interaction_required', { claims: '{"a":1}' }, { prompt: undefined, claims: '{"a":1}', ...same }],
    ['consent_required', {}, { prompt: 'consent', claims: undefined, ...same }],
    ['wrong_account', {}, { prompt: 'select_account', claims: undefined, ...same }],
    ['signed_out', {}, { prompt: undefined, claims: undefined, ...same }],
    ['state_mismatch', {}, { prompt: undefined, claims: undefined, ...same }],
    ['state_expired', {}, { prompt: undefined, claims: undefined, ...same }],
  ])) {
    /** @type {any} */
    const error = Exo365Error.from(failure(code, code, fields), signIn);
    assert.equal(await error.resolve(), 'account', code);
    assert.deepEqual(asked.pop(), wanted, code);
    await error.resolve({ prompt: 'login', loginHint: 'adele@contoso.example' });
    assert.equal(asked.pop().prompt, 'login', 'the caller knows better');
    assert.ok(!('resolve' in error.toJSON()));
    assert.equal(
      /** @type {any} */ (Exo365Error.from(failure(code))).resolve,
      undefined,
      'not without a way to sign in',
    );
  }
  for (const code of ['network', 'forbidden', 'admin_consent_required', 'access_denied', 'aborted'])
    assert.equal(/** @type {any} */ (Exo365Error.from(failure(code), signIn)).resolve, undefined, code);
});

test('one failure that several callers share gets one resolve', () => {
  const shared = failure('signed_out');
  /** @type {(signIn: () => Promise<any>) => any} */
  const ours = (signIn) => Exo365Error.from(shared, signIn);
  const first = ours(async () => 1).resolve;
  assert.equal(ours(async () => 2).resolve, first);
});

test('a cause is kept as it is, whatever it is', () => {
  for (const cause of ['left the page', 0, null, false, new Error('x')])
    assert.equal(invalidArgument('x', cause).cause, cause);
  assert.ok(!('cause' in invalidArgument('x')));
});

test('the codes are one list: in the core, in the types, in the README', async () => {
  const rust = await read('crates/core/src/error.rs');
  const core = [...rust.matchAll(/^ {4}\w+ = "(\w+)", "(.*)";$/gm)].map(([, code, remedy]) => ({ code, remedy }));
  assert.equal(core.length, 35);
  const names = core.map(({ code }) => code).sort();
  const [, union] = /export type ErrorCode =([^;]*);/.exec(await read('pkg-template/types/codes.ts'));
  assert.deepEqual([...union.matchAll(/'(\w+)'/g)].map(([, code]) => code).sort(), names);
  const [, table] = /## Errors\n([\s\S]*?)\n## /.exec(await read('pkg-template/README.md'));
  assert.deepEqual([...table.matchAll(/^\| `(\w+)` \| .+ \| .+ \|$/gm)].map(([, code]) => code).sort(), names);

  for (const { code, remedy } of core)
    assert.equal(fail(/** @type {any} */ (code), 'x').remedy, remedy, `the sentence of ${code} is the core's`);
});

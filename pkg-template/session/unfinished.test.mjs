// A failure of a sign-in that goes along to the page where the user was.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { fail } from '../error.ts';
import { page } from '../tests/fake-page.mjs';
import { carried, settleFailure } from './unfinished.ts';

const KEY = 'exo365.failure';
let it;
beforeEach(() => {
  it = page();
});
afterEach(() => it.end());

test('a failure goes along once, with its code', () => {
  settleFailure(fail('access_denied', 'the user refused'), 'https://app.contoso.example/other');
  const failure = carried();
  assert.deepEqual([failure.code, failure.message], ['access_denied', 'the user refused']);
  assert.equal(carried(), undefined, 'once');
});

test('what is none, or too old, is no failure, and does not stay', () => {
  for (const text of ['', 'x', 'null', '[]', '{}', '{"at":5}', '{"message":"x","at":0}']) {
    it.session[KEY] = text;
    assert.equal(carried(), undefined, text);
    assert.equal(it.session[KEY], undefined, text);
  }
});

test('a full storage stops nobody on the way', () => {
  sessionStorage.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  settleFailure(fail('access_denied', 'the user refused'), 'https://app.contoso.example/other');
  assert.equal(carried(), undefined);
});

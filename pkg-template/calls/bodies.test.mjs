// What goes out, and the headers that say what it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBody } from './bodies.ts';
import { Exo365Error } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';

const it = fakeApi();

test("objects are JSON; a content type of the caller's own stays", () => {
  const body = { subject: 'Grüße', unknown: [1.25, null], whole: '\ud83d\ude00', at: new Date(0) };
  assert.deepEqual(encodeBody(it, body), [JSON.stringify(body), { 'content-type': 'application/json' }]);
  assert.deepEqual(encodeBody(it, {}, { 'Content-Type': 'application/merge-patch+json' })[1], {
    'content-type': 'application/json',
    'Content-Type': 'application/merge-patch+json',
  });
  assert.deepEqual(encodeBody(it, null), ['null', { 'content-type': 'application/json' }]);
});

test('texts, blobs and bytes go as they are', () => {
  for (const body of [
    'MIME',
    '',
    new Blob(['x']),
    new ArrayBuffer(2),
    new Uint8Array(2),
    new DataView(new ArrayBuffer(1)),
  ]) {
    const [sent, headers] = encodeBody(it, body, { a: 'b' });
    assert.equal(sent, body);
    assert.deepEqual(headers, { a: 'b' });
  }
  assert.deepEqual(encodeBody(it, undefined), [undefined, undefined]);
});

test('what would go out as something else is refused, by name where it has one', () => {
  const circle = {};
  circle.itself = circle;
  for (const [body, message] of /** @type {[any, RegExp][]} */ ([
    [circle, /JSON/],
    [{ big: 1n }, /JSON/],
    [{ size: NaN }, /^size is no finite number$/],
    [[Infinity], /finite/],
    ['half \ud800', /surrogate/],
    [{ subject: 'half \ud800' }, /^subject has half/],
    [{ list: [{ text: '\udc00' }] }, /^text has half/],
    [{ birthday: new Date('') }, /^birthday is an invalid Date$/],
    [[new Date(Number.NaN)], /invalid Date/],
  ])) {
    assert.throws(
      () => encodeBody(it, body),
      (error) => error instanceof Exo365Error && error.code === 'invalid_argument' && message.test(error.message),
    );
  }
});

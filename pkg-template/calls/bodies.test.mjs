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

test('objects of any make are JSON: frozen, without a prototype, of a class, with a form of their own', () => {
  class Item {
    subject = 'a';
    left = undefined;
    at = { toJSON: () => ['x'] };
  }
  const bare = Object.assign(Object.create(null), { subject: 'a' });
  for (const [body, text] of [
    [Object.freeze({ list: Object.freeze([1]) }), '{"list":[1]}'],
    [new Item(), '{"subject":"a","at":["x"]}'],
    [bare, '{"subject":"a"}'],
  ])
    assert.equal(encodeBody(it, body)[0], text);
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
    [{ 'half \ud800': 1 }, /surrogate/],
    // JSON would write {} for these, and nothing or null for the last ones.
    [new FormData(), /^the body has no form in JSON$/],
    [new URLSearchParams('a=b'), /^the body/],
    [new ReadableStream(), /^the body/],
    [new Map([['a', 1]]), /^the body/],
    [Promise.resolve({}), /^the body/],
    [{ categories: new Set(['a']) }, /^categories has no form in JSON$/],
    [{ file: new Blob(['x']) }, /^file/],
    [{ bytes: new Uint8Array(2) }, /^bytes/],
    [{ subject: Symbol('x') }, /^subject/],
    [{ subject: () => 'x' }, /^subject/],
    [Symbol('x'), /^the body/],
    [() => ({}), /^the body/],
    [{ categories: ['a', undefined] }, /^1 has no form/],
  ])) {
    assert.throws(
      () => encodeBody(it, body),
      (error) => error instanceof Exo365Error && error.code === 'invalid_argument' && message.test(error.message),
    );
  }
});

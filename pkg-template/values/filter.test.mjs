// Conditions: no value changes them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error } from '../error.ts';
import { filter } from './filter.ts';

const refused = (run) =>
  assert.throws(
    run,
    (error) => error instanceof Exo365Error && error.code === 'invalid_argument' && Boolean(error.remedy),
  );

test('values are written as OData literals', () => {
  for (const [value, wanted] of [
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ["''", "''''''"],
    ['', "''"],
    ['50 % & more # + ü 日本', "'50 % & more # + ü 日本'"],
    [5, '5'],
    [-1.5, '-1.5'],
    [0, '0'],
    [1e21, '1e+21'],
    [true, 'true'],
    [false, 'false'],
    [null, 'null'],
    [new Date(Date.UTC(2026, 11, 1, 8)), '2026-12-01T08:00:00.000Z'],
  ])
    assert.equal(filter`a eq ${value}`, `a eq ${wanted}`);
  assert.equal(filter`isRead eq false`, 'isRead eq false');
  assert.equal(filter`a eq ${1} and (b eq ${'x'} or c gt ${2})`, "a eq 1 and (b eq 'x' or c gt 2)");
  assert.equal(filter`${'x'} eq a`, "'x' eq a");
  assert.equal(filter`startsWith(subject,'Re: ') and from eq ${'b'}`, "startsWith(subject,'Re: ') and from eq 'b'");
});

test('what is no value of a condition is refused', () => {
  for (const value of [undefined, NaN, Infinity, -Infinity, 10n, Symbol('x'), {}, [], ['a'], () => 1, new Date(NaN)])
    refused(() => filter`a eq ${/** @type {any} */ (value)}`);
});

test('a placeholder between quotes is refused: a value there would end them', () => {
  const value = ' or true or subject eq ';
  refused(() => filter`subject eq '${value}'`);
  refused(() => filter`a eq ${1} and subject eq '${value}'`);
  refused(() => filter`startsWith(subject,'Re: ${value}')`);
  assert.equal(filter`subject eq 'it''s' and a eq ${1}`, "subject eq 'it''s' and a eq 1", 'a doubled quote is none');
});

test('called with a text it would quote nothing, and is refused', () => {
  refused(() => filter(/** @type {any} */ ("subject eq 'x'")));
  refused(() => /** @type {any} */ (filter)());
  refused(() => filter(null));
});

test('no text gets out of its quotes', () => {
  const alphabet = ["'", "''", ' or 1 eq 1', 'a', '"', '\\', '%27', '\u2019', '\n', '💌', '\ud800'];
  let seed = 7;
  const random = (limit) => {
    seed = (seed * 48271) % 2147483647;
    return seed % limit;
  };
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random(8) }, () => alphabet[random(alphabet.length)]).join('');
    const literal = filter`${text}`;
    assert.match(literal, /^'(?:[^']|'')*'$/su);
    assert.equal(literal.slice(1, -1).replaceAll("''", "'"), text);
  }
});

// What a page's own `getToken` gives: a token in either form, with white space around it at most.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exo365Error } from '../error.ts';
import { asking } from './token.ts';

/** @type {any} */
const REQUEST = {};

test('a token alone lives for one call; in an object it has what the page says of it', async () => {
  for (const [given, wanted] of /** @type {[any, object][]} */ ([
    ['a-token', { accessToken: 'a-token', expiresIn: 0, scopes: [] }],
    [' a-token\n', { accessToken: 'a-token', expiresIn: 0, scopes: [] }],
    [
      { token: '\ta-token ', expiresIn: 60.5 },
      { accessToken: 'a-token', expiresIn: 60, scopes: [] },
    ],
    [
      { token: 'a', expiresIn: 9, scopes: ['Mail.Read'] },
      { accessToken: 'a', expiresIn: 9, scopes: ['Mail.Read'] },
    ],
    [
      { token: 'a', expiresIn: -1, scopes: 'Mail.Read' },
      { accessToken: 'a', expiresIn: 0, scopes: [] },
    ],
  ]))
    assert.deepEqual(JSON.parse(/** @type {string} */ (await asking(async () => given)(REQUEST))), wanted);
});

test('S30 a text that is no token is refused and told by no error', async () => {
  for (const given of /** @type {any[]} */ ([
    'first\nsecond',
    'first second',
    { token: 'first\r\nsecond', expiresIn: 60 },
    'f\u{fc}rst-second',
    '',
    ' ',
    5,
    null,
    undefined,
    {},
  ])) {
    const error = await asking(async () => given)(REQUEST).catch((error) => error);
    assert.ok(error instanceof Exo365Error);
    assert.equal(error.code, 'invalid_argument');
    assert.doesNotMatch(`${error.message} ${error.cause} ${JSON.stringify(error)}`, /second/);
  }
});

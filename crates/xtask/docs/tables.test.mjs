// The generated parts of the guides.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors, numbers } from './errors.mjs';
import { judge, permissions } from './permissions.mjs';
import { named } from '../node/named.mjs';
import { fill } from './tables.mjs';

test('a part is written between its marks, and the rest stays', () => {
  const text = 'Before\n\n<!-- generated: it -->\nold\n<!-- end: it -->\n\nAfter\n';
  const filled = fill(text, 'it', 'new\n');
  assert.equal(filled, 'Before\n\n<!-- generated: it -->\n\nnew\n\n<!-- end: it -->\n\nAfter\n');
  assert.equal(fill(filled, 'it', 'new'), filled);
  assert.throws(() => fill('Text', 'it', 'new'), /generated: it/);
});

const CODES = `/**
 * Codes.
 *
 * The API:
 * - \`gone\`: no
 *   longer there.
 * - \`lost\`: nowhere.
 */
export type ErrorCode =
  // the API
  | 'gone'
  | 'lost';
`;

test('each code has its meaning from the types and its remedy from core', () => {
  const table = errors(CODES, { gone: 'Start over.', lost: 'Look for it.' });
  assert.match(table, /^## The API\n/);
  assert.match(table, /^\| `gone` \| No longer there\. \| Start over\. \|$/m);
  assert.match(table, /^\| `lost` \| Nowhere\. \| Look for it\. \|$/m);
});

test('a code that core, the union or the comment lacks is an error', () => {
  const remedies = { gone: 'Start over.', lost: 'Look for it.' };
  assert.throws(() => errors(CODES, { gone: 'Start over.' }), /lost/);
  assert.throws(() => errors(CODES.replace("  | 'gone'\n", ''), remedies), /gone/);
  assert.throws(() => errors(CODES.replace(' * - `lost`: nowhere.\n', ''), remedies), /lost/);
});

test('numbers are in their order', () => {
  const known = [
    { number: 70008, cause: 'Old.', remedy: 'Sign in.' },
    { number: 50011, cause: 'Unknown.', remedy: 'Register it.' },
  ];
  assert.match(numbers(known), /\| 50011 \| Unknown\. \| Register it\. \|\n\| 70008 \|/);
});

test('the least permission of a call comes first', () => {
  /** @type {[string[][], string, string][]} */
  const table = [
    [[['Mail.ReadWrite', 'Mail.Read', 'Mail.ReadBasic']], '`Mail.ReadBasic`', '`Mail.Read`, `Mail.ReadWrite`'],
    [[['User.ReadBasic.All', 'User.Read']], '`User.Read`', '`User.ReadBasic.All`'],
    // Two requests: what is enough for both.
    [[['Calendars.Read', 'Calendars.ReadWrite'], ['Calendars.ReadWrite']], '`Calendars.ReadWrite`', ''],
    [[['Mail.Read', 'Calendars.Read']], 'those for reading what is watched', ''],
    [[], 'those of the requests in it', ''],
  ];
  for (const [needs, least, more] of table) assert.deepEqual(judge(needs), { least, more });
  assert.throws(() => judge([['Mail.Read'], ['Mail.Send']]), /no one permission/);
});

test('calls of one object with equal needs share a row, and every call has an area', () => {
  const read = { scopes_delegated: ['Mail.Read'] };
  const write = { scopes_delegated: ['Mail.ReadWrite'] };
  const methods = new Map([
    [read, ['client.mail.messages.list()']],
    [write, ['client.mail.messages.create(...)']],
    [{ ...read }, ['client.mail.messages.get(id)']],
  ]);
  methods.set({ scopes_delegated: ['User.ReadWrite.All', 'User.Read'] }, ['client.user()']);
  const text = permissions(methods);
  assert.match(text, /\| the client itself \| `user\(\)` \| `User\.Read`, or `User\.ReadWrite\.All` \|/);
  assert.match(text, /^## Mail\n/);
  assert.match(text, /\| `mail\.messages` \| `list\(\)`, `get\(id\)` \| `Mail\.Read` \|/);
  assert.throws(() => permissions(new Map([[read, ['client.fax.send(...)']]])), /client\.fax\.send/);
});

test('calls are named as a reader would write them', async () => {
  const messages = { list: async () => ({ items: [] }), delete: async () => undefined };
  const client = { mail: { folder: () => ({ messages }), all: () => ({ [Symbol.asyncIterator]: () => ({}) }) } };
  const { proxy, last } = named(client, 'client', { 'id-1': 'id' });
  assert.deepEqual(await proxy.mail.folder('id-1').messages.list({ top: 5 }), { items: [] });
  assert.equal(last(), 'client.mail.folder(id).messages.list(...)');
  await proxy.mail.folder('inbox').messages.delete('id-1', { permanently: true });
  assert.equal(last(), "client.mail.folder('inbox').messages.delete(id, { permanently: true })");
  proxy.mail.all();
  assert.equal(last(), 'client.mail.all()');
});

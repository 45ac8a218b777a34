// How many of the operations a named method reaches: `node operations.mjs PACKAGE TABLE [--at-least G,V2,V1]`.
// Every method is really called, against a `fetch` that notes what it is asked; method, path and query are compared
// with the table.
import { readFileSync } from 'node:fs';
import { reach } from './reach.mjs';

const [dir, table, flag, least = '0,0,0'] = process.argv.slice(2);
const flavours = await reach(dir, JSON.parse(readFileSync(table, 'utf8')));

for (const [at, { api, column, there, methods, strangers }] of flavours.entries()) {
  const bar = Number(least.split(',')[at]);
  const ok = methods.size >= bar && strangers.length === 0;
  console.log(
    `${ok ? 'PASS' : 'FAIL'} ${api}: ${methods.size} of ${there.length} operations have a named method (at least ${bar})${strangers.length ? `; calls failed with ${strangers}` : ''}`,
  );
  if (!ok) process.exitCode = 1;
  if (flag) continue;
  for (const one of there.filter((one) => !methods.has(one))) {
    console.log(`     not yet: ${one.name}  ${one.method} ${one[column]}`);
  }
}

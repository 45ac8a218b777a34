// Runs a sample as a page would: `node run.mjs FILE`, with `client` on a local tenant. A `console.assert` that does not
// hold ends it.
import { pathToFileURL } from 'node:url';
import { importPackage, packageDir } from '../e2e/processes.mjs';

const { startTenant } = await import(pathToFileURL(`${packageDir}/testing.js`).href);
const SCOPES = ['User.Read', 'MailboxSettings.ReadWrite', 'Mail.Send', 'Mail.Send.Shared'].concat(
  ['Mail', 'Calendars', 'Contacts'].flatMap((area) => [`${area}.ReadWrite`, `${area}.ReadWrite.Shared`]),
);

const { client, tenant } = await startTenant({ scopes: SCOPES, args: ['--seed', 'full'] });
const { createClient, Exo365Error, filter } = await importPackage();
Object.assign(globalThis, { client, createClient, Exo365Error, filter });
console.assert = (condition, ...words) => {
  if (!condition) throw new Error(['an assertion of the sample does not hold', ...words].join(' '));
};
await import(pathToFileURL(process.argv[2]).href);
await tenant.end();

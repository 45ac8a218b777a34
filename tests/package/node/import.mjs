// The import has no side effects: it changes no global, keeps no process alive, and uses no browser object.
const names = () => Object.getOwnPropertyNames(globalThis).sort().join();
const before = names();
const { createClient, Exo365Error, filter } = await import('exo365');
if (names() !== before) throw new Error('the import changed the globals');
// Node closes the files of the modules only now.
await new Promise((resolve) => process.once('beforeExit', resolve));
console.log(
  JSON.stringify({
    exports: [typeof createClient, typeof Exo365Error, typeof filter],
    handles: process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FSReq/i.test(name)),
  }),
);

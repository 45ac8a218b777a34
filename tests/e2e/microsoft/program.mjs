// A program in a process of its own, because Node reads the authorities to trust at its start. Functions are sent to it
// as to a page.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts it for the tenant; `call(body, argument)` runs a function there. */
export async function startProgram(tenant) {
  const child = fork(fileURLToPath(new URL('./inside.mjs', import.meta.url)), [tenant.url], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: tenant.authority },
  });
  const stop = () => child.kill();
  process.once('exit', stop);
  const waiting = new Map();
  child.on('message', (/** @type {any} */ { id, ...outcome }) => waiting.get(id)?.(outcome));
  child.once('exit', () => {
    for (const settle of waiting.values()) settle({ error: { message: 'the program ended' } });
  });
  let last = 0;

  /** Gives `{ value }`, or `{ error }` with the plain fields of the error. */
  async function attempt(body, argument) {
    const id = ++last;
    const outcome = new Promise((resolve) => waiting.set(id, resolve));
    child.send({ id, body: String(body), argument });
    const settled = await outcome;
    waiting.delete(id);
    return settled;
  }

  return {
    attempt,
    async call(body, argument) {
      const { value, error } = await attempt(body, argument);
      if (error) throw new Error(`${error.name}: ${error.message}`);
      return value;
    },
    async end() {
      process.off('exit', stop);
      if (child.exitCode !== null || child.signalCode) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

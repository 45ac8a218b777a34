// A program with libraries for Python, if they are installed: Microsoft's, or python-o365.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID, root } from '../processes.mjs';

const packages = process.env.EXO365_PYTHON_PACKAGES ?? join(root, 'target/python');
/** Authlib and Microsoft's Graph SDK. */
export const sdk = process.env.EXO365_PYTHON_SDK ?? join(root, 'target/python-sdk');

// `cargo xtask e2e` installs the packages, or sets an empty name where it cannot.
const hasIn = (folder, ...names) => folder && names.every((name) => existsSync(join(folder, name)));
const has = (...names) => hasIn(packages, ...names);
/** Why the tests are skipped, or false. */
export const skip = has('msal', 'adal') ? false : 'skipped: no MSAL and ADAL for Python';
export const skipO365 = has('msal', 'O365') ? false : 'skipped: no python-o365';
export const skipAuthlib = hasIn(sdk, 'authlib', 'requests') ? false : 'skipped: no Authlib';
export const skipGraphSdk = hasIn(sdk, 'msgraph', 'azure') ? false : 'skipped: no msgraph-sdk';

/** Starts `program`, a file beside this one, for the tenant; `attempt(step, argument)` gives `{ value }` or `{ error }`. */
export async function startPython(tenant, program = 'inside.py', folder = packages) {
  const child = spawn('python3', ['-B', fileURLToPath(new URL(program, import.meta.url))], {
    env: {
      ...process.env,
      PYTHONPATH: folder,
      EXO365_ORIGIN: tenant.url,
      EXO365_AUTHORITY: `${tenant.url}/${TENANT_ID}`,
      EXO365_CLIENT_ID: CLIENT_ID,
      EXO365_CLIENT_SECRET: CLIENT_SECRET,
      REQUESTS_CA_BUNDLE: tenant.authority,
      SSL_CERT_FILE: tenant.authority,
      NO_PROXY: 'localhost',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child, 'spawn');
  const stop = () => child.kill();
  process.once('exit', stop);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  /** One request at a time: the program answers in their order. */
  async function attempt(step, argument) {
    child.stdin.write(`${JSON.stringify({ step, argument })}\n`);
    const { value: line, done } = await lines.next();
    if (done) throw new Error(`the program ended at ${step}`);
    return JSON.parse(line);
  }

  return {
    attempt,
    async call(step, argument) {
      const { value, error } = await attempt(step, argument);
      if (error) throw new Error(`${step}: ${error.name}: ${error.message}`);
      return value;
    },
    async end() {
      process.off('exit', stop);
      if (child.exitCode !== null || child.signalCode) return;
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

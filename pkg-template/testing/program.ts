// The program of the local tenant: where it is, and one that runs.
import { builtin, node } from './node.ts';

const NAME = 'exo365-tenant';
/** How long the program may take to open its port, in milliseconds. */
const START = 30_000;

/** A program that runs. */
export interface Running {
  /** Its address. */
  url: string;
  /** Ends it, and resolves when it has ended. */
  end(): Promise<void>;
}

/** The script of the npm package exo365-tenant: that of the working directory, or of a folder above it. */
function installed(): string | undefined {
  const { dirname, join } = builtin('node:path');
  const { existsSync } = builtin('node:fs');
  for (let at = node().cwd(); ; at = dirname(at)) {
    const script = join(at, 'node_modules', NAME, 'launch.mjs');
    if (existsSync(script)) return script;
    if (at === dirname(at)) return undefined;
  }
}

/**
 * The command line of the program: `given`, that of the environment variable EXO365_TENANT_PROGRAM, the one of the npm
 * package exo365-tenant, or the one on the PATH.
 */
function find(given: string | undefined): [program: string, ...args: string[]] {
  const { existsSync } = builtin('node:fs');
  const { join, delimiter } = builtin('node:path');
  const { env, execPath } = node();
  const named = given ?? env.EXO365_TENANT_PROGRAM;
  if (named) {
    if (existsSync(named)) return [named];
    throw new Error(`${named} does not exist: name the program ${NAME} by \`program\` or by EXO365_TENANT_PROGRAM`);
  }
  const script = installed();
  if (script) return [execPath, script];
  const found = (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, NAME))
    .find(existsSync);
  if (found) return [found];
  throw new Error(
    `the program ${NAME} is not installed: run \`npm install --save-dev ${NAME}\`, ` +
      'or name one by EXO365_TENANT_PROGRAM or `program`',
  );
}

/** Starts the tenant on a free port of this machine. It ends with this process in any case. */
export async function startProgram(given: string | undefined, args: readonly string[]): Promise<Running> {
  const [program, ...first] = find(given);
  const { existsSync, mkdtempSync, readFileSync, rmSync } = builtin('node:fs');
  const { join } = builtin('node:path');
  const folder = mkdtempSync(join(builtin('node:os').tmpdir(), 'exo365-'));
  const portFile = join(folder, 'port');
  const child = builtin('node:child_process').spawn(
    program,
    [...first, '--port', '0', '--port-file', portFile, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    // A test that forgot to end the tenant still ends.
    stream.unref?.();
    stream.on('data', (text) => {
      output += text;
    });
  }
  child.unref();
  const ended = new Promise<void>((resolve) => child.once('exit', resolve));
  child.once('error', (error) => {
    output += error.message;
  });
  const kill = () => void child.kill();
  const end = async () => {
    child.ref();
    kill();
    await ended;
  };
  node().once('exit', kill);
  try {
    for (const begin = Date.now(); ; ) {
      const port = existsSync(portFile) && Number(readFileSync(portFile, 'utf8').trim());
      if (port) return { url: `http://localhost:${port}`, end };
      if (child.exitCode !== null || child.signalCode) throw new Error(`${program} ended:\n${output}`);
      if (Date.now() - begin > START) throw new Error(`${program} opened no port in ${START} ms:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } catch (error) {
    kill();
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// What the test helpers use of Node. By a function of Node, so that bundlers and test runners for browsers can read
// this file.

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

interface Stream {
  setEncoding(encoding: 'utf8'): void;
  on(event: 'data', listener: (text: string) => void): void;
  unref?(): void;
}
interface Child {
  readonly exitCode: number | null;
  readonly signalCode: string | null;
  readonly stdout: Stream;
  readonly stderr: Stream;
  kill(): void;
  ref(): void;
  unref(): void;
  once(event: 'exit', listener: () => void): void;
  once(event: 'error', listener: (error: Error) => void): void;
}
interface Incoming extends Stream {
  statusCode: number;
  headers: Answer['headers'];
  on(event: string, listener: (text: string) => void): void;
}
interface Outgoing {
  on(event: 'error', listener: (error: Error) => void): void;
  end(body?: string): void;
}

/** The parts of Node's own modules that are used here. */
interface Modules {
  'node:child_process': { spawn(program: string, args: string[], options: object): Child };
  'node:fs': {
    existsSync(path: string): boolean;
    mkdtempSync(prefix: string): string;
    readFileSync(path: string, encoding: 'utf8'): string;
    rmSync(path: string, options: object): void;
  };
  'node:http': { request(url: string, options: object, answered: (answer: Incoming) => void): Outgoing };
  'node:os': { tmpdir(): string };
  'node:vm': { runInThisContext(code: string): unknown };
  'node:path': { dirname(path: string): string; join(...parts: string[]): string; delimiter: string };
}
interface Process {
  getBuiltinModule?(name: string): unknown;
  env: Record<string, string | undefined>;
  /** Node's own program. */
  execPath: string;
  /** The working directory. */
  cwd(): string;
  once(event: 'exit', listener: () => void): void;
}

/** The process of Node. Throws in a browser. */
export function node(): Process {
  const { process } = globalThis as { process?: Process };
  if (!process?.getBuiltinModule)
    throw new Error('startTenant starts a program: it needs Node 20.16 or newer, and does not run in a browser');
  return process;
}

export const builtin = <K extends keyof Modules>(name: K): Modules[K] => node().getBuiltinModule?.(name) as Modules[K];

/**
 * Sends a request to a server of this machine, past `fetch`: that may be a test's own, or that of a simulated browser.
 */
export function send(method: string, url: string, headers: Record<string, string> = {}, body?: string) {
  return new Promise<Answer>((resolve, reject) => {
    const request = builtin('node:http').request(url, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

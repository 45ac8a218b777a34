#!/usr/bin/env node
// Starts the program of this package that was compiled for this machine. The program is in a package of its own, which
// npm installs because it is an optional dependency for this platform.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

/** How long a signal counts as the same one, in milliseconds: npm passes on what the terminal also sent. */
const SAME = 200;

const require = createRequire(import.meta.url);
const { name, homepage, optionalDependencies } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
);

const fail = (sentence) => {
  console.error(`${name}: ${sentence}`);
  process.exit(1);
};

const ELSE = `Run it in a container, or build it with Rust: ${homepage}`;

/** Whether this is a Linux with another C library than glibc, such as Alpine. */
const isMusl = () => process.platform === 'linux' && !report().header.glibcVersionRuntime;
const report = () => /** @type {any} */ (process.report.getReport());

/** The file of the program. */
function find() {
  const packages = Object.keys(optionalDependencies);
  const platform = `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
  const wanted = packages.find((one) => one.endsWith(`-${platform}`));
  if (!wanted) {
    const all = packages.map((one) => one.split('-').slice(-2).join('-'));
    return fail(`there is no program for ${platform}, only for ${all.join(', ')}. ${ELSE}`);
  }
  try {
    return require.resolve(`${wanted}/bin/${name}${process.platform === 'win32' ? '.exe' : ''}`);
  } catch {
    return fail(
      `the package ${wanted} is not installed. Install ${name} again on this machine, with optional dependencies ` +
        '(without --omit=optional and --no-optional). A lock file or node_modules of another platform may lack it.',
    );
  }
}

const program = find();
// A process group of its own: a signal of the terminal reaches the program once, from here.
const child = spawn(program, process.argv.slice(2), { stdio: 'inherit', detached: process.platform !== 'win32' });

/** When each signal came last. */
const last = {};
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);
for (const signal of signals)
  process.on(signal, () => {
    const before = last[signal] ?? -SAME;
    last[signal] = performance.now();
    if (last[signal] - before >= SAME) child.kill(signal);
  });

// npm starts a shell, which passes no signal on: once the shell has gone, nobody wants the program any more.
if (process.env.npm_command) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    if (Object.keys(last).length === 0) child.kill('SIGTERM');
  }, 100);
  watch.unref();
}

child.once('error', (error) => fail(`${program} does not start: ${error.message}. ${ELSE}`));
child.once('exit', (code, signal) => {
  if (code !== null) process.exit(code);
  // Ended by a signal: so does this process, so that its caller sees the same.
  for (const one of signals) process.removeAllListeners(one);
  process.kill(process.pid, signal);
  // A signal that does not end this process, such as one that is ignored.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 1000);
});

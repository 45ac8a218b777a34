// Tests of other people's apps: by Vitest in simulated browsers, with MSW, and by Jest as it comes, with jsdom,
// and with ES modules.
import { test } from 'node:test';
import { command, project, wanted } from './project.mjs';

/** Both take a test of more than five seconds for failed, which starting a tenant takes on a busy machine. */
const PATIENT = ['--testTimeout', '60000'];

const runners = [
  { name: 'vitest', how: 'with jsdom', run: ['vitest', 'run', ...PATIENT, '--environment', 'jsdom'], short: true },
  { name: 'vitest', how: 'with happy-dom', run: ['vitest', 'run', ...PATIENT, '--environment', 'happy-dom'] },
  { name: 'jest', how: 'as it comes', run: ['jest', ...PATIENT, 'client.test.js'], short: true },
  { name: 'jest', how: 'with jsdom', run: ['jest', ...PATIENT, '--env', 'jsdom', 'client.test.js'] },
  {
    name: 'jest',
    how: 'with ES modules',
    run: ['jest', ...PATIENT, 'module.test.mjs'],
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
  },
  { name: 'react', how: 'in StrictMode', run: ['vitest', 'run', ...PATIENT, '--environment', 'jsdom'] },
];

for (const { name, how, run, env } of runners.filter(wanted))
  test(`${name} ${how} needs nothing`, async () => {
    await command(await project(name), run, env);
  });

// Tests of other people's apps: by Vitest in simulated browsers, with MSW, and by Jest as it comes, with jsdom,
// and with ES modules.
import { test } from 'node:test';
import { command, project, wanted } from './project.mjs';

const runners = [
  { name: 'vitest', how: 'with jsdom', run: ['vitest', 'run', '--environment', 'jsdom'], short: true },
  { name: 'vitest', how: 'with happy-dom', run: ['vitest', 'run', '--environment', 'happy-dom'] },
  { name: 'jest', how: 'as it comes', run: ['jest', 'client.test.js'], short: true },
  { name: 'jest', how: 'with jsdom', run: ['jest', '--env', 'jsdom', 'client.test.js'] },
  {
    name: 'jest',
    how: 'with ES modules',
    run: ['jest', 'module.test.mjs'],
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
  },
  { name: 'react', how: 'in StrictMode', run: ['vitest', 'run', '--environment', 'jsdom'] },
];

for (const { name, how, run, env } of runners.filter(wanted))
  test(`${name} ${how} needs nothing`, async () => {
    await command(await project(name), run, env);
  });

// `node run.mjs [--pages | --calls | --endpoint | --tenant] [--no-gate]`, run by `cargo xtask bench`: measures, prints,
// writes RESULTS.md and TENANT.md, and fails if a bar is missed. `--waterfall` prints
// the requests of the pages instead, and `--memory` what 100,000 calls leave in the browser.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waterfalls } from './first-list/waterfall.mjs';
import { measureCalls } from './calls.mjs';
import { measureEndpoint } from './endpoint.mjs';
import { measureMemory } from './memory.mjs';
import { measurePages } from './pages.mjs';
import { measureTenant } from './tenant.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const exo365 = process.env.EXO365_PACKAGE ?? join(here, '../target/pack/package');
const out = process.env.EXO365_OUT ?? join(here, '../target/bench');
const results = join(here, 'RESULTS.md');
const given = (name) => process.argv.includes(name);

/**
 * The parts of the results in their order, each by its flag, with its heading and what measures it.
 *
 * @type {Record<string, { heading: string, measure: () => Promise<{ text: string, missed: string[] }> }>}
 */
const PARTS = {
  '--pages': { heading: '# Benchmark results\n', measure: () => measurePages(exo365, out) },
  '--calls': { heading: '## Many calls\n', measure: () => measureCalls(exo365, out) },
  '--endpoint': { heading: '## The endpoint\n', measure: measureEndpoint },
};
if (given('--memory')) {
  const { text, missed } = await measureMemory(exo365, out);
  console.log([text, ...missed].join('\n'));
  process.exit(missed.length && !given('--no-gate') ? 1 : 0);
}
if (given('--waterfall')) {
  console.log(await waterfalls(exo365, out));
  process.exit();
}

/** The existing results: a part that is not measured now is kept. */
const before = existsSync(results) ? readFileSync(results, 'utf8').split(/\n(?=## (?:Many calls|The endpoint)\n)/) : [];
const only = [...Object.keys(PARTS), '--tenant'].filter(given);
const texts = [];
const missed = [];
for (const [flag, { heading, measure }] of Object.entries(PARTS)) {
  if (only.length && !only.includes(flag)) {
    texts.push(before.find((part) => part.startsWith(heading)) ?? '');
    continue;
  }
  const part = await measure();
  texts.push(part.text);
  missed.push(...part.missed);
}
const text = texts.filter(Boolean).join('\n');
writeFileSync(results, text);
console.log(text);
if (!only.length || only.includes('--tenant')) {
  const tenant = await measureTenant();
  console.log(tenant.text);
  missed.push(...tenant.missed);
}

for (const one of missed) console.log(`missed: ${one}`);
if (missed.length > 0 && !given('--no-gate')) process.exitCode = 1;

// `node run.mjs [--pages | --endpoint | --tenant] [--no-gate]`, run by `cargo xtask bench`: measures, prints, writes RESULTS.md,
// and fails if a bar is missed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureEndpoint } from './endpoint.mjs';
import { measurePages } from './pages.mjs';
import { measureTenant } from './tenant.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const exo365 = process.env.EXO365_PACKAGE ?? join(here, '../target/pack/package');
const out = process.env.EXO365_OUT ?? join(here, '../target/bench');
const results = join(here, 'RESULTS.md');
const given = (name) => process.argv.includes(name);

/** Measures pages and endpoint, and writes their results; the part that is not measured now is kept. */
async function measureSdk() {
  const [pagesBefore = '', endpointBefore] = existsSync(results)
    ? readFileSync(results, 'utf8').split(/\n(?=## The endpoint\n)/)
    : [];
  const endpoint = given('--pages') ? { text: endpointBefore, missed: [] } : await measureEndpoint();
  const pages = given('--endpoint') ? { text: pagesBefore, missed: [] } : await measurePages(exo365, out);
  const text = [pages.text, endpoint.text].filter(Boolean).join('\n');
  writeFileSync(results, text);
  return { text, missed: [...pages.missed, ...endpoint.missed] };
}

const parts = [];
if (!given('--tenant')) parts.push(await measureSdk());
// The tenant's results are a file of their own.
if (!given('--pages') && !given('--endpoint')) parts.push(await measureTenant());
for (const { text } of parts) console.log(text);

const missed = parts.flatMap((part) => part.missed);
for (const one of missed) console.log(`missed: ${one}`);
if (missed.length > 0 && !given('--no-gate')) process.exitCode = 1;

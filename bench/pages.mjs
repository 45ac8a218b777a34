// Compares pages with MSAL.js, the Graph client, oidc-client-ts and bare `fetch`: the measurements, the bars, and their
// part of RESULTS.md.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { download } from './download.mjs';
import { firstLists, NETWORK } from './first-list/measure.mjs';
import * as report from './first-list/report.mjs';
import { list } from './list.mjs';

const whole = (number) => Math.round(number).toLocaleString('en');
const figure = (value, unit) => (unit === 'ms' && value < 100 ? `${value.toFixed(2)} ms` : `${whole(value)} ${unit}`);

const today = () => new Date().toISOString().slice(0, 10);

/** What it is measured on, and how busy that is. */
function machine() {
  const [{ model = 'unknown' } = {}] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} cores (${model.trim()}), ${memory}, load ${loadavg()[1].toFixed(1)}`;
}

/** The first lists at each round trip: their times, and how often each was measured. */
async function allFirstLists(exo365, out) {
  /** @type {Record<number, report.Times>} */
  const times = {};
  const rounds = {};
  for (const roundTrip of report.ROUND_TRIPS) {
    rounds[roundTrip] = roundTrip === report.JUDGED ? 9 : 3;
    times[roundTrip] = await firstLists(exo365, out, { roundTrip, rounds: rounds[roundTrip] });
  }
  const note = `medians of ${rounds[report.JUDGED]} rounds; ${today()}, ${machine()}`;
  writeFileSync(new URL('./first-list.svg', import.meta.url), report.picture(times, note));
  return { lines: report.lines(times), text: report.text(times, { rounds, network: NETWORK }) };
}

/** Gives `text`, the part of RESULTS.md, and `missed`, a sentence for each missed bar. */
export async function measurePages(exo365, out) {
  const size = await download(exo365, out);
  const time = await list(exo365, out);
  const first = await allFirstLists(exo365, out);
  /** Each line: what is measured, our value, theirs, and the largest allowed ratio (null: no bar). */
  const lines = [
    [`list of ${time.top} messages against bare fetch`, time.exo365, time.fetch, 1.05, 'ms'],
    [`list of ${time.top} messages against the Graph client`, time.exo365, time.graph, 1, 'ms'],
    ...first.lines,
    ['download against MSAL.js + Graph client', size.exo365, size.lean, 0.77, 'B'],
    ["download against MSAL.js + Graph client + Microsoft's provider", size.exo365, size.provider, 0.57, 'B'],
  ].map(([what, ours, theirs, bar, unit]) => ({
    what,
    ours,
    theirs,
    ratio: ours / theirs,
    bar,
    unit,
    kept: bar === null || ours / theirs <= bar,
  }));

  const rows = lines.map(
    ({ what, ours, theirs, ratio, bar, unit, kept }) =>
      `| ${what} | ${figure(ours, unit)} | ${figure(theirs, unit)} | ${ratio.toFixed(2)} | ${bar?.toFixed(2) ?? ''} | ${bar === null ? '' : kept ? 'kept' : 'missed'} |`,
  );
  const text = `# Benchmark results

Made by \`cargo xtask bench\`; not edited by hand. ${today()}, ${machine()}, Node ${process.versions.node}, Chromium ${time.version} headless.

| what | exo365 | peer | ratio | bar | |
|---|---:|---:|---:|---:|---|
${rows.join('\n')}

**The list**: medians of ${time.rounds} rounds. The three clients take turns in one page, against the local tenant over TLS on the
same machine.

**The download**: the same small app (sign in, show ten subjects), bundled by esbuild with code splitting, compressed by
brotli at quality 11: the script and the wasm that are needed before anything is shown. The first write, and the first
batch or delta, load another part of exo365 each; \`cargo xtask size\` prints their sizes.

${first.text}`;
  const missed = lines
    .filter(({ kept }) => !kept)
    .map(({ what, ratio, bar }) => `${what}: ${ratio.toFixed(3)} of at most ${bar}`);
  return { text, missed };
}

// Compares pages with MSAL.js, the Graph client and bare `fetch`: the measurements, the bars, and their part of
// RESULTS.md.
import { cpus, loadavg, totalmem } from 'node:os';
import { download } from './download.mjs';
import { list } from './list.mjs';
import { load } from './load.mjs';

const whole = (number) => Math.round(number).toLocaleString('en');
const figure = (value, unit) => (unit === 'ms' && value < 100 ? `${value.toFixed(2)} ms` : `${whole(value)} ${unit}`);

/** Gives `text`, the part of RESULTS.md, and `missed`, a sentence for each missed bar. */
export async function measurePages(exo365, out) {
  const size = await download(exo365, out);
  const time = await list(exo365, out);
  const first = await load(exo365, out);

  const shown = 'first list of a page with a session against MSAL.js + Graph client';
  /** Each line: what is measured, our value, theirs, and the largest allowed ratio (null: no bar). */
  const lines = [
    [`list of ${time.top} messages against bare fetch`, time.exo365, time.fetch, 1.1, 'ms'],
    [`list of ${time.top} messages against the Graph client`, time.exo365, time.graph, null, 'ms'],
    [`${shown}, empty cache`, first.exo365.cold, first.msal.cold, 0.8, 'ms'],
    [`${shown}, full cache`, first.exo365.warm, first.msal.warm, 0.8, 'ms'],
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

Made by \`cargo xtask bench\`; not edited by hand. ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Chromium ${time.version.split('.')[0]} headless; load of the machine ${loadavg()[1].toFixed(1)}.

| what | exo365 | peer | ratio | bar | |
|---|---:|---:|---:|---:|---|
${rows.join('\n')}

**The list**: medians of ${time.rounds} rounds. The three clients take turns in one page, against the local tenant over TLS on the
same machine.

**The download**: the same small app (sign in, show ten subjects), bundled by esbuild with code splitting, compressed by
brotli at quality 11: the script and the wasm that are needed before anything is shown. The first write, upload, batch or
delta loads another 4.6 kB of exo365.

**The first list of a page with a session**: the time from the navigation's start until ten subjects are in the document.
The apps are those of the download; medians of ${first.rounds} rounds in turns, each in a fresh profile with new connections. The
simulated network has a round trip of ${first.roundTrip} ms to the app's server and to the service, and ${first.megabits} Mbit/s. A new connection takes
a round trip and begins with a window of ten segments. The app's server has no TLS, the service has. The time of the
service itself is not simulated. Files are compressed by brotli at quality 11 and cached, except for the page itself. This
is the best case of MSAL.js: its tokens are in the tab's storage and valid, so that nothing is renewed. In the two loads
together exo365 sends ${first.asked.exo365} requests to Graph and MSAL's page ${first.asked.msal}, preflights included. exo365 keeps no token in the
browser: it loads its WebAssembly and asks its endpoint, one after the other, before it can request the list. With a full
cache, only the page itself and the response to the preflight are missing.
`;
  const missed = lines
    .filter(({ kept }) => !kept)
    .map(({ what, ratio, bar }) => `${what}: ${ratio.toFixed(3)} of at most ${bar}`);
  return { text, missed };
}

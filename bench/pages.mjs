// Compares pages with MSAL.js, the Graph client and bare `fetch`: the measurements, the bars, and their part of
// RESULTS.md.
import { cpus, loadavg, totalmem } from 'node:os';
import { download } from './download.mjs';
import { get } from './get.mjs';
import { list } from './list.mjs';
import { load } from './load.mjs';

const whole = (number) => Math.round(number).toLocaleString('en');
const figure = (value, unit) => (unit === 'ms' && value < 100 ? `${value.toFixed(2)} ms` : `${whole(value)} ${unit}`);

/** Gives `text`, the part of RESULTS.md, and `missed`, a sentence for each missed bar. */
export async function measurePages(exo365, out) {
  const size = await download(exo365, out);
  const time = await list(exo365, out);
  const many = await get(exo365, out);
  const first = await load(exo365, out);

  const messages = `${many.count} messages by id against the Graph client, four at a time`;
  const shown = 'first list of a page with a session against MSAL.js + Graph client';
  /** Each line: what is measured, our value, theirs, and the largest allowed ratio (null: no bar). */
  const lines = [
    [`list of ${time.top} messages against bare fetch`, time.exo365, time.fetch, 1.1, 'ms'],
    [`list of ${time.top} messages against the Graph client`, time.exo365, time.graph, null, 'ms'],
    [messages, many.exo365.first, many.graph.first, 0.2, 'ms'],
    [`${messages}, once more: no preflights`, many.exo365.again, many.graph.again, null, 'ms'],
    [`${shown}, nothing of the app in the cache`, first.exo365.cold, first.msal.cold, 0.8, 'ms'],
    [`${shown}, all of the app in the cache`, first.exo365.warm, first.msal.warm, 0.8, 'ms'],
    ['download against MSAL.js + Graph client', size.exo365, size.lean, 0.75, 'B'],
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
  const counted = ({ asked, preflights }) =>
    `${asked} requests and ${preflights} ${preflights === 1 ? 'preflight' : 'preflights'}`;
  const text = `# Benchmark results

Made by \`cargo xtask bench\`; not edited by hand. ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Chromium ${time.version.split('.')[0]} headless; load of the machine ${loadavg()[1].toFixed(1)}.

| what | exo365 | peer | ratio | bar | |
|---|---:|---:|---:|---:|---|
${rows.join('\n')}

Times of a list are medians of ${time.rounds} rounds, the ways taken in turns in one page, against the local tenant over TLS on the same machine.
Downloads are the same small app (sign in, show ten subjects) bundled by esbuild with splitting: script and wasm before anything is shown,
brotli at 11. The first write, upload, batch or delta loads another 4.6 kB of exo365.

**${many.count} messages by id**, all asked for at once, of another origin with \`Authorization\`: medians of ${many.rounds} rounds, each way in a fresh profile whose four connections
are open. Each byte takes ${many.roundTrip / 2} ms in each direction, preflights' too; a call takes the service ${many.item} ms, and so does each item of a batch, four at a time, beside
the ${many.item} ms of the batch; a fifth at a time is answered with 429. exo365 sent ${counted(many.exo365)}, the Graph client ${counted(many.graph)};
no call failed on either side. Once more: in the same page, where the browser remembers its preflights for an hour.

**The first list of a page with a session**: from the navigation's start until ten subjects are in the document, the apps of the download comparison, medians of
${first.rounds} rounds in turns, each in a fresh profile with new connections. ${first.roundTrip} ms round trip to the app's server and to the service, ${first.megabits} Mbit/s, a connection costs a round trip
and begins with a window of ten segments; the app's server has no TLS, the service has; the service itself takes no time. Files come with brotli at 11 and are kept for
good, the page is not. It is MSAL's best hour: its tokens lie in the tab's storage and are valid, nobody renews, and in the two loads exo365 asks Graph ${first.asked.exo365} times and
MSAL's page ${first.asked.msal} times, the preflight included. exo365 keeps no token in the browser: it loads its WebAssembly and asks its endpoint, one after the
other, before it can ask for the list. In the cache: everything but the page itself, and the preflight's answer.
`;
  const missed = lines
    .filter(({ kept }) => !kept)
    .map(({ what, ratio, bar }) => `${what}: ${ratio.toFixed(3)} of at most ${bar}`);
  return { text, missed };
}

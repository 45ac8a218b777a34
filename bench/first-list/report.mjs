// What the results say of the first lists: the bars, a table, and the plot.
import { readFileSync } from 'node:fs';
import { plot } from './plot.mjs';
import { VARIANTS } from './variants.mjs';

/** The round trip at which the bars count; at the others the numbers are told and nothing is decided. */
export const JUDGED = 50;
export const ROUND_TRIPS = [JUDGED, 20, 150];

/** Each bar: what is measured, against what, and the largest allowed ratio with an empty and with a full cache. */
const BARS = [
  ['start', 'msal', 0.78, 0.92],
  ['both', 'msal', 0.6, 0.75],
  ['both', 'bare', 0.8, 0.85],
  ['start', 'ended', 0.6, 0.6],
  ['both', 'ended', 0.45, 0.45],
  ['start', 'handSession', 1.1, 1.1],
  ['both', 'handPreload', 1.1, 1.1],
];

/** @typedef {Record<string, { cold: number, warm: number, asked: number }>} Times Of each page. */

/**
 * Lines for the table of bars: what, our value, theirs, the largest allowed ratio, the unit.
 *
 * @param {Record<number, Times>} results
 */
export const lines = ({ [JUDGED]: times }) =>
  BARS.flatMap(([ours, theirs, ...bars]) =>
    ['cold', 'warm'].map((cache, at) => [
      `first list, ${cache === 'cold' ? 'empty' : 'full'} cache: ${VARIANTS[ours].title} against ${VARIANTS[theirs].title}`,
      times[ours][cache],
      times[theirs][cache],
      bars[at],
      'ms',
    ]),
  );

const whole = (number) => Math.round(number).toLocaleString('en');
const cell = (times, name, cache) =>
  `${whole(times[name][cache])} (${(times[name][cache] / times.msal[cache]).toFixed(2)})`;

/** The versions of the peers, as the lock file has them. */
function versions() {
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  return ['@azure/msal-browser', '@microsoft/microsoft-graph-client', 'oidc-client-ts']
    .map((name) => `${name} ${packages[`node_modules/${name}`].version}`)
    .join(', ');
}

/**
 * The table, and what it says.
 *
 * @param {Record<number, Times>} results The times by round trip.
 */
export function text(results, { rounds, network: { megabits, near, wait } }) {
  const trips = Object.keys(results)
    .map(Number)
    .sort((a, b) => a - b);
  const head = trips.flatMap((trip) => [`${trip} ms, empty`, `${trip} ms, full`]);
  const rows = Object.keys(results[JUDGED]).map((name) => {
    const cells = trips.flatMap((trip) => ['cold', 'warm'].map((cache) => cell(results[trip], name, cache)));
    return `| ${VARIANTS[name].title} | ${cells.join(' | ')} | ${results[JUDGED][name].asked} |`;
  });
  return `## The first list of a page with a session

Milliseconds from the navigation's start until ten subjects are in the document, and in brackets the ratio to MSAL.js in its
best hour, for each round trip to the servers and for an empty and a full cache. Bars count at ${JUDGED} ms.

| page | ${head.join(' | ')} | requests |
|---|${'---:|'.repeat(head.length + 1)}
${rows.join('\n')}

All pages take turns in one run, each at an origin of its own and with new connections, each round in a fresh profile: medians of ${rounds[JUDGED]} rounds at ${JUDGED} ms, of
${rounds[trips.find((trip) => trip !== JUDGED)]} at the others. All servers speak HTTP/2 over TLS. The simulated network has ${megabits} Mbit/s; a new connection takes a round trip and begins
with a window of ten segments. Between endpoint and API the round trip is ${near} ms, and the API takes ${wait} ms for a call, but not for a
preflight. Files are compressed by brotli at quality 11 and cached, except for the page itself. "Requests" are those that Graph and the
sign-in service got in both loads together, preflights included.

- **MSAL.js, best hour**: its tokens are in the tab's storage and valid. **Token ended**: the same an hour later, so that it renews first, which
  is what a user meets in the morning. **oidc-client-ts** and **bare fetch** have a valid token in the tab's storage as well.
- **exo365** keeps no token in the browser: its endpoint gives one for each page. With **exo365/start** in the page's head (and the \`Link\`
  headers of a page that the endpoint serves) the session is asked for before the app's script is there. With **preload** the list comes beside the session.
- **By hand** are pages without any library, written for nothing but this list: what the same endpoint allows at best.

Peers: ${versions()}.
`;
}

/**
 * The plot of the times at the judged round trip.
 *
 * @param {Record<number, Times>} results
 * @param {string} note How and where they were measured.
 */
export const picture = ({ [JUDGED]: times }, note) =>
  plot(
    `First list of a page with a session, ${JUDGED} ms round trip`,
    note,
    Object.entries(times).map(([name, { cold, warm }]) => ({
      title: VARIANTS[name].title,
      own: VARIANTS[name].app.startsWith('exo365'),
      cold,
      warm,
    })),
  );

// Compares the endpoint with Express + MSAL for Node: the measurements, the bars, and their part of RESULTS.md.
import { cpus, totalmem } from 'node:os';
import { measureStoreFailures } from './store.mjs';
import { proxy } from './proxy.mjs';
import { peerSessions, sessions, token } from './token.mjs';

/**
 * Sessions in both servers, and the memory of such a peer on another machine in MiB: the bar applies to the smaller of
 * the two peers.
 */
const SESSIONS = 100_000;
const PEER_MEMORY = 830e6 / 2 ** 20;

/**
 * The bars: at least 15 times the requests per second of the peer, at most 1 / 0.8 of the processor time that a bare
 * server or proxy takes for a request, at most a fifth of the peer's memory. Requests per second would say less about the
 * bare ones: wrk and the servers share the cores, and wrk takes more for a request than the difference is.
 */
const SPEED_BAR = 15;
const BARE_BAR = 0.8;
const MEMORY_BAR = 0.2;

/**
 * @typedef {object} Line
 * @property {string} what
 * @property {string} ours
 * @property {string} theirs
 * @property {{ ratio: number, bar: number, kept: boolean }} [judged] Missing where there is no bar.
 */

/** A line of the table in RESULTS.md. */
const row = (/** @type {Line} */ { what, ours, theirs, judged }) =>
  `| ${what} | ${ours} | ${theirs} | ${judged?.ratio.toFixed(2) ?? ''} | ${judged?.bar ?? ''} | ${judged ? (judged.kept ? 'kept' : 'missed') : ''} |`;

/** Gives `text`, the part of RESULTS.md, and `missed`, a sentence for each missed bar. */
export async function measureEndpoint() {
  const served = await token();
  const passed = await proxy();
  const peer = await peerSessions(SESSIONS);
  const held = await sessions(SESSIONS);
  const store = await measureStoreFailures();
  const whole = (number) => Math.round(number).toLocaleString('en');
  const speed = ({ rate, p50, p99 }) => `${whole(rate)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  const work = (one) => `${one.work.toFixed(1)} µs of processor time, ${speed(one)}`;
  const faster = served.exo365.rate / served.peer.rate;
  const share = served.bare.work / served.exo365.work;
  const shareOfProxy = passed.bare.work / passed.exo365.work;
  const lighter = held.memory / Math.min(peer.memory, PEER_MEMORY);
  /** @type {Line[]} */
  const lines = [
    {
      what: '`/token` of a live session, wrk, 32 connections',
      ours: speed(served.exo365),
      theirs: `Express + msal-node ${speed(served.peer)}`,
      judged: { ratio: faster, bar: SPEED_BAR, kept: faster >= SPEED_BAR },
    },
    {
      what: '`/token` of a live session against a constant answer of the same length by axum',
      ours: work(served.exo365),
      theirs: work(served.bare),
      judged: { ratio: share, bar: BARE_BAR, kept: share >= BARE_BAR },
    },
    {
      what: 'proxy mode, a list of ten messages, wrk, 16 connections, against a bare reverse proxy of hyper',
      ours: work(passed.exo365),
      theirs: work(passed.bare),
      judged: { ratio: shareOfProxy, bar: BARE_BAR, kept: shareOfProxy >= BARE_BAR },
    },
    {
      what: 'the same against the API double asked directly',
      ours: speed(passed.exo365),
      theirs: speed(passed.direct),
    },
    {
      what: `memory with ${whole(SESSIONS)} sessions (empty: ${whole(held.before)} MiB, ${whole(peer.before)} MiB)`,
      ours: `${whole(held.memory)} MiB`,
      theirs: `${whole(peer.memory)} MiB`,
      judged: { ratio: lighter, bar: MEMORY_BAR, kept: lighter <= MEMORY_BAR },
    },
    {
      what: `\`/token\` of ${whole(SESSIONS)} sessions in turn`,
      ours: speed(held),
      theirs: `${whole(1000 / peer.wait)}/s, one request at a time`,
    },
  ];
  const withLongest = (one) => `${speed(one)}, longest ${one.longest.toFixed(1)} ms`;
  for (const [what, key] of [
    ['no connection is cut', 'before'],
    ['one connection is cut', 'once'],
    ['ten connections a second are cut', 'often'],
  ]) {
    lines.push({ what: `\`/token\` over Redis, ${what}`, ours: withLongest(store[key]), theirs: '' });
  }
  for (const { what, ours, theirs, judged } of lines)
    console.log(`${what}: ${ours}; ${theirs}; ${judged?.ratio.toFixed(2) ?? ''}`);
  const text = `## The endpoint

${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB.

| endpoint | exo365 | peer | ratio | bar | |
|---|---:|---:|---:|---:|---|
${lines.map(row).join('\n')}

Speed: medians of rounds in turns, with one session; wrk and the servers share the cores. Against the bare servers the ratio is of the
processor time that each server used for a request. Memory: resident. For the
endpoint it is the peak under load from all its sessions, each by a sign-in of its own, with the database file beside it.
For the peer it is the memory at rest after a garbage collection, with as many users in express-session's MemoryStore and
in MSAL's cache. The ratio is to the smaller of this peer and 830 MB, which were measured on another machine. Redis:
\`appendfsync always\`, one session, medians of rounds of four seconds. Connections were cut by \`CLIENT KILL\`, ${store.cuts} in all.
No request failed: a request in progress is sent again on a new connection.
`;
  return {
    text,
    missed: lines
      .filter(({ judged }) => judged?.kept === false)
      .map(({ what, judged }) => `${what}: ${judged.ratio.toFixed(2)} of ${judged.bar}`),
  };
}

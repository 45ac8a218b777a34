// Simulates a network between a browser and its servers: latency, bandwidth in each direction, and TCP's slow start. It
// forwards bytes of any protocol, so that handshakes and preflights take as long as they would.
import { connect, createServer } from 'node:net';
import { listen } from '../tests/e2e/processes.mjs';

/** TCP's first window: ten segments (RFC 6928). */
const WINDOW = 10 * 1460;
/** Bytes that are forwarded at once. */
const PIECE = 4 * 1460;

/** One direction, shared by all connections: gives the milliseconds until `bytes` that are sent now have arrived. */
function direction(half, rate) {
  let free = 0;
  return (bytes) => {
    const now = performance.now();
    free = Math.max(free, now) + bytes / rate;
    return free - now + half;
  };
}

/** Runs functions after their wait, in the order of the calls: timers of different lengths may overtake each other. */
function inOrder() {
  const due = [];
  const run = () => {
    while (due.length > 0 && due[0].at <= performance.now()) due.shift().work();
    if (due.length > 0) setTimeout(run, Math.ceil(due[0].at - performance.now()));
  };
  return (wait, work) => {
    due.push({ at: performance.now() + wait, work });
    if (due.length === 1) setTimeout(run, Math.ceil(wait));
  };
}

/**
 * Forwards data from `from` to `to` with the delay of `travel`, after `opened`. At most one congestion window of data
 * is in flight; acknowledged bytes enlarge the window by their number.
 */
function carry(from, to, travel, half, opened) {
  const waiting = [];
  const [deliver, acknowledge] = [inOrder(), inOrder()];
  let [window, inFlight, over] = [WINDOW, 0, false];
  const finish = () => over && inFlight === 0 && waiting.length === 0 && to.end();
  const pump = () => {
    while (waiting.length > 0 && inFlight < window) {
      const piece = waiting.shift();
      inFlight += piece.length;
      const arrives = travel(piece.length);
      deliver(arrives, () => to.write(piece));
      acknowledge(arrives + half, () => {
        inFlight -= piece.length;
        window += piece.length;
        pump();
        finish();
      });
    }
  };
  from.on('data', (data) => {
    for (let at = 0; at < data.length; at += PIECE) waiting.push(data.subarray(at, at + PIECE));
    opened.then(pump);
  });
  const last = () => {
    over = true;
    finish();
  };
  // Data that was sent before the end is still in flight.
  from.on('end', last).on('close', last).on('error', last);
}

/**
 * Listens on a loopback port and forwards to the port `target()`. `roundTrip` in milliseconds, `megabits` per second in
 * each direction. A new connection takes a round trip as well.
 */
export async function startLine(target, { roundTrip, megabits = Infinity }) {
  const half = roundTrip / 2;
  const rate = (megabits * 1e6) / 8 / 1000;
  const [there, back] = [direction(half, rate), direction(half, rate)];
  const open = new Set();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port: target(), host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    // The kernel has accepted the connection already: the first data waits for as long as the handshake would take.
    const opened = new Promise((resolve) => setTimeout(resolve, roundTrip));
    carry(near, far, there, half, opened);
    carry(far, near, back, half, opened);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
  });
  return {
    port: await listen(server),
    /** Ends every connection, as servers do with idle ones. */
    cut() {
      for (const socket of open) socket.destroy();
    },
    end() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

// The line between a browser and its servers: each byte takes half a round trip, one direction carries so much and no more, and TCP opens its window as
// it does. It passes bytes, so that handshakes and preflights pay as calls do, and it knows nothing of who sends them.
import { connect, createServer } from 'node:net';
import { listen } from '../tests/e2e/processes.mjs';

/** TCP's first window: ten segments (RFC 6928). */
const WINDOW = 10 * 1460;
/** Bytes that travel as one. */
const PIECE = 4 * 1460;

/** One direction, of all connections together: says when `bytes` that are sent now have arrived, in milliseconds from now. */
function direction(half, rate) {
  let free = 0;
  return (bytes) => {
    const now = performance.now();
    free = Math.max(free, now) + bytes / rate;
    return free - now + half;
  };
}

/** Runs each thing at its time, in the order in which they were said: timers of different lengths may overtake each other. */
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

/** What `from` says reaches `to`, by `travel`, not before `opened`. A window of data is on its way at most; what is acknowledged widens it by as much. */
function carry(from, to, travel, half, opened) {
  const waiting = [];
  const [deliver, acknowledge] = [inOrder(), inOrder()];
  let [window, flying, over] = [WINDOW, 0, false];
  const finish = () => over && flying === 0 && waiting.length === 0 && to.end();
  const pump = () => {
    while (waiting.length > 0 && flying < window) {
      const piece = waiting.shift();
      flying += piece.length;
      const arrives = travel(piece.length);
      deliver(arrives, () => to.write(piece));
      acknowledge(arrives + half, () => {
        flying -= piece.length;
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
  // What was said before the end is still on its way.
  from.on('end', last).on('close', last).on('error', last);
}

/**
 * A port on loopback before `target()`, another one. `roundTrip` in milliseconds, `megabits` per second in each direction; to connect takes a round trip too.
 */
export async function startLine(target, { roundTrip, megabits = Infinity }) {
  const half = roundTrip / 2;
  const rate = (megabits * 1e6) / 8 / 1000;
  const [there, back] = [direction(half, rate), direction(half, rate)];
  const open = new Set();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port: target(), host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    // The kernel has said yes already: what comes first waits for as long as the handshake would take.
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
    /** Ends every connection, as servers do with those that nobody uses. */
    cut() {
      for (const socket of open) socket.end();
    },
    end() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

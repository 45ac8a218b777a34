// What a page load brings along: for one client, of whichever copy; asked of other tabs where this one has no record.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { page as put } from '../tests/fake-page.mjs';
import { arrivals } from './arrival.ts';
import { askTabs, offer } from './handover.ts';

const OURS = `${'A'.repeat(43)}.r`;
const SHARED = Symbol.for('exo365.arrival');
const ORIGIN = 'https://app.contoso.example';
/** @type {any} */
const more = async () => ({ askTabs });
const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

let it;
const load = (query) => {
  it?.end();
  it = put(`${ORIGIN}/mail${query}`);
  return arrivals();
};
beforeEach(() => {
  delete globalThis[SHARED];
});
afterEach(() => {
  it.fire('pagehide');
  it.end();
});
const search = (view) => JSON.parse(view.arrived()).search;

test('S46 the address of the load counts, also after a router replaced it; it is given once', async () => {
  const arrive = load(`?code=c&state=${OURS}`);
  it.session[`exo365.${OURS}`] = 'record';
  Object.assign(location, { pathname: '/inbox', search: '' });
  const taken = async (view) => {
    view.clean();
    return search(view);
  };
  assert.equal(await arrive('/auth', more, taken), `?code=c&state=${OURS}`);
  assert.equal(await arrive('/auth', more, taken), '');
});

test('an address without a state is nothing to wait for, and leaves nothing behind', async () => {
  const arrive = load('?view=week&code=VOUCHER10');
  const first = arrive('/auth', more, () => new Promise(() => {}));
  assert.equal(await arrive('/auth', more, async (view) => search(view)), '');
  assert.equal(globalThis[SHARED], undefined);
  first.catch(() => {});
});

test('S46 other clients wait until the session is there, also those of another copy of the package', async () => {
  const arrive = load(`?code=c&state=${OURS}`);
  const copy = arrivals();
  it.session[`exo365.${OURS}`] = 'record';
  const order = [];
  let open;
  const all = [
    arrive('/auth', more, async (view) => {
      view.clean();
      order.push(`first ${search(view)}`);
      await new Promise((resolve) => {
        open = resolve;
      });
      order.push('open');
    }),
    arrive('/auth', more, async (view) => order.push(`second ${search(view)}`)),
    copy('/auth', more, async (view) => order.push(`copy ${search(view)}`)),
  ];
  await turn();
  assert.deepEqual(order, [`first ?code=c&state=${OURS}`]);
  open();
  await Promise.all(all);
  assert.deepEqual(order.slice(1), ['open', 'second ', 'copy ']);
});

test('a client that leaves what arrived, which is for another endpoint, leaves it to the next one', async () => {
  const arrive = load(`?code=c&state=${OURS}`);
  it.session[`exo365.${OURS}`] = 'record';
  const asked = [];
  for (const endpoint of ['/other', '/auth', '/third'])
    await arrive(endpoint, more, async (view) => {
      asked.push([JSON.parse(view.arrived()).endpoint, search(view)]);
      if (endpoint === '/auth') view.clean();
    });
  assert.deepEqual(asked, [
    [`exo365:${ORIGIN}/other`, `?code=c&state=${OURS}`],
    [`exo365:${ORIGIN}/auth`, `?code=c&state=${OURS}`],
    [`exo365:${ORIGIN}/third`, ''],
  ]);
});

test('a client that failed before it took what arrived leaves it to the next one', async () => {
  const arrive = load(`?code=c&state=${OURS}`);
  it.session[`exo365.${OURS}`] = 'record';
  const failing = arrive('/auth', more, async () => {
    throw new Error('a setting is wrong');
  });
  const next = arrive('/auth', more, async (view) => search(view));
  await assert.rejects(failing, /setting/);
  assert.equal(await next, `?code=c&state=${OURS}`);
});

test('S41 the tab where a sign-in began removes its record first, then gives it to one that asks: once', async () => {
  const name = `exo365.${OURS}`;
  load('');
  it.session[name] = JSON.stringify({ created: 7, verifier: 'v' });
  /** Whether the record was gone at each answer. */
  const gone = [];
  class Channel extends BroadcastChannel {
    postMessage(data) {
      gone.push(!(name in it.session));
      super.postMessage(data);
    }
  }
  offer(undefined, name, Channel);
  // Two ask at the same time.
  const [one, two] = [1, 2].map(() => askTabs(new BroadcastChannel(name)));
  const record = JSON.parse(await Promise.race([one, two]));
  assert.deepEqual([record.verifier, gone, name in it.session], ['v', [true], false]);
  assert.ok(record.created > 1_700_000_000, 'its time begins now');
  for (const { run, after } of it.timers) if (after === 1000) run();
  assert.deepEqual((await Promise.all([one, two])).filter(Boolean).length, 1);
});

test('S41 without an answer the client opens after a second; a frame asks nobody; foreign states are nobody to ask', async () => {
  const asked = [];
  /** @type {any} */
  const count = async () => {
    asked.push(1);
    return { askTabs: async (channel) => channel.close() };
  };
  for (const [query, framed, wanted] of /** @type {[string, boolean, number][]} */ ([
    [`?code=c&state=${OURS}`, false, 1],
    [`?code=c&state=${OURS}`, true, 0],
    [`#code=c&state=${OURS}`, false, 1],
    [`?code=c&state=${OURS}x`, false, 0],
    ['?code=94105&state=CA', false, 0],
  ])) {
    delete globalThis[SHARED];
    asked.length = 0;
    const arrive = load(query);
    if (framed) Object.defineProperty(globalThis, 'top', { value: {}, configurable: true });
    await arrive('/auth', count, async () => {});
    assert.equal(asked.length, wanted, query);
  }
  const channel = new BroadcastChannel('exo365.nobody');
  const waiting = askTabs(channel);
  const { run, after } = it.timers.at(-1);
  assert.equal(after, 1000);
  run();
  assert.equal(await waiting, undefined);
});

test('S43 the time of a link begins when the page is left, and again when it came back and is left again', () => {
  const name = `exo365.${OURS}`;
  load('');
  it.session[name] = JSON.stringify({ created: 7 });
  let channels = 0;
  class Channel {
    constructor() {
      channels++;
    }
    close() {
      channels--;
    }
  }
  offer(undefined, name, /** @type {any} */ (Channel));
  assert.equal(JSON.parse(it.session[name]).created, 7);
  const { now } = Date;
  for (const seconds of [1_790_000_000, 1_790_001_000]) {
    Date.now = () => seconds * 1000;
    it.fire('pagehide');
    assert.deepEqual([JSON.parse(it.session[name]).created, channels], [seconds, 0]);
    it.fire('pageshow', { persisted: true });
    assert.equal(channels, 1, 'open again');
  }
  Date.now = now;
});

// A service in virtual time, with the queue of the face in front of it: nothing here waits for a real clock.
import { queue } from '../calls/queue.ts';
import { sendTogether } from '../calls/together.ts';
import { fakeApi } from './fake-api.mjs';

/** Lets everything run that needs no time. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * @typedef {object} Settings
 * @property {number} roundTrip milliseconds to the service and back
 * @property {(at: number) => number} item milliseconds that an item takes which begins at `at`
 * @property {number} [noise] 0.3: each time is up to 30 % longer
 * @property {number} [limit] so many at a time, for the service and the queue
 * @property {'requests' | 'items'} [counts] what the service counts towards its limit
 * @property {(id: number) => boolean} [isMissing] which reads are answered by 404
 * @property {import('../calls/queue.ts').Shape} [shape]
 */

/** A service and a queue before it. `read(id)` asks for an item, `write()` for something that no batch takes. */
export class Simulation {
  now = 0;
  /** Answers of 429. */
  refused = 0;
  /** Most items that ran at a time. */
  most = 0;
  /** Each request: how many items it had, when it came to the service, how long it took there. */
  requests = [];
  /** @type {Settings} */
  #settings;
  #events = [];
  #running = 0;
  #seed = 7;

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings;
    const { limit = 4, shape = 'sequences' } = settings;
    const send = (_method, _path, content) => this.#batch(JSON.parse(content).requests);
    const api = fakeApi('graph', undefined, 'UTC', { send });
    this.enter = queue(limit, shape, (lane) => sendTogether(api, lane, limit, shape));
  }

  #random() {
    const { noise = 0 } = this.#settings;
    this.#seed = (this.#seed * 1103515245 + 12345) % 2147483648;
    return 1 + (noise * this.#seed) / 2147483648;
  }

  /** Resolves when so much time has passed. */
  wait(time) {
    return new Promise((resolve) => this.#events.push({ at: this.now + time, resolve }));
  }

  #way() {
    return this.wait((this.#settings.roundTrip / 2) * this.#random());
  }

  async #item(id) {
    this.most = Math.max(this.most, ++this.#running);
    const { limit = 4, counts = 'items', item, isMissing } = this.#settings;
    const isOver = counts === 'items' && this.#running > limit;
    if (!isOver) await this.wait(item(this.now) * this.#random());
    this.#running--;
    if (isOver) this.refused++;
    return isOver ? 429 : isMissing?.(id) ? 404 : 200;
  }

  async #batch(items) {
    const status = new Map();
    const responses = [];
    await this.#way();
    const begun = this.now;
    const run = async ({ id, url, dependsOn = [] }) => {
      const failed = dependsOn.some((needed) => status.get(needed) !== 200);
      status.set(id, failed ? 424 : await this.#item(Number(url)));
      responses.unshift({ id, status: status.get(id), headers: {}, body: Number(url) });
    };
    if (items.every(({ dependsOn }) => !dependsOn)) await Promise.all(items.map(run));
    else for (const item of items) await run(item);
    this.requests.push({ count: items.length, begun, took: this.now - begun });
    await this.#way();
    return { responses };
  }

  async #single(id) {
    await this.#way();
    const begun = this.now;
    const status = await this.#item(id);
    this.requests.push({ count: 1, begun, took: this.now - begun });
    await this.#way();
    if (status !== 200) throw Object.assign(new Error(`${status}`), { status });
    return id;
  }

  /** @param {AbortSignal} [signal] */
  read(id, signal) {
    const read = () => ({ method: 'GET', url: `${id}`, headers: {} });
    // Each call has a signal of its own, as in a client.
    return this.enter('', () => this.#single(id), read, signal && AbortSignal.any([signal]));
  }

  write(id = -1) {
    return this.enter('', () => this.#single(id));
  }

  /** Lets virtual time pass until `all` are settled; gives what they came to, an error as its status. */
  async run(all) {
    const { now: own } = performance;
    const { setTimeout: ownTimeout } = globalThis;
    performance.now = () => this.now;
    /** @type {any} */ (globalThis).setTimeout = (resolve, time) => void this.wait(time).then(resolve);
    try {
      let left = true;
      const done = Promise.all(all.map((one) => one.catch(({ status }) => `${status}`))).finally(() => {
        left = false;
      });
      for (await settled(); left; await settled()) {
        this.#events.sort((a, b) => a.at - b.at);
        const next = this.#events.shift();
        if (!next) throw new Error('nobody is on the way, and not everything is answered');
        this.now = next.at;
        next.resolve();
      }
      return await done;
    } finally {
      performance.now = own;
      globalThis.setTimeout = ownTimeout;
    }
  }
}

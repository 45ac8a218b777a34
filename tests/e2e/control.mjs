// The tenant's control interface: its virtual clock, its faults, and the log of its requests.

export class Control {
  /** `send` is a `fetch` that trusts the tenant's certificate, where it has one. */
  constructor(origin, send = fetch) {
    this.origin = origin;
    this.send = send;
  }

  async #call(method, path, body) {
    const response = await this.send(`${this.origin}/_control/${path}`, {
      method,
      headers: { 'x-tenant-control': '1', ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} /_control/${path}: ${response.status} ${await response.text()}`);
    return response.json().catch(() => undefined);
  }

  state() {
    return this.#call('GET', 'state');
  }
  /** Advances the tenant's clock, so that no test has to sleep. */
  advance(seconds) {
    return this.#call('POST', 'clock', { advanceSeconds: seconds });
  }
  fault(fault) {
    return this.#call('POST', 'faults', fault);
  }
  clearFaults() {
    return this.#call('DELETE', 'faults');
  }
  /** Discards every sync state: the next delta is answered with 410. */
  expireDeltas() {
    return this.#call('DELETE', 'deltas');
  }
  /** Revokes the user's refresh tokens, as a changed password does. */
  revoke(user) {
    return this.#call('POST', 'revoke', { user });
  }
  /** Sets the operations that require a second factor, such as `PATCH /me/mailboxSettings`. */
  stepUp(...operations) {
    return this.#call('POST', 'step-up', { operations });
  }
  consent(user, granted) {
    return this.#call('POST', 'consent', { user, granted });
  }
  reset() {
    return this.#call('POST', 'reset', {});
  }
  forget() {
    return this.#call('DELETE', 'requests');
  }

  /**
   * The requests to the tenant since `forget()`.
   *
   * @param {string | ((request: any) => unknown)} [filter] A part of the path, or a condition.
   */
  async requests(filter = () => true) {
    const all = await this.#call('GET', 'requests');
    const list = Array.isArray(all) ? all : all.requests;
    return list.filter(typeof filter === 'string' ? ({ path }) => path.includes(filter) : filter);
  }
}

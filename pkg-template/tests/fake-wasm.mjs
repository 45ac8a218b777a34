// What the face sees of the WebAssembly, under the control of a test.

export const wasm = {
  /** How often the module was loaded, and with what; `broken` makes the next load fail. */
  loads: [],
  broken: undefined,
  /** What each instance was given to send its requests by. */
  fetches: [],
  /** Ends the module that was loaded last, as a trap does. */
  trap: undefined,
  /** The arguments of every `Core.open`; `opens` says what the next one does. */
  opened: [],
  /** @type {(page?: any) => Core | Promise<Core>} */
  opens: () => new Core(),
};

async function start(source, trapped) {
  wasm.loads.push(source);
  wasm.trap = trapped;
  const { broken } = wasm;
  wasm.broken = undefined;
  if (broken) throw broken;
}

/** An error as the WebAssembly makes it: a plain `Error` with our fields. */
export function failure(code, message = code, fields = {}) {
  return Object.assign(new Error(message), { name: 'Exo365Error', code }, fields);
}

export const ADELE = {
  tenantId: 't',
  objectId: 'adele',
  username: 'adele@contoso.example',
  name: 'Adele',
  isGuest: false,
};

/** What is undefined crosses as null. */
function read(asked) {
  const [method, user, path, ids, options, allowed] = JSON.parse(asked).map((one) => one ?? undefined);
  return { method, user, path, ids, options, allowed };
}
const JUDGED = { 401: 'interaction_required', 404: 'not_found', 429: 'throttled', 503: 'service_unavailable' };

export class Core {
  /** Every call, in order: its name and its arguments. */
  seen = [];
  /** @type {typeof ADELE | null} */
  who;
  /** Where its API is. */
  origin = 'https://graph.microsoft.com';
  /** @type {(name: string, asked?: any) => Promise<any>} */
  answer = () => Promise.resolve();
  /** Rejects as the WebAssembly does when its session is over. */
  expire = () => {
    this.who = null;
    return Promise.reject(failure('signed_out'));
  };

  /** @param {{ who?: typeof ADELE | null, api?: string, timeZone?: string, answer?: Core['answer'] }} [settings] */
  constructor({ who = null, api = 'graph', timeZone = 'Europe/Berlin', answer } = {}) {
    this.who = who;
    this.api = api;
    this.timeZone = timeZone;
    if (answer) this.answer = answer;
  }

  static open(settings, getToken, page, origin) {
    wasm.opened.push({ settings: JSON.parse(settings), getToken, page, origin });
    return Promise.resolve().then(() => wasm.opens(page));
  }

  #note(name, ...rest) {
    this.seen.push([name, ...rest]);
  }

  profile() {
    return { api: this.api, timeZone: this.timeZone, origin: this.origin };
  }
  account() {
    return this.who && { ...this.who };
  }
  forget() {
    this.#note('forget');
    this.who = null;
  }
  authorize_url(options) {
    this.#note('authorize_url', JSON.parse(options));
    return 'https://login.example/authorize?state=STATE';
  }
  enter(said) {
    this.#note('enter', said);
    return this.answer('enter', said);
  }
  sign_out(microsoft) {
    this.#note('sign_out', microsoft);
    this.who = null;
    return this.answer('sign_out');
  }
  token(request) {
    this.#note('token', JSON.parse(request));
    return this.answer('token');
  }
  item(asked) {
    const { method, path } = read(asked);
    return JSON.stringify({ method, url: path, headers: {} });
  }
  judge(answer) {
    const [status, headers, body] = JSON.parse(answer);
    const error = failure(JUDGED[status] ?? 'bad_request', body, {
      status,
      ...(headers['Retry-After'] && { retryAfterSeconds: Number(headers['Retry-After']) }),
    });
    return [error, status === 429 || status === 503 ? 1000 : undefined, 0];
  }
  call(asked, signal, body) {
    const { method, user, path, ids, options, allowed } = read(asked);
    const call = { method, user, path, ids, options, allowed, signal, body };
    this.#note('call', call);
    return this.answer('call', call);
  }

  /** The calls, without the rest. */
  get calls() {
    return this.seen.filter(([name]) => name === 'call').map(([, call]) => call);
  }
}

/** @param {unknown} [fetch] */
export default (fetch) => {
  wasm.fetches.push(fetch);
  return { Core, start };
};

// The one error. Most are made by the WebAssembly, as real errors with our fields; here they get our prototype.

/** What a sign-in cures, and the `prompt` that it needs. */
const CURED = { interaction_required: undefined, consent_required: 'consent', signed_out: undefined, wrong_account: 'select_account' };

/** What to do about failures that the face finds itself; the core has the same sentences. */
const REMEDY = {
  aborted: 'Nothing: the caller asked for it.',
  cancelled: 'Offer the sign-in again.',
  invalid_argument: 'Correct the argument that the message names.',
  popup_blocked: "Call signIn from a click, or use mode 'redirect'.",
  invalid_response: 'Check what answers at this address (a proxy, a login page).',
  network: "Check the connection; in a browser also CORS and the CSP's connect-src.",
  unsupported_by_api: 'Use an API that has it; the message names them.',
  wasm_unavailable: "Check that the .wasm file is served and that the CSP has 'wasm-unsafe-eval'.",
};

export class Exo365Error extends Error {
  name = 'Exo365Error';

  constructor(code, message, cause) {
    super(message);
    Object.assign(this, { code, remedy: REMEDY[code] }, cause !== undefined && { cause });
  }

  /** By brand: holds across realms and across two copies of this package on one page. */
  static [Symbol.hasInstance](value) {
    return value?.name === 'Exo365Error' && typeof value.code === 'string';
  }

  /** Gives an error of the WebAssembly our prototype, and where a sign-in cures it, `resolve`. */
  static from(error, signIn) {
    if (!(error instanceof Exo365Error)) return error;
    if (Object.getPrototypeOf(error) === Error.prototype) Object.setPrototypeOf(error, Exo365Error.prototype);
    if (signIn && error.code in CURED && !error.resolve) {
      const value = (options) => signIn({ prompt: CURED[error.code], claims: error.claims, ...options });
      Object.defineProperty(error, 'resolve', { value });
    }
    return error;
  }

  toJSON() {
    const { cause, ...rest } = this;
    return { ...rest, message: this.message };
  }
}

/** An error of the face's own. */
export const fail = (code, message, cause) => new Exo365Error(code, message, cause);

/** The commonest: what was given is not what the function takes. */
export const wrong = (message, cause) => fail('invalid_argument', message, cause);

/** What `run` makes of options: they cross as JSON, which has no form for functions that call themselves and the like. */
export function plainly(run) {
  try {
    return run();
  } catch (cause) {
    throw wrong('options are plain values', cause);
  }
}

/** An option that is true or false. */
export function truth(value, name, usual) {
  if (value !== undefined && typeof value !== 'boolean') throw wrong(`\`${name}\` is true or false`);
  return value ?? usual;
}

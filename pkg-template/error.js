// The one error. Most are made by the WebAssembly, as real errors with our fields; here they get our prototype.
import { fail as make } from './wasm/exo365.js';

const CURED_BY_SIGN_IN = ['interaction_required', 'consent_required', 'signed_out', 'wrong_account'];

export class Exo365Error extends Error {
  constructor(code, message, { cause, ...rest } = {}) {
    super(message, cause && { cause });
    Object.assign(this, { code, ...rest });
  }

  /** By brand: holds across realms and across two copies of this package on one page. */
  static [Symbol.hasInstance](value) {
    return value?.name === 'Exo365Error' && typeof value.code === 'string';
  }

  /** Gives an error of the WebAssembly our prototype, and where a sign-in cures it, `resolve`. */
  static from(error, signIn) {
    if (!(error instanceof Exo365Error)) return error;
    if (Object.getPrototypeOf(error) === Error.prototype) Object.setPrototypeOf(error, Exo365Error.prototype);
    if (signIn && CURED_BY_SIGN_IN.includes(error.code) && !error.resolve) {
      const prompt = error.code === 'consent_required' ? 'consent' : error.code === 'wrong_account' ? 'select_account' : undefined;
      const value = (options) => signIn({ prompt, claims: error.claims, ...options });
      Object.defineProperty(error, 'resolve', { value });
    }
    return error;
  }

  toJSON() {
    const { cause, ...rest } = this;
    return { ...rest, name: this.name, message: this.message };
  }
}
Object.defineProperty(Exo365Error.prototype, 'name', { value: 'Exo365Error', writable: true });

/** An error of the face's own; its remedy is the WebAssembly's. */
export const fail = (code, message) => Exo365Error.from(make(code, message));

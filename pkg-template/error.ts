// The one error of the package. Most are made by the WebAssembly, as plain `Error` objects with our fields; here they get our class.
import type { ErrorCode, SignInOptions, Account } from './types.ts';

/** What to do about each code, in a sentence. The build takes them from the core, where they are written (crates/core/src/error.rs). */
declare const REMEDIES: Record<string, string>;

/** Starts a sign-in. */
export type SignIn = (options?: SignInOptions) => Promise<Account>;

/** Codes that a sign-in cures, and the `prompt` that it needs. */
const CURED_BY_SIGN_IN: Record<string, string | undefined> = {
  interaction_required: undefined,
  consent_required: 'consent',
  signed_out: undefined,
  wrong_account: 'select_account',
};

export class Exo365Error extends Error {
  override readonly name = 'Exo365Error';
  declare readonly code: ErrorCode;
  declare readonly remedy: string;
  declare readonly status?: number;
  declare readonly retryAfterSeconds?: number;
  declare readonly claims?: string;
  declare readonly resolve?: SignIn;

  /** @internal */
  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message);
    Object.assign(this, { code, remedy: REMEDIES[code] }, cause !== undefined && { cause });
  }

  /** By brand: holds across realms and across two copies of this package on one page. */
  static override [Symbol.hasInstance](value: unknown): value is Exo365Error {
    const { name, code } = (value ?? {}) as Partial<Exo365Error>;
    return name === 'Exo365Error' && typeof code === 'string';
  }

  /** @internal Gives an error of the WebAssembly our class and its remedy, and where a sign-in cures it, `resolve`. */
  static from(error: unknown, signIn?: SignIn): unknown {
    if (!(error instanceof Exo365Error)) return error;
    if (Object.getPrototypeOf(error) === Error.prototype) Object.setPrototypeOf(error, Exo365Error.prototype);
    if (!error.remedy) Object.assign(error, { remedy: REMEDIES[error.code] });
    if (signIn && error.code in CURED_BY_SIGN_IN && !error.resolve) {
      const prompt = CURED_BY_SIGN_IN[error.code] as SignInOptions['prompt'];
      const value: SignIn = (options) => signIn({ prompt, claims: error.claims, ...options });
      Object.defineProperty(error, 'resolve', { value });
    }
    return error;
  }

  /** The error as a plain object, for logs: all fields but the cause. */
  toJSON(): object {
    const { cause: _, ...rest } = this;
    return { ...rest, message: this.message };
  }
}

/** An error that this JavaScript finds itself. */
export const fail = (code: ErrorCode, message: string, cause?: unknown) => new Exo365Error(code, message, cause);

/** The commonest: an argument is not what the function takes. */
export const invalidArgument = (message: string, cause?: unknown) => fail('invalid_argument', message, cause);

/** Options as JSON text, which is how they cross to the WebAssembly. Rejects what JSON has no form for, such as circles. */
export function toJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replacer);
  } catch (cause) {
    throw invalidArgument('options are plain values', cause);
  }
}

/** An option that is true or false; `fallback` where it was left out. */
export function booleanOption(value: unknown, name: string, fallback?: boolean): boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw invalidArgument(`\`${name}\` is true or false`);
  return value ?? fallback;
}

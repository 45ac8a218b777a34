// The one error of the package. Most are made by the WebAssembly, as plain `Error` objects with our fields; here they
// get our class.
import type { Account, ErrorCode, SignInOptions } from './types.ts';

/**
 * What to do about each code, in a sentence. The build takes them from the core, where they are written
 * (crates/core/src/error.rs).
 */
declare const REMEDIES: Record<string, string>;

/**
 * A sign-in that an error asks for is for the account that is signed in (`sameAccount`), unless the caller names one.
 */
type SignIn = (options?: SignInOptions & { sameAccount?: boolean }) => Promise<Account>;

/** Codes that a sign-in cures, and the `prompt` that it needs. */
const CURED_BY_SIGN_IN: Record<string, SignInOptions['prompt']> = {
  interaction_required: undefined,
  consent_required: 'consent',
  signed_out: undefined,
  wrong_account: 'select_account',
  state_mismatch: undefined,
  state_expired: undefined,
  invalid_callback: undefined,
};

/**
 * What every call rejects with. `instanceof` also knows errors of another frame, or of a second copy of this package.
 *
 * @example
 * ```ts
 * import { Exo365Error } from 'exo365';
 *
 * try {
 *   await client.mail.messages.list();
 * } catch (error) {
 *   if (!(error instanceof Exo365Error)) throw error;
 *   console.error(error.code, error.message, error.remedy);
 *   const { resolve } = error;
 *   // Signing in helps: offer it.
 *   if (resolve) document.querySelector('#signin')?.addEventListener('click', () => resolve());
 * }
 * ```
 */
export class Exo365Error extends Error {
  /** Always `Exo365Error`. */
  override readonly name = 'Exo365Error';
  /** What failed, for programs. Codes do not change. */
  declare readonly code: ErrorCode;
  /** What to do, in a sentence for developers. */
  declare readonly remedy: string;
  /** The HTTP status, where an answer came. */
  declare readonly status?: number;
  /** The service's own id of the request (`request-id`): its support finds the call by it. */
  declare readonly requestId?: string;
  /** The id that this package gave the request (`client-request-id`). */
  declare readonly clientRequestId?: string;
  /** Id by which the sign-in service finds the request. */
  declare readonly correlationId?: string;
  /**
   * Numbers of the sign-in service's errors (`AADSTS...`), the most telling first.
   * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
   */
  declare readonly aadsts?: readonly number[];
  /** Code of the service, such as `ErrorItemNotFound`. */
  declare readonly serviceCode?: string;
  /** What Exchange writes into the header `x-ms-diagnostics`. */
  declare readonly diagnostics?: {
    /** Exchange's number of the refusal, such as 2000003. */
    number: number;
    /** Exchange's sentence. */
    reason: string;
    /** Exchange's class of refusals, such as `invalid_token`. */
    category: string;
  };
  /** How long the service asks to wait, in seconds. */
  declare readonly retryAfterSeconds?: number;
  /** Id of a draft that the call made and that is still in the mailbox, or may be: look there before you repeat it. */
  declare readonly draftId?: string;
  /** The claims that the service wants proven by the next sign-in, as JSON text. `resolve` sends them. */
  declare readonly claims?: string;
  /** Where an administrator grants the permissions. */
  declare readonly consentUrl?: string;
  /**
   * Signs in, or asks for consent, where that helps; not there otherwise. Call it from a click. Resolves and rejects as
   * `client.signIn` does.
   */
  declare readonly resolve?: (options?: SignInOptions) => Promise<Account>;
  /** How often the call was sent. */
  declare readonly attempts?: number;
  /** The headers of the last answer, as far as the browser shows them. */
  declare readonly headers?: Headers;

  private constructor(message: string) {
    super(message);
  }

  /** @internal */
  static create(code: ErrorCode, message: string, cause?: unknown): Exo365Error {
    return Object.assign(new Exo365Error(message), { code, remedy: REMEDIES[code] }, cause !== undefined && { cause });
  }

  /** Tells by name and code: holds across realms, and across two copies of this package on one page. */
  static override [Symbol.hasInstance](value: unknown): value is Exo365Error {
    const { name, code } = (value ?? {}) as Partial<Exo365Error>;
    return name === 'Exo365Error' && typeof code === 'string';
  }

  /** @internal Gives an error of the WebAssembly our class and its remedy, and where a sign-in cures it, `resolve`. */
  static from(error: unknown, signIn?: SignIn): unknown {
    if (!(error instanceof Exo365Error)) return error;
    if (Object.getPrototypeOf(error) === Error.prototype) {
      Object.setPrototypeOf(error, Exo365Error.prototype);
      if (!error.remedy) Object.assign(error, { remedy: REMEDIES[error.code] });
    }
    if (signIn && error.code in CURED_BY_SIGN_IN && !error.resolve) {
      const value: SignIn = (options) =>
        signIn({
          prompt: CURED_BY_SIGN_IN[error.code],
          claims: error.claims,
          sameAccount: options?.prompt !== 'select_account',
          ...options,
        });
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
export const fail = Exo365Error.create;

/** The commonest: an argument is not what the function takes. */
export const invalidArgument = (message: string, cause?: unknown) => fail('invalid_argument', message, cause);

/**
 * Options as JSON text, which is how they cross to the WebAssembly. Throws `invalid_argument` for what JSON has no form
 * for, such as circles.
 */
export function toJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replacer);
  } catch (cause) {
    throw invalidArgument('arguments are plain values', cause);
  }
}

/** An option that is true or false; `fallback` where it was left out. */
export function booleanOption(value: unknown, name: string, fallback?: boolean): boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw invalidArgument(`\`${name}\` is true or false`);
  return (value as boolean | undefined) ?? fallback;
}

/**
 * Throws `cause` of a call with `args`, with our class. What is not ours was thrown by a getter of the page's, or met
 * an odd answer.
 */
function rethrow(cause: unknown, args: unknown[]): never {
  if (cause instanceof Exo365Error) throw cause;
  if (!(cause instanceof TypeError)) throw invalidArgument('an argument cannot be read', cause);
  // It reads them all, and throws where they are to blame.
  toJson(args);
  throw fail('invalid_response', 'the answer has another shape', cause);
}

/** `value` with all its functions, which fail with our class only. */
export function ours<T>(value: T): T;
export function ours(value: unknown): unknown {
  if (typeof value === 'function')
    return function (this: unknown, ...args: unknown[]) {
      try {
        const result = value.apply(this, args);
        return result instanceof Promise ? result.catch((cause) => rethrow(cause, args)) : ours(result);
      } catch (cause) {
        rethrow(cause, args);
      }
    };
  if (value?.constructor !== Object) return value;
  // By all keys: what makes a view iterable is a symbol.
  const given = value as object;
  return Object.fromEntries(Reflect.ownKeys(given).map((key) => [key, ours(Reflect.get(given, key))]));
}

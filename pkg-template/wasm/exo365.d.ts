// The types of what wasm-bindgen makes of src/class.rs; the code itself comes into this folder when the package is
// built.
import type { Account, AccessToken, Flavor } from '../types.ts';
import type { Page } from '../session/page.ts';

declare class Core {
  /** Opens a client: completes a sign-in that redirected here, or restores the session. */
  static open(settings: string, getToken: unknown, page: Page | undefined, origin: string | undefined): Promise<Core>;
  profile(): { api: Flavor; timeZone: string; origin?: string };
  account(): Account | null;
  authorize_url(options: string): string;
  /**
   * Completes a sign-in with an authorization response of another window, or takes over the session that another tab
   * began.
   */
  enter(response?: string): Promise<{ tenant: string; scopes: string[] } | undefined>;
  sign_out(microsoft: boolean): Promise<string | undefined>;
  token(request: string): Promise<AccessToken>;
  forget(): void;
  call(call: string, signal: AbortSignal, body: unknown): Promise<unknown>;
  item(call: string): string;
  /**
   * `answer` is `[status, headers, body, method, url, conditional, keyed, repeats, doubt, user]` as JSON, `body` being
   * JSON text in it. Without an error, the item counts as done.
   */
  judge(answer: string): [error?: Error, wait?: number, doubt?: number];
}

/** A future of the module. */
export interface Task {
  /**
   * Runs until the next promise, `[false, promise]`, or to the end, `[true, result]`. Gets what the promise of the step
   * before was fulfilled or rejected with. Throws what the task ends with.
   */
  step(fulfilled: boolean, value: unknown): [done: boolean, value: unknown];
  free(): void;
}

/** The glue of one instance of the module. */
export interface Instance {
  Core: typeof Core;
  /**
   * Starts it. `trapped` is called once, when it must not be used any more: calls of it give undefined from then on.
   */
  start(module: WebAssembly.Module, trapped: (cause: unknown) => void): Promise<void>;
}

export type { Core };

export default function instance(): Instance;

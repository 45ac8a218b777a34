// The types of what wasm-bindgen makes of src/class.rs; the code itself comes into this folder when the package is
// built.
import type { Account, AccessToken, Flavor } from '../types.ts';
import type { Page } from '../session/page.ts';

export class Core {
  /** Opens a client: completes a sign-in that redirected here, or restores the session. */
  static open(settings: string, getToken: unknown, page: Page | undefined, origin: string | undefined): Promise<Core>;
  profile(): { api: Flavor; timeZone: string };
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
  /** `answer` is `[status, headers, body, method, repeats]` as JSON, `body` being JSON text in it. */
  judge(answer: string): [error: Error, wait: number | undefined];
}

/** Starts the module. */
export default function init(module: WebAssembly.Module): Promise<void>;

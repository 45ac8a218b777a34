// exo365 in React 18 or newer: a provider, and hooks for the client, the account and a call.
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Account, Client, Flavor } from './index.ts';

/** Properties of `Exo365Provider`. */
export interface ProviderProps<F extends Flavor = 'graph'> {
  /**
   * Opens the client, such as `() => createClient({ endpoint: '/auth' })`. It is called in the browser only, when the
   * provider is shown, twice in StrictMode, and again by `retry`. Another function does not open another client.
   */
  open: () => Promise<Client<F>>;
  /** What is inside. It is shown at once: `useExo365().status` says whether there is a client. */
  children?: ReactNode;
}

/** What `useExo365` gives. */
export interface Exo365State<F extends Flavor = 'graph'> {
  /** `opening`: the client is on its way; `ready`: it is there; `failed`: `error` says why there is none. */
  status: 'opening' | 'ready' | 'failed';
  /** The client, once `status` is `ready`. */
  client?: Client<F>;
  /** Why there is no client: what `createClient` rejected with. */
  error?: unknown;
  /** Opens the client again after a failure. */
  retry(): void;
}

/** What the function of `useCall` gets beside the client. */
export interface CallContext {
  /** Is aborted when the call is no longer wanted: give it to the call. */
  signal: AbortSignal;
}

/** What `useCall` gives. */
export interface CallState<T> {
  /** The last result for these dependencies. It stays while `reload` runs. */
  data?: T;
  /** What the last call rejected with. */
  error?: unknown;
  /** Whether a call is on its way, or waits for the client. */
  loading: boolean;
  /** Makes the call again. */
  reload(): void;
}

const Context = createContext<Exo365State | undefined>(undefined);

/**
 * Gives the components inside one client.
 *
 * @example
 * ```ts
 * import { createElement } from 'react';
 * import { createClient } from 'exo365';
 * import { Exo365Provider } from 'exo365/react';
 *
 * const open = () => createClient({ endpoint: '/auth' });
 * const root = createElement(Exo365Provider, { open }, 'the app');
 * ```
 */
export function Exo365Provider<F extends Flavor = 'graph'>({ open, children }: ProviderProps<F>): ReactElement {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Omit<Exo365State<F>, 'retry'>>({ status: 'opening' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: an inline function is another one at each render.
  useEffect(() => {
    let shown = true;
    const show = (next: Omit<Exo365State<F>, 'retry'>) => shown && setState(next);
    show({ status: 'opening' });
    (async () => {
      if (typeof open !== 'function')
        throw new TypeError('Exo365Provider needs `open`: () => createClient({ endpoint: "/auth" })');
      return open();
    })().then(
      (client) => show({ status: 'ready', client }),
      (error) => show({ status: 'failed', error }),
    );
    return () => {
      shown = false;
    };
  }, [round]);
  const value = { ...state, retry: () => setRound((count) => count + 1) };
  return createElement(Context.Provider, { value: value as Exo365State }, children);
}

/** The client, or how far it is. Throws outside of `Exo365Provider`. */
export function useExo365<F extends Flavor = 'graph'>(): Exo365State<F> {
  const state = useContext(Context);
  if (!state) throw new Error('useExo365, useAccount and useCall are for components inside <Exo365Provider>');
  return state as object as Exo365State<F>;
}

/** The signed-in user, null where nobody is signed in or the client is not there yet. Follows sign-in and sign-out. */
export function useAccount(): Account | null {
  const { client } = useExo365();
  return useSyncExternalStore(
    (changed) => {
      const stops = client && [client.on('signedin', changed), client.on('signedout', changed)];
      return () => {
        for (const stop of stops ?? []) stop();
      };
    },
    () => client?.account ?? null,
    () => null,
  );
}

const same = (one: readonly unknown[], other: readonly unknown[]) =>
  one.length === other.length && one.every((value, at) => Object.is(value, other[at]));

/**
 * Makes a call when the client is there, and again when the account or one of `dependencies` has changed. What is no
 * longer wanted is aborted by `signal`. Its error is in `error`; nothing is thrown.
 *
 * @example
 * ```ts
 * import { useCall } from 'exo365/react';
 *
 * function useSubjects(folder: string) {
 *   return useCall(
 *     (client, { signal }) => client.mail.folder(folder).messages.list({ select: ['subject'], top: 20, signal }),
 *     [folder],
 *   );
 * }
 * ```
 */
export function useCall<T, F extends Flavor = 'graph'>(
  call: (client: Client<F>, context: CallContext) => Promise<T>,
  dependencies: readonly unknown[] = [],
): CallState<T> {
  const { client } = useExo365<F>();
  const account = useAccount();
  const [round, setRound] = useState(0);
  const key = [client, account?.tenantId, account?.objectId, ...dependencies];
  const [state, setState] = useState<{ key: readonly unknown[]; round: number; data?: T; error?: unknown }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what the call depends on.
  useEffect(() => {
    if (!client) return;
    const own = new AbortController();
    const { signal } = own;
    (async () => call(client, { signal }))().then(
      (data) => signal.aborted || setState({ key, round, data }),
      (error) =>
        signal.aborted || setState((before) => ({ ...(before && same(before.key, key) && before), key, round, error })),
    );
    return () => own.abort();
  }, [...key, round]);
  const reload = () => setRound((count) => count + 1);
  // What belongs to other dependencies is not shown, not even for one frame.
  if (!state || !same(state.key, key)) return { loading: true, reload };
  const { data, error } = state;
  const loading = state.round !== round;
  return { ...(data !== undefined && { data }), ...(error !== undefined && !loading && { error }), loading, reload };
}

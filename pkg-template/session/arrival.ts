// What a page load brings along: the response to a sign-in, which one client of the page completes. `location` is read
// once, when the package loads, since a router may be quicker than the client.
import type { Begun } from './begin.ts';
import { type Address, address, BrowserPage, isWindow, kept, PREFIX } from './page.ts';
import { BroadcastChannel } from './platform.ts';

type More = () => Promise<typeof import('../more.ts')>;

/** A `state` of ours, as core makes it (crates/core/src/signin.rs): p in a window of its own, r by redirect or link. */
const OWN_STATE = /[?&#]state=([\w-]{43}\.([pr]))(?![^&#])/;
/** Where copies of the package on one page find each other: a promise, true where what arrived is used up. */
const SHARED = Symbol.for('exo365.arrival');

/** Looks for the record of the sign-in in other tabs, where this one has none. */
async function findRecord(given: string, arrived: Address, more: More): Promise<void> {
  const [, state = '', kind] = OWN_STATE.exec(given) ?? [];
  if (!kind || window.top !== window || (kind === 'r' && kept().includes(state))) return;
  try {
    const { askTabs } = await more();
    const record = await askTabs(new BroadcastChannel(PREFIX + state), kind === 'p' ? arrived : undefined);
    if (record) sessionStorage.setItem(PREFIX + state, record);
  } catch {
    // Without an answer there is no record, as core finds out.
  }
}

/** Opens clients of the page, which was loaded at the address of now. */
export function arrivals() {
  let at = isWindow() ? address() : undefined;
  const shared = globalThis as { [SHARED]?: Promise<boolean> | undefined };
  const given = () => (at?.search ?? '') + at?.hash;
  const holds = () => Boolean(shared[SHARED]) || given().includes('state=');

  /**
   * Opens a client of `endpoint` with `open`. The first one whose endpoint it is takes what arrived; the others, of
   * whichever copy, wait until that is done. `more` loads what asks other tabs. `begun` is for a client that has
   * nothing to wait for.
   */
  async function arrive<T>(
    endpoint: string,
    more: More,
    open: (view: BrowserPage) => Promise<T>,
    begun?: Begun,
  ): Promise<T> {
    const before = shared[SHARED];
    if (before) {
      if (!(await before)) return arrive(endpoint, more, open);
      at = undefined;
    }
    const arrived = at;
    const text = given();
    if (!arrived || !text.includes('state=')) {
      at = undefined;
      return open(new BrowserPage(endpoint, undefined, before ? undefined : begun));
    }
    const view = new BrowserPage(endpoint, arrived);
    const opening = findRecord(text, arrived, more).then(() => open(view));
    const done = (used: boolean) => {
      if (used) at = undefined;
      else shared[SHARED] = undefined; // What arrived is still there: the next client takes it.
      return used;
    };
    const end = () => done(view.cleaned);
    shared[SHARED] = opening.then(end, end);
    return opening;
  }

  /** `holds` tells whether the address may hold an answer to a sign-in, or a client is completing one. */
  return Object.assign(arrive, { holds });
}

export const arrive = arrivals();

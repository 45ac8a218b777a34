// What happens in other tabs of one endpoint: whoever signs in or out leaves a mark in `localStorage`, which names the
// user and no secret.
import type { Account } from '../types.ts';
import { URL } from './platform.ts';

export interface Tabs {
  /** Tells the other tabs who is signed in here. */
  tell(): void;
  /** Ends listening. */
  close(): void;
}

export interface TabEvents {
  account(): Account | null;
  /** Another user than this tab's is signed in, or none. */
  signedOutElsewhere(): void;
  /** Somebody is signed in elsewhere and nobody here. */
  signedInElsewhere(): void;
}

/** Follows the other tabs, also when the page comes back from the back/forward cache. */
export function tabs(endpoint: string, { account, signedOutElsewhere, signedInElsewhere }: TabEvents): Tabs {
  const name = `exo365:${new URL(endpoint.replace(/\/+$/, ''), document.baseURI)}`;
  const own = () => {
    const who = account();
    return who ? `${who.tenantId} ${who.objectId}` : undefined;
  };
  /** Writes a mark where there is one to write; gives the mark that is there. */
  const mark = (value?: string) => {
    try {
      if (value !== undefined) localStorage.setItem(name, value);
      return localStorage.getItem(name) ?? own();
    } catch {
      return own(); // The browser's settings forbid it.
    }
  };
  let seen = mark(own());
  const check = () => {
    const there = mark();
    // Out of the back/forward cache both events come, for one change.
    if (there === seen) return;
    seen = there;
    if (account()) {
      if (there !== own()) signedOutElsewhere();
    } else if (there) signedInElsewhere();
  };
  const events = ['storage', 'pageshow'];
  for (const type of events) addEventListener(type, check);
  return {
    tell: () => {
      seen = mark(own() ?? '');
    },
    close: () => {
      for (const type of events) removeEventListener(type, check);
    },
  };
}

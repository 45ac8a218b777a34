// What happens in other tabs, and to other clients of this page, at one endpoint: whoever signs in or out leaves a mark
// in `localStorage`, which names the user and no secret.
import type { Account } from '../types.ts';
import { nameOf, stored, unfinished } from './marks.ts';

export interface Tabs {
  /** Tells the other tabs and clients who is signed in here. */
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
  const name = nameOf(endpoint);
  const own = () => {
    const who = account();
    return who ? `${who.tenantId} ${who.objectId}` : undefined;
  };
  /** Writes a mark where there is one to write; gives the mark that is there. */
  const mark = (value?: string) => stored(name, value) ?? own();
  let seen = mark(own());
  const check = (({ detail: there = mark() }: { detail?: string | undefined }) => {
    // Out of the back/forward cache both events come, for one change.
    if (there === seen) return;
    seen = there;
    if (account()) {
      if (there !== own()) signedOutElsewhere();
    } else if (there) signedInElsewhere();
  }) as EventListener;
  // Storage events reach other documents only.
  const events = ['storage', 'pageshow', name];
  for (const type of events) addEventListener(type, check);
  return {
    tell: () => {
      const detail = own() ?? '';
      seen = detail;
      mark(detail);
      unfinished(endpoint, null);
      dispatchEvent(new CustomEvent(name, { detail }));
    },
    close: () => {
      for (const type of events) removeEventListener(type, check);
    },
  };
}

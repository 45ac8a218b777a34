// How the client of a page opens: with the sign-in that arrived here, or with the session that is there.
import { more } from '../calls/calls.ts';
import type { Core } from '../calls/core.ts';
import { type Exo365Error, fail } from '../error.ts';
import { arrive } from './arrival.ts';
import type { Begun } from './begin.ts';
import { type BrowserPage, kept, type Page, page } from './page.ts';
import { unfinished } from './marks.ts';

/** The core of a client, and the failure of the sign-in that arrived, which leaves the client usable. */
export interface Opened {
  core: Core;
  failure: Exo365Error | undefined;
}

/** https://wicg.github.io/nav-speculation/prerendering.html: TypeScript does not know it yet. */
type Prerendered = Document & { prerendering?: boolean };

/**
 * Opens the client of this page at `endpoint` with `open`. Where the user was on another page, that page is loaded.
 * `begun` is the session call, where it is on its way.
 */
export async function openInPage(
  endpoint: string,
  open: (view?: Page) => Promise<Core>,
  begun?: Begun,
): Promise<Opened> {
  // A page that the browser prerenders waits for its user: before that no sign-in begins, and none is completed.
  if ((document as Prerendered).prerendering)
    await new Promise((resolve) => document.addEventListener('prerenderingchange', resolve));
  /** The mark of a sign-out that did not reach the endpoint. */
  const mark = (value?: string | null) => unfinished(endpoint, value);
  const opened = async (view: BrowserPage) => {
    let core: Core | undefined;
    let failure = kept().includes('failure') ? (await more()).carried() : undefined;
    try {
      core = await complete(view, open, mark);
    } catch (error) {
      failure = error as Exo365Error;
    }
    if (failure) (await more()).settleFailure(failure, view.elsewhere);
    if (view.elsewhere) {
      location.replace(view.elsewhere);
      // Another page is loading. It will find the session, or the failure.
      await new Promise(() => {});
    }
    core ??= await open(page(endpoint));
    if (mark()) await (await more()).signOutFirst(core, mark);
    return { core, failure };
  };
  return arrive(endpoint, more, opened, begun);
}

/** Completes the sign-in that arrived at `view`, or restores the session. */
async function complete(view: BrowserPage, open: (view: Page) => Promise<Core>, mark: (value: null) => unknown) {
  const core = await open(view);
  if (view.cleaned && core.account()) {
    // Scripts do not see whether the browser kept the cookie of the new session: the endpoint does.
    await core.enter().catch(() => {});
    if (!core.account()) throw (await more()).cookieLost({ fail });
    mark(null);
  }
  return core;
}

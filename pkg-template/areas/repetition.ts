// A service that gives the same page for ever, each time under a new link.
import type { Api } from '../calls/api.ts';

type Item = Record<string, unknown>;

/** Pages without an item that are taken in a row: the service looks for items in parts of a mailbox. */
const EMPTY_PAGES = 1000;

/**
 * A function that is called with the items of each page, and throws where the service does not go on: two pages in a
 * row have the same ids, or two in a row were there before. One item alone may have changed twice.
 */
export function repetition({ fail }: Pick<Api, 'fail'>): (items: readonly Item[]) => void {
  const seen = new Set<string>();
  let before: string | undefined;
  let repeated = 0;
  let empty = 0;
  return (items) => {
    const now = JSON.stringify(items.length > 1 ? items.map(idOf) : items);
    empty = items.length ? 0 : empty + 1;
    if (items.length) repeated = seen.has(now) ? repeated + 1 : 0;
    if ((items.length && now === before) || repeated > 1 || empty > EMPTY_PAGES)
      throw fail('invalid_response', 'the service repeats a page');
    before = now;
    seen.add(now);
  };
}

/** The id of an item, and whether it was removed. */
const idOf = ({ id, Id, '@removed': removed, reason }: Item) => [Id ?? id, !!(removed ?? reason)];

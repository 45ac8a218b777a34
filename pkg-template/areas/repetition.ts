// A service that gives the same page for ever, each time under a new link.
import type { Api } from '../calls/api.ts';

type Item = Record<string, unknown>;

/**
 * A function that is called with the items of each page, and throws where the service does not go on: two pages in a
 * row have the same ids. One item alone may have changed twice.
 */
export function repetition({ fail }: Pick<Api, 'fail'>): (items: readonly Item[]) => void {
  let before: string | undefined;
  return (items) => {
    const now = JSON.stringify(items.length > 1 ? items.map(idOf) : items);
    if (items.length && now === before) throw fail('invalid_response', 'the service repeats a page');
    before = now;
  };
}

/** The id of an item, and whether it was removed. */
const idOf = ({ id, Id, '@removed': removed, reason }: Item) => [Id ?? id, !!(removed ?? reason)];

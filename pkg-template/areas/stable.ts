// A list as it is at the start, for loops that change what they walk over.
import type { Api, Options } from '../calls/api.ts';
import type { Page } from '../types.ts';
import { repetition } from './repetition.ts';

/** All items of all pages, each once. */
export async function everything<T>(
  api: Api,
  pages: (query?: Options) => Promise<Page<T>>,
  query: Options,
): Promise<T[]> {
  const found = new Map<unknown, T>();
  const check = repetition(api);
  for (let page: Page<T> | undefined = await pages(query); page; page = await page.next?.()) {
    check(page.items.map((one) => Object(one)));
    for (const one of page.items) {
      const { id = one, Id = id } = one as { id?: unknown; Id?: unknown };
      // What arrives meanwhile moves items to a later page, where they are again.
      if (!found.has(Id)) found.set(Id, one);
    }
  }
  return [...found.values()];
}

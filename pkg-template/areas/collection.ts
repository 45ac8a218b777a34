// One shape for everything that can be listed; one implementation.
import type { Api, Options } from '../calls/api.ts';
import { growing, list, walk } from '../calls/pages.ts';
import { below, type Path } from '../calls/path.ts';
import { booleanOption, ours } from '../error.ts';
import type { Collection, Page } from '../types.ts';

/** Items of all pages; with `stable` of a list that was read whole before. */
export async function* all<T>(
  api: Api,
  pages: (query?: Options) => Promise<Page<T>>,
  query?: Options & { stable?: boolean | undefined },
): AsyncGenerator<T, void, undefined> {
  const items = ours(async (given?: Options & { stable?: boolean | undefined }) => {
    const { stable, ...rest } = given ?? {};
    if (!booleanOption(stable, 'stable')) return walk(pages, rest);
    return (await api.lazy('everything', pages, growing(rest))) as T[];
  });
  yield* await items(query);
}

/** A collection: what is written to it may have short forms. */
export function collection<T, D = Partial<T>>(api: Api, path: Path): Collection<T, 'graph', D> {
  const item = (id: string) => below(path, '{}', id);
  const pages = (query?: Options) => list<T>(api, path, query);
  const own = {
    list: pages,
    all: (query?: Options) => all(api, pages, query),
    get: (id: string, options?: Options) =>
      api.call({ method: 'GET', path: item(id), options, allowed: ['select', 'expand'] }),
    create: (given: D, options?: Options) => api.writing('create', path, given, options),
    update: (id: string, changes: D, options?: Options) => api.writing('update', item(id), changes, options),
    async delete(id: string, options?: Options & { permanently?: boolean }) {
      const { permanently, ...rest } = options ?? {};
      const call = booleanOption(permanently, 'permanently')
        ? { method: 'POST', path: below(item(id), 'permanentDelete') }
        : { method: 'DELETE', path: item(id) };
      return api.call({ ...call, options: rest, allowed: ['ifMatch'] });
    },
    count: (query?: Options) => api.lazy('count', path, query),
    delta: (options?: Options) => api.lazy('delta', path, options),
  };
  return own as unknown as Collection<T, 'graph', D>;
}

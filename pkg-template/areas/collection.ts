// One shape for everything that can be listed; one implementation.
import type { Api, Options } from '../calls/api.ts';
import { list, walk } from '../calls/pages.ts';
import { below, type Path } from '../calls/path.ts';
import { booleanOption } from '../error.ts';
import type { Collection } from '../types.ts';

/** A collection: what is written to it may have short forms. */
export function collection<T, D = Partial<T>>(api: Api, path: Path): Collection<T, 'graph', D> {
  const item = (id: string) => below(path, '{}', id);
  const pages = (query?: Options) => list<T>(api, path, query);
  const write = async (method: string, path: Path, given: unknown, options?: Options, allowed?: string[]) =>
    api.call({ method, path, options, body: await api.lazy('draft', given, options?.timeZone), allowed });
  const all = {
    list: pages,
    all: (query?: Options) => walk(pages, query),
    get: (id: string, options?: Options) =>
      api.call({ method: 'GET', path: item(id), options, allowed: ['select', 'expand'] }),
    create: (given: D, options?: Options) => write('POST', path, given, options),
    update: (id: string, changes: D, options?: Options) => write('PATCH', item(id), changes, options, ['ifMatch']),
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
  return all as unknown as Collection<T, 'graph', D>;
}

// How many items there are, and what has changed: items, removals, and a token for the next time.
import type { Api, Options } from '../calls/api.ts';
import { below, type Path } from '../calls/path.ts';
import type { Delta } from '../types.ts';
import { repetition } from './repetition.ts';

/** How many items there are at `path`. */
export async function count(api: Api, path: Path, query?: Options): Promise<number> {
  const text = await api.call({
    method: 'GET',
    path: below(path, '$count'),
    options: { ...query, as: 'text' },
    allowed: ['filter', 'as'],
  });
  if (!/^\d+$/.test(text)) throw api.fail('invalid_response', 'the answer is no number');
  return Number(text);
}

/** An item that changed or was removed. Outlook says in the context that it was removed. */
interface Changed extends Record<string, unknown> {
  id: string;
  Id?: string;
  reason: Reason;
  '@removed'?: { reason: Reason };
  '@odata.context': string;
}
type Reason = 'deleted' | 'changed';
interface Round {
  value?: Changed[];
  '@odata.nextLink'?: string;
  '@odata.deltaLink'?: string;
}

/** The item's own id, out of what Outlook writes of a removed one: `Messages('...')`. */
const idIn = (id: string) => /\('(.*)'\)$/.exec(id)?.[1] ?? id;

/**
 * One round of changes at `path`; `query` are the path's own parameters. What `belongs` excludes is not in the list, or
 * no longer.
 */
export async function delta(
  api: Api,
  path: Path,
  options?: Options & { token?: unknown },
  query?: Record<string, string>,
  belongs: (item: Record<string, unknown>) => boolean = () => true,
): Promise<Delta<unknown>> {
  const { fail, invalidArgument } = api;
  const { token, select, ...rest } = options ?? {};
  if (token !== undefined && (typeof token !== 'string' || !token))
    throw invalidArgument('`token` is the text that delta gave');
  if (query && select) throw invalidArgument('changes of a view have no `select`');
  // What was selected is in the token.
  const always = { ...rest, changes: true };
  const first = (): Promise<Round> =>
    api.call({
      method: 'GET',
      path: below(path, 'delta()'),
      options: { ...always, select, query },
      allowed: ['select', 'query', 'pageSize', 'changes'],
    });
  const follow = (link: string): Promise<Round> =>
    api.call({ method: 'GET', path: link, options: always, allowed: ['pageSize', 'changes'] });

  const allPages = async (begun: Promise<Round>) => {
    // The last word on an id counts: it may be removed on one page, and there again on the next.
    const items = new Map<unknown, object>();
    const removed = new Map<unknown, { id: string; reason: Reason }>();
    const check = repetition(api);
    const seen = new Set<string>();
    let body = await begun;
    for (;;) {
      if (!Array.isArray(body?.value) || body.value.some((one) => Object(one) !== one))
        throw fail('invalid_response', 'the answer is no list');
      check(body.value);
      for (const one of body.value) {
        const { Id = one.id } = one;
        const gone = one['@removed'] || /deletedEntity/i.test(one['@odata.context']);
        const id = gone ? idIn(one.id) : (Id ?? one);
        if (gone || !belongs(one)) {
          items.delete(id);
          const reason = gone ? (one['@removed']?.reason ?? one.reason) : 'changed';
          removed.set(id, { id: id as string, reason });
        } else {
          // The later one may have only what changed since the earlier one.
          const merged = { ...items.get(id), ...one };
          items.delete(id);
          items.set(id, merged);
          removed.delete(id);
        }
      }
      const link = body['@odata.nextLink'];
      if (!link) break;
      if (seen.has(link)) throw fail('invalid_response', 'the service repeats a page');
      seen.add(link);
      body = await follow(link);
    }
    const next = body['@odata.deltaLink'];
    if (!next) throw fail('invalid_response', 'the service keeps no track of this list');
    return { items: [...items.values()], removed: [...removed.values()], token: next };
  };

  if (token === undefined) return { ...(await allPages(first())), resynced: false };
  try {
    return { ...(await allPages(follow(token as string))), resynced: false };
  } catch (error) {
    // The service may lose the state in the middle of a round as well.
    if ((error as { code?: string }).code !== 'gone') throw error;
    return { ...(await allPages(first())), resynced: true };
  }
}

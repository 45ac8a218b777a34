// How many there are, and what has changed: items, removals, and a token for the next time.

/** How many items there are under `path`. */
export async function count({ call, fail }, user, path, ids, query) {
  const text = await call('GET', user, `${path}/$count`, ids, { ...query, as: 'text' }, undefined, 'filter,as');
  if (!/^\d+$/.test(text)) throw fail('invalid_response', 'the answer is no number');
  return Number(text);
}

/** The item's own id, out of what Outlook writes of a removed one: `Messages('...')`. */
const plain = (id) => /\('(.*)'\)$/.exec(id)?.[1] ?? id;

/** One round under `path`, a template whose `{}` are `ids`; `query` are the path's own parameters. */
export async function delta({ call, fail, wrong }, user, path, ids, options, query) {
  const { token, select, ...rest } = options ?? {};
  if (token !== undefined && (typeof token !== 'string' || !token)) throw wrong('`token` is the text that delta gave');
  if (query && select) throw wrong('changes of a view have no `select`');
  // What was selected is in the token.
  const later = { ...rest, changes: true };
  const first = () => call('GET', user, `${path}/delta()`, ids, { ...later, select, query }, undefined, 'select,query,pageSize,changes');
  const follow = (link) => call('GET', user, link, undefined, later, undefined, 'pageSize,changes');
  const whole = async (body) => {
    const items = [];
    const removed = [];
    const seen = new Set();
    for (;;) {
      if (!Array.isArray(body?.value)) throw fail('invalid_response', 'the answer is no list');
      for (const one of body.value) {
        const reason = one['@removed']?.reason ?? one.reason;
        if (one['@removed'] || /deletedEntity/i.test(one['@odata.context'])) removed.push({ id: plain(one.id), reason });
        else items.push(one);
      }
      const link = body['@odata.nextLink'];
      if (!link) break;
      if (seen.has(link)) throw fail('invalid_response', 'the service repeats a page');
      seen.add(link);
      body = await follow(link);
    }
    const next = body['@odata.deltaLink'];
    if (!next) throw fail('invalid_response', 'the service keeps no track of this list');
    return { items, removed, token: next };
  };
  if (token === undefined) return { ...await whole(await first()), resynced: false };
  try {
    return { ...await whole(await follow(token)), resynced: false };
  } catch (error) {
    // The state may be lost in the middle of a round as well.
    if (error.code !== 'gone') throw error;
    return { ...await whole(await first()), resynced: true };
  }
}

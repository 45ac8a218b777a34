// The table of permissions: for each method, the least that it needs, and what is enough as well.

/** Areas, in the order of the guide, by how their methods begin. */
const AREAS = {
  Mail: /^client\.mail\./,
  Calendar: /^client\.calendar\./,
  'Contacts and people': /^client\.(?:contacts|people)\b/,
  Settings: /^client\.settings\./,
  'The user and the directory': /^client\.(?:user|updateUser|users|manager|directReports|photo)\b/,
  'Subscriptions and batches': /^client\.(?:subscriptions|batch)\b/,
};

/** From little to much. What is not in the list is between the two halves. */
const ORDER = ['ReadBasic', 'Read', 'Send', 'Read.Shared', 'ReadBasic.Shared', 'ReadWrite', 'ReadWrite.Shared'];
const all = (name) => name.endsWith('.All');
const rank = (name) => (all(name) ? 100 : 0) + ORDER.indexOf(name.replace(/^\w+\./, '').replace(/\.All$/, ''));
const family = (name) => name.split('.')[0];

/**
 * @param {Map<any, string[]>} methods for each operation of the table, the calls that reach it
 * @returns {string} Markdown: for each area a heading and a table
 */
export function permissions(methods) {
  const needs = needsOf(methods);
  const left = [...needs.keys()].filter((call) => !Object.values(AREAS).some((begin) => begin.test(call)));
  if (left.length > 0) throw new Error(`in no area: ${left.join(', ')}`);
  return Object.entries(AREAS)
    .map(([title, begin]) => {
      const calls = [...needs].filter(([call]) => begin.test(call));
      return `## ${title}\n\n${table(calls)}`;
    })
    .join('\n\n');
}

/** For each call, the permissions of each of its operations. */
export function needsOf(methods) {
  const needs = new Map();
  for (const [{ scopes_delegated: scopes }, calls] of methods) {
    for (const call of calls)
      needs.set(
        call,
        [...(needs.get(call) ?? []), scopes].filter((one) => one.length > 0),
      );
  }
  return needs;
}

/**
 * What one of its alternatives has to be granted: `least`, and `more` that is enough as well.
 *
 * @param {string[][]} needs
 */
export function judge(needs) {
  if (needs.length === 0) return { least: 'those of the requests in it', more: '' };
  const families = new Set(
    needs
      .flat()
      .filter((name) => !all(name))
      .map(family),
  );
  if (families.has('Mail') && families.has('Calendars')) {
    return { least: 'those for reading what is watched', more: '' };
  }
  const [first, ...rest] = needs;
  const enough = first.filter((name) => rest.every((one) => one.includes(name)));
  if (enough.length === 0) throw new Error(`no one permission is enough for all of ${JSON.stringify(needs)}`);
  const [least, ...more] = enough.sort((a, b) => rank(a) - rank(b)).map((name) => `\`${name}\``);
  return { least, more: more.join(', ') };
}

/** The object, without `client.`, and the method of a call. */
const split = (call) => /^client\.?(.*?)\.?(\w+\([^()]*\))$/.exec(call).slice(1);

/** Calls of one object stand together; those that need the same are one row. */
function table(calls) {
  const rows = new Map();
  const objects = [...new Set(calls.map(([call]) => split(call)[0]))];
  const sorted = [...calls].sort(([a], [b]) => objects.indexOf(split(a)[0]) - objects.indexOf(split(b)[0]));
  for (const [call, needs] of sorted) {
    const [object, method] = split(call);
    const { least, more } = judge(needs);
    const key = `| ${object ? `\`${object}\`` : 'the client itself'} | {} | ${least}${more && `, or ${more}`} |`;
    rows.set(key, [...(rows.get(key) ?? []), `\`${method}\``]);
  }
  const lines = [...rows].map(([key, methods]) => key.replace('{}', [...new Set(methods)].join(', ')));
  return ['| object | methods | needs |', '|---|---|---|', ...lines].join('\n');
}

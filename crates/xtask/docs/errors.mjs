// The table of error codes: their meaning from the types, what to do about them from core.

/**
 * @param {string} source pkg-template/types/codes.ts
 * @param {Record<string, string>} remedies for each code, what to do
 * @returns {string} Markdown: for each group of codes a heading and a table
 */
export function errors(source, remedies) {
  const [, comment] = /\/\*\*\n([\s\S]*?)\*\/\nexport type ErrorCode/.exec(source) ?? [];
  const union = [...source.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code);
  const groups = groupsOf(comment ?? '');
  const told = groups.flatMap(({ codes }) => codes.map(({ code }) => code));
  const differ = (one, other) => one.filter((code) => !other.includes(code));
  const missing = [...differ(union, told), ...differ(told, union), ...differ(union, Object.keys(remedies))];
  if (missing.length > 0) throw new Error(`not both in the union, in its comment and in core: ${missing.join(', ')}`);
  return groups.map(({ title, codes }) => `## ${title}\n\n${table(codes, remedies)}`).join('\n\n');
}

/** The groups of the comment: a line that ends with a colon, then a line for each code, which may be broken. */
function groupsOf(comment) {
  const lines = comment
    .replaceAll(/^ \* ?/gm, '')
    .replaceAll(/\n {2}(?=\S)/g, ' ')
    .split('\n');
  const groups = [];
  for (const line of lines) {
    const [, title] = /^([A-Z][^`]*):$/.exec(line) ?? [];
    if (title) groups.push({ title, codes: [] });
    const [, code, meaning] = /^- `(\w+)`: (.+)$/.exec(line) ?? [];
    if (code) groups.at(-1).codes.push({ code, meaning: meaning[0].toUpperCase() + meaning.slice(1) });
  }
  return groups;
}

/**
 * @param {{ number: number, cause: string, remedy: string }[]} known
 * @returns {string} Markdown: a table with a row for each number, in their order
 */
export function numbers(known) {
  const rows = [...known].sort((a, b) => a.number - b.number);
  return [
    '| AADSTS | what happened | what to do |',
    '|---|---|---|',
    ...rows.map(({ number, cause, remedy }) => `| ${number} | ${cause} | ${remedy} |`),
  ].join('\n');
}

const table = (codes, remedies) =>
  [
    '| code | what happened | what to do |',
    '|---|---|---|',
    ...codes.map(({ code, meaning }) => `| \`${code}\` | ${meaning} | ${remedies[code]} |`),
  ].join('\n');

// Values inside an OData condition (OData 4.01 part 2, §5.1.1.14): quoted, so that no value can change the condition.
import { wrong } from './error.js';

function literal(value) {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  if (value instanceof Date && !Number.isNaN(+value)) return value.toISOString();
  throw wrong('filter takes texts, finite numbers, booleans, valid Dates and null');
}

/** filter`subject eq ${text}` */
export function filter(strings, ...values) {
  let text = '';
  // Called with a text, it would quote nothing; a placeholder between quotes would end them.
  if (!strings?.raw) throw wrong('filter is a tag: filter`subject eq ${text}`');
  strings.forEach((part, at) => {
    text += part;
    if (at === values.length) return;
    if (strings.slice(0, at + 1).join('').split("'").length % 2 === 0) throw wrong('filter quotes its values: write no quotes around ${...}');
    text += literal(values[at]);
  });
  return text;
}

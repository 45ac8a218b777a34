// Values inside an OData condition (OData 4.01 part 2, §5.1.1.14): quoted, so that no value can change the condition.
import { invalidArgument } from '../error.ts';

/** What may stand in a condition. */
type Value = string | number | boolean | Date | null;

function literal(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  if (value instanceof Date && !Number.isNaN(+value)) return value.toISOString();
  throw invalidArgument('filter takes texts, finite numbers, booleans, valid Dates and null');
}

/**
 * A condition for `filter` of a query, whose values are quoted, so that none of them can change the condition. Throws
 * `invalid_argument` for values of other types, and where the template has quotes around a value.
 * @see https://learn.microsoft.com/graph/filter-query-parameter
 *
 * @example
 * ```ts
 * import { filter } from 'exo365';
 *
 * const subject = "it's lunch";
 * const { items } = await client.mail.messages.list({ filter: filter`subject eq ${subject} and isRead eq ${false}` });
 * ```
 */
export function filter(strings: TemplateStringsArray, ...values: readonly Value[]): string {
  // Called with a text, it would quote nothing.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the sentence shows how a template is written.
  if (!strings?.raw) throw invalidArgument('filter is a tag: filter`subject eq ${text}`');
  let text = '';
  /** Quotes of the template so far: an odd number means that a literal is open, which a value would end. */
  let quotes = 0;
  strings.forEach((part, at) => {
    text += part;
    quotes += part.split("'").length - 1;
    if (at === values.length) return;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the sentence shows how a template is written.
    if (quotes % 2) throw invalidArgument('filter quotes its values: write no quotes around ${...}');
    text += literal(values[at]);
  });
  return text;
}

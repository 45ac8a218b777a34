// Values inside an OData condition (OData 4.01 part 2, §5.1.1.14): quoted, so that no value can change the condition.
import { Exo365Error } from './error.js';

function literal(value) {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  if (value instanceof Date && !Number.isNaN(+value)) return value.toISOString();
  throw new Exo365Error('invalid_argument', 'a value in filter`...` is a text, a finite number, a boolean, a valid Date or null', {
    remedy: 'Correct the value.',
  });
}

/** filter`subject eq ${text}` */
export const filter = (strings, ...values) => String.raw({ raw: strings }, ...values.map(literal));

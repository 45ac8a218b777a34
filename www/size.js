// The size of a file, for people: 5 bytes, 12 kB, 9.3 MB.

/** @type {[number, string, 'long' | 'short'][]} The least size, the unit and its form. */
const UNITS = [
  [1, 'byte', 'long'],
  [1e3, 'kilobyte', 'short'],
  [1e6, 'megabyte', 'short'],
  [1e9, 'gigabyte', 'short'],
];

export function size(bytes) {
  const [factor, unit, unitDisplay] = UNITS.findLast(([least]) => bytes >= least) ?? UNITS[0];
  const amount = bytes / factor;
  const maximumFractionDigits = amount < 10 && factor > 1 ? 1 : 0;
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay, maximumFractionDigits }).format(amount);
}

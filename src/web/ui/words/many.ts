/** Numbers in sentences. */

const plain = new Intl.NumberFormat('en');

export const number = (n: number): string => plain.format(n);

/** `#` in `several` becomes the number. */
export const many = (n: number, one: string, several: string): string =>
  n === 1 ? one : several.replace('#', number(n));

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `512 bytes`, `21 kB`, `4.2 MB`: powers of ten, as the limits of this server are set and told; one decimal below 100. */
export function size(octets: number): string {
  let value = octets;
  let step = 0;
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1_000;
    step += 1;
  }
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: UNITS[step] ?? 'terabyte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 || value >= 99.95 ? 0 : 1,
  }).format(value);
}

/** Numbers in sentences. */

const plain = new Intl.NumberFormat('en');

export const number = (n: number): string => plain.format(n);

/** `#` in `several` becomes the number. */
export const many = (n: number, one: string, several: string): string =>
  n === 1 ? one : several.replace('#', number(n));

/** Octets as people say them: 512 B, 21 KB, 4.2 MB. Powers of 1,024, as mail servers state their limits. */
export function size(octets: number): string {
  if (octets < 1024) return `${octets} B`;
  const steps = ['KB', 'MB', 'GB', 'TB'];
  let value = octets / 1024;
  let step = 0;
  while (value >= 1023.95 && step < steps.length - 1) {
    value /= 1024;
    step += 1;
  }
  const shown = value < 9.95 && step > 0 ? value.toFixed(1) : String(Math.round(value));
  return `${shown} ${steps[step]}`;
}

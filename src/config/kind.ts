/**
 * What every kind of setting shares: it is read from the words of a TOML file into a value, or into
 * faults that each say what is wrong and how to mend it.
 */

export interface Fault {
  /** Where, below the place that was read: '' for the place itself, "[1]" for its second element. */
  readonly at: string;
  /** What is wrong; a sentence. */
  readonly problem: string;
  /** What to do about it; a sentence. */
  readonly mend: string;
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export interface Kind<T> {
  /** For people: "duration", "list of domains". */
  readonly name: string;
  /** @param folder absolute; what relative paths start at. Never throws, whatever `words` is. */
  read(words: unknown, folder: string): Reading<T>;
}

export function good<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function bad(problem: string, mend: string): { readonly ok: false; readonly faults: readonly Fault[] } {
  return { ok: false, faults: [{ at: '', problem, mend }] };
}

/** The longest piece of a file that is repeated in a sentence about it. */
const LONGEST_QUOTE = 60;

/** A value of a file as it may stand in a sentence: short, on one line, no control characters. */
export function quoted(words: unknown): string {
  if (Array.isArray(words)) return 'a list';
  if (words instanceof Date) return 'a date';
  if (typeof words === 'object' && words !== null) return 'a table';
  const shown = typeof words === 'string' ? JSON.stringify(words) : String(words);
  return shown.length > LONGEST_QUOTE ? `${shown.slice(0, LONGEST_QUOTE)}…` : shown;
}

/** A setting that must be a string; `mend` says which. */
export function text<T>(name: string, mend: string, read: (text: string, folder: string) => Reading<T>): Kind<T> {
  return {
    name,
    read: (words, folder) =>
      typeof words === 'string' ? read(words, folder) : bad(`${quoted(words)} is not a text in quotes`, mend),
  };
}

/** A list, each element read by `kind`; all its faults are collected. */
export function list<T>(
  name: string,
  kind: Kind<T>,
  options: { readonly atLeast?: number; readonly atMost: number },
): Kind<readonly T[]> {
  return {
    name,
    read(words, folder) {
      if (!Array.isArray(words))
        return bad(`${quoted(words)} is not a list`, 'Put it in square brackets, even when it is only one.');
      if (words.length > options.atMost)
        return bad(`the list has ${words.length} elements`, `Write ${options.atMost} at most.`);
      if (words.length < (options.atLeast ?? 0))
        return bad('the list is empty', `Write at least ${options.atLeast ?? 0}.`);
      const readings = words.map((element: unknown) => kind.read(element, folder));
      const faults = readings.flatMap((reading, i) =>
        reading.ok ? [] : reading.faults.map((fault) => ({ ...fault, at: `[${i}]${fault.at}` })),
      );
      if (faults.length > 0) return { ok: false, faults };
      return good(readings.flatMap((reading) => (reading.ok ? [reading.value] : [])));
    },
  };
}

/**
 * Keywords of an email (RFC 8621 §4.1.1). Those that every list asks for are bits of `flags`, so that listing and
 * counting read one number; the others are a JSON list with the email, and rows for who searches them.
 */

/** As bits, for ever: they stand in the database. */
const SEEN = 1;
const DRAFT = 8;
/** Set from the email's card, no keyword. */
export const HAS_ATTACHMENT = 65_536;

const BITS: ReadonlyMap<string, number> = new Map([
  ['$seen', SEEN],
  ['$flagged', 2],
  ['$answered', 4],
  ['$draft', DRAFT],
  ['$forwarded', 16],
  ['$junk', 32],
  ['$notjunk', 64],
  ['$phishing', 128],
]);

/** Keywords as the tables hold them; `others` in order. */
export interface Packed {
  readonly flags: number;
  readonly others: readonly string[];
}

export function bitOf(keyword: string): number | undefined {
  return BITS.get(keyword.toLowerCase());
}

export function packed(keywords: Iterable<string>): Packed {
  let flags = 0;
  const others = new Set<string>();
  for (const keyword of keywords) {
    const bit = bitOf(keyword);
    if (bit === undefined) others.add(keyword.toLowerCase());
    else flags |= bit;
  }
  return { flags, others: [...others].toSorted() };
}

export function unpacked(flags: number, others: readonly string[]): readonly string[] {
  return [...[...BITS].filter(([, bit]) => (flags & bit) !== 0).map(([keyword]) => keyword), ...others];
}

export function othersIn(column: string | null): readonly string[] {
  return column === null ? [] : (JSON.parse(column) as string[]);
}

export function othersColumn(others: readonly string[]): string | null {
  return others.length === 0 ? null : JSON.stringify(others);
}

/** RFC 8621 §2: neither `$seen` nor `$draft`. */
export function isUnread(flags: number): boolean {
  return (flags & (SEEN | DRAFT)) === 0;
}

/** How texts are ordered (RFC 8620 §5.5): by a collation of RFC 4790's registry. */

/** Without a collation that is named: i;unicode-casemap (RFC 5051), which is the same for everybody. */
export function compareText(a: string, b: string, collation = 'i;unicode-casemap'): number {
  const key = collation === 'i;ascii-casemap' ? asciiKey : unicodeKey;
  // Octets of UTF-8 are in the order of code points, which JavaScript's own comparison is not.
  return Buffer.compare(Buffer.from(key(a)), Buffer.from(key(b)));
}

function asciiKey(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** RFC 5051 §2: title case, then decomposed. Upper case differs from title case for four digraphs, consistently. */
export function unicodeKey(text: string): string {
  return text.toUpperCase().normalize('NFKD');
}

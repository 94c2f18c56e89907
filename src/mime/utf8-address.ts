/** Addresses in UTF-8 where only ASCII can pass (RFC 6533 §3). xtext itself is smtp/grammar's. */

/**
 * utf-8-addr-xtext = 1*(QCHAR / EmbeddedUnicodeChar) ; EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
 *
 * An address with UTF-8 where only ASCII can pass: "ü@b.test" → "\x{FC}@b.test" (RFC 6533 §3).
 */
export function encodeUtf8Address(address: string): string {
  return address.replace(
    /[^!-*,-<>-[\]-~]/gu,
    (character) => `\\x{${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(2, '0')}}`,
  );
}

/** The inverse of {@link encodeUtf8Address}; what is no code point stays as it is. */
export function decodeUtf8Address(address: string): string {
  return address.replace(/\\x\{([0-9A-F]{2,6})\}/gi, (spelled, digits: string) => {
    const point = parseInt(digits, 16);
    const isCharacter = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    return isCharacter ? String.fromCodePoint(point) : spelled;
  });
}

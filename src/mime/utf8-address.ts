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

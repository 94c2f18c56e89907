/** xtext: how addresses and ids travel in SMTP parameters (RFC 3461 §4), and its UTF-8 kin (RFC 6533 §3). */

/**
 * xtext = *( xchar / hexchar ) ; xchar = %d33-42 / %d44-60 / %d62-126 ; hexchar = "+" 2( "0"-"9" / "A"-"F" )
 *
 * The value of an ENVID or ORCPT parameter, or undefined when `text` is not xtext, or would hold
 * a control character or octets that are not UTF-8: those would end up in somebody's header.
 */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  const octets = Buffer.from(
    text.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  const value = octets.toString('utf8');
  if (!Buffer.from(value).equals(octets)) return undefined;
  return /[\0-\x1f\x7f]/.test(value) ? undefined : value;
}

/** The inverse: every octet that xtext can't hold, of the text's UTF-8, as "+XX". */
export function encodeXtext(value: string): string {
  const latin = Buffer.from(value).toString('latin1');
  return latin.replace(
    /[^!-*,-<>-~]/g,
    (character) => `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

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

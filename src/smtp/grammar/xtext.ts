/** xtext (RFC 3461 §4): how DSN and AUTH= carry text in a parameter's value. */

/**
 * xtext = *( xchar / hexchar ) ; xchar = any ASCII CHAR between "!" (33) and "~" (126) except "+" and "="
 * hexchar = "+" two upper-case hexadecimal digits
 *
 * The text, or undefined when it is not xtext or when it hides octets that aren't UTF-8. Lower-case
 * digits are taken too. UTF-8 as it stands is let through: RFC 6533 §3 allows it with SMTPUTF8.
 */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~\u0080-\u{10ffff}]|\+[0-9A-Fa-f]{2})*$/u.test(text)) return undefined;
  const octets = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/\+([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  return utf8(Buffer.from(octets, 'latin1'));
}

/** The inverse of {@link decodeXtext}, in ASCII. */
export function encodeXtext(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^!-*,-<>-~]/g, (octet) => `+${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

function utf8(octets: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

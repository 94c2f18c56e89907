/** Parameters of Content-Type and Content-Disposition (RFC 2045 §5.1) that hold UTF-8, written as RFC 2231 has them. */
import { isAscii } from '../mail/index.ts';

/** Percent-encoded octets that go on one line, with room for the name. */
const SECTION = 54;
const LONGEST_NAME = 40;

/** parameter = attribute "=" value, with the ";" before it. Sticky, and each octet is looked at a bounded number of times. */
const PARAMETER = /;[ \t]*([^\s;="()<>@,:\\/[\]?]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"()]+))[ \t]*/uy;

/**
 * The unfolded value with every parameter that isn't ASCII in extended form, one parameter a line, the others as they
 * are. Undefined when it isn't of that grammar, or what isn't ASCII stands outside the values.
 */
export function downgradeParameters(value: string): string | undefined {
  const first = value.indexOf(';');
  const kind = first < 0 ? value : value.slice(0, first).trimEnd();
  if (!isAscii(kind) || /["()]/.test(kind)) return undefined;
  const lines = [kind];
  let at = first < 0 ? value.length : first;
  while (at < value.length) {
    if (/^[; \t]+$/.test(value.slice(at, at + 1000)) && value.length - at <= 1000) break;
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(value);
    if (found === null) return undefined;
    const [all, name, quoted, token] = found as unknown as [string, string, string | undefined, string | undefined];
    if (!isAscii(name) || name.length > LONGEST_NAME) return undefined;
    if (isAscii(all)) lines.push(all.slice(1).trim());
    else lines.push(...extended(name, quoted === undefined ? (token ?? '') : quoted.replace(/\\(.)/gu, '$1')));
    at += all.length;
  }
  return lines.join(';\r\n ');
}

/** Characters of a parameter that stands on one line with its quotes. */
const LONGEST_PLAIN = 60;

/**
 * parameter = attribute "=" value, without the ";" before it: a token, or in quotes, or where it isn't plain ASCII or is
 * long as RFC 2231 has it; then there may be several, a line each. Control characters become blanks.
 */
export function formatParameter(name: string, value: string): readonly string[] {
  const clean = value.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  if (!isAscii(clean) || clean.length > LONGEST_PLAIN || clean.includes('=?')) return extended(name, clean);
  if (/^[A-Za-z0-9!#$&+\-.^_`{|}~]+$/.test(clean)) return [`${name}=${clean}`];
  return [`${name}="${clean.replace(/["\\]/g, '\\$&')}"`];
}

/** extended-parameter; long ones as initial-section and other-sections (RFC 2231 §3, §4, §4.1). */
function extended(name: string, value: string): readonly string[] {
  // Extended or continued already, and wrongly: its own octets are all that can be made right.
  if (name.includes('*')) return [`${name}=${percent(value, /[A-Za-z0-9!#$&+\-.^_`{|}~%']/)}`];
  const sections: string[] = [''];
  for (const character of value.toWellFormed()) {
    const encoded = percent(character, /[A-Za-z0-9!#$&+\-.^_`{|}~]/);
    if ((sections.at(-1) as string).length + encoded.length > SECTION) sections.push('');
    sections[sections.length - 1] += encoded;
  }
  const [only] = sections;
  if (sections.length === 1) return [`${name}*=utf-8''${only as string}`];
  return sections.map((section, index) => `${name}*${index}*=${index === 0 ? "utf-8''" : ''}${section}`);
}

/** ext-octet = "%" 2HEXDIG for every octet that is not as `plain` has it. */
function percent(text: string, plain: RegExp): string {
  return [...Buffer.from(text)]
    .map((octet) => {
      const character = String.fromCharCode(octet);
      return octet < 0x80 && plain.test(character)
        ? character
        : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

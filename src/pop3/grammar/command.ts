/**
 * Command lines (RFC 1939 §3, RFC 2449 §3): a keyword, and what follows it. Bytes in, values out, no I/O.
 */
import { parsed, unparsed } from './parsed.ts';
import type { Parsed } from './parsed.ts';

export interface CommandLine {
  /** In upper case; '' when the line is empty or starts with a space. */
  readonly keyword: string;
  /** What follows the first space, as it came, trailing spaces too; undefined when there is no space. */
  readonly rest: string | undefined;
}

/**
 * command = keyword *(SP param) CRLF        (RFC 2449 §3)
 *
 * Octets beyond ASCII must be UTF-8 (RFC 6856 §2): names and passwords have them. Control characters,
 * also a bare CR or LF, are in no command.
 */
export function parseCommandLine(octets: Uint8Array): Parsed<CommandLine> {
  if (octets.some((octet) => octet < 0x20 || octet === 0x7f)) {
    return unparsed('command-control-character', 'A command may not contain control characters');
  }
  const line = utf8Text(octets);
  if (line === undefined) return unparsed('command-not-utf8', 'The command is neither ASCII nor UTF-8');
  const space = line.indexOf(' ');
  if (space === -1) return parsed({ keyword: asciiUpper(line), rest: undefined });
  return parsed({ keyword: asciiUpper(line.slice(0, space)), rest: line.slice(space + 1) });
}

/**
 * param = 1*VCHAR                           (RFC 2449 §3)
 *
 * Arguments are separated by one space each (RFC 1939 §3). Spaces at the end, which people who type leave
 * behind, separate nothing and are passed over.
 */
export function parseArguments(rest: string | undefined): Parsed<readonly string[]> {
  const text = withoutTrailingSpaces(rest ?? '');
  if (text === '') return parsed([]);
  const values = text.split(' ');
  if (values.includes('')) return unparsed('argument-spaces', 'Arguments are separated by exactly one space');
  return parsed(values);
}

/** A pattern with a repeated space would look at "a        b" once for every space (quadratic time). */
export function withoutTrailingSpaces(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === ' ') end--;
  return text.slice(0, end);
}

/** Only ASCII letters have cases in a keyword; "ß" must not become "SS". */
function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function utf8Text(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

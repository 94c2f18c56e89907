/**
 * Responses (RFC 1939 §3, RFC 2449 §3, §8): one status line, and for some commands lines after it.
 * Both directions: what the server says becomes bytes here only, what the client hears becomes a value here only.
 */

/** RFC 2449 §4: the first line of a response, CRLF included. */
export const LONGEST_RESPONSE = 512;

export interface StatusLine {
  readonly positive: boolean;
  /** The response code without its brackets, in upper case: "IN-USE", "SYS/TEMP" (RFC 2449 §8). */
  readonly code?: string;
  readonly text: string;
}

/**
 * response = ( "+OK" / "-ERR" ) [SP [resp-code SP] text] CRLF
 *
 * Always one line of at most 512 octets and of printable ASCII, whatever the text holds: other characters become
 * "?", what doesn't fit is cut. A text that begins with "[" would read as a response code and gets a "(" instead.
 */
export function formatStatus(status: StatusLine): string {
  const words = [
    status.positive ? '+OK' : '-ERR',
    ...(status.code === undefined ? [] : [`[${printable(status.code).replace(/[[\]]/g, '?')}]`]),
    ...(status.text === '' ? [] : [status.code === undefined ? status.text.replace(/^\[/, '(') : status.text]),
  ];
  return `${printable(words.join(' ').slice(0, LONGEST_RESPONSE - 2))}\r\n`;
}

function printable(text: string): string {
  return text.replace(/[^ -~]/gu, '?');
}

/**
 * resp-code = "[" resp-level *("/" resp-level) "]"     (RFC 2449 §3)
 *
 * Undefined when the line is no response at all. Words after the status are kept as the server said them.
 */
export function parseStatus(line: string): StatusLine | undefined {
  const match = /^(\+OK|-ERR)(?: ([^]*))?$/i.exec(line);
  if (match === null) return undefined;
  const positive = match[1]?.toUpperCase() === '+OK';
  const rest = match[2] ?? '';
  const coded = /^\[([!-Z^-~]+)\] ?([^]*)$/.exec(rest);
  if (coded === null) return { positive, text: rest };
  return { positive, code: (coded[1] as string).toUpperCase(), text: coded[2] as string };
}

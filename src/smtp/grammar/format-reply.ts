/**
 * The one place where a Reply becomes octets (RFC 5321 §4.2, RFC 2034 §4). A reply's text may hold
 * what a peer said or another server answered, so whatever could end a line or isn't ASCII is
 * replaced (UTF-8 in replies needs a consent that few clients give: RFC 6531 §3.7.4.2).
 */
import { temporaryFailure } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';

/** RFC 5321 §4.5.3.1.5: octets of a reply line, code and CRLF included. */
const LONGEST_LINE = 512;

/**
 * Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
 *
 * Each line carries the enhanced code (RFC 2034 §4). Longer texts are broken at spaces.
 */
export function formatReply(answer: Reply): Buffer {
  // A code that isn't one would put the client out of step with us.
  const { code, enhanced, lines } = isCode(answer.code) ? answer : temporaryFailure(answer);
  const prefix = enhanced === undefined ? '' : `${enhanced} `;
  const room = LONGEST_LINE - 'ddd-'.length - prefix.length - '\r\n'.length;
  const texts = (lines.length === 0 ? [''] : lines).flatMap((line) => breakLine(printable(line), room));
  const last = texts.length - 1;
  return Buffer.from(
    texts.map((text, index) => `${code}${index === last ? ' ' : '-'}${prefix}${text}\r\n`).join(''),
    'latin1',
  );
}

/** Reply-code = %x32-35 %x30-35 %x30-39 */
function isCode(code: number): boolean {
  return /^[2-5][0-5][0-9]$/.test(String(code));
}

/** textstring = 1*(%d09 / %d32-126) */
function printable(text: string): string {
  return text.replace(/[\0-\x1f\x7f]+/g, ' ').replace(/[^ -~]/gu, '?');
}

function breakLine(text: string, room: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > room) {
    const space = rest.lastIndexOf(' ', room);
    const cut = space > room / 2 ? space : room;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  return [...pieces, rest];
}

/** continue-req = "334" SP [base64] CRLF (RFC 4954 §4): on one line, whatever its length. */
export function formatChallenge(data: Buffer): Buffer {
  return Buffer.from(`334 ${data.toString('base64')}\r\n`, 'latin1');
}

/**
 * The command line (RFC 5321 §2.4, §4.1.1): verb and text. Octets come in, because a client may
 * send anything; what can't be UTF-8 becomes U+FFFD, which no argument's grammar takes.
 */
import type { Reply } from '../../mail/index.ts';
import { badArgument, syntaxError } from './refusals.ts';

export interface Command {
  /** In upper case. */
  readonly verb: string;
  /** What stands behind the verb, without white space around it. */
  readonly text: string;
}

/**
 * Octets of a command line without its CRLF. RFC 5321 §4.5.3.1.4 wants 512, and more for each
 * extension that adds parameters; an ORCPT alone adds 500.
 */
export const LONGEST_COMMAND = 2048;

/** What U+FFFD in a command means: the octets were no UTF-8 (or the client says so itself). */
export const NOT_UTF8 = '\ufffd';

/**
 * command = verb *( SP text ) CRLF
 *
 * Verbs are taken in any case, and white space before the CRLF is passed over (RFC 5321 §2.4,
 * §4.1.1). A control character, a bare CR or LF among them, refuses the line whole: nothing behind
 * it is ever taken for a second command.
 */
export function parseCommand(line: Buffer): Command | Reply {
  if (line.some(isControl)) return syntaxError('A command line can not hold control characters; a line ends in CR LF');
  const text = line.toString('utf8');
  const verb = /^[A-Za-z][A-Za-z0-9-]*(?=[ \t]|$)/.exec(text)?.[0];
  if (verb === undefined)
    return syntaxError(
      text.trim() === '' ? 'An empty line is not a command' : 'A command begins with a word of letters',
    );
  return { verb: verb.toUpperCase(), text: trimWhite(text.slice(verb.length)) };
}

/** By hand: a pattern for trailing white space takes quadratic time, and `trim` takes more than space and tab. */
export function trimWhite(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhite(text[start])) start++;
  while (end > start && isWhite(text[end - 1])) end--;
  return text.slice(start, end);
}

function isWhite(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** Tab is white space, not a control character, to the many clients that end a command with it. */
function isControl(octet: number): boolean {
  return (octet < 0x20 && octet !== 0x09) || octet === 0x7f;
}

/** For the commands that take no argument (RFC 5321 §4.1.1): undefined when there is none. */
export function parseNothing(verb: string, text: string): Reply | undefined {
  return text === '' ? undefined : badArgument(`${verb} takes no argument`);
}

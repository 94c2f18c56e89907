/** What a client calls itself in EHLO, HELO and LHLO (RFC 5321 §4.1.1.1, RFC 2033 §4.1). */
import type { Reply } from '../../mail/index.ts';
import { badArgument } from './refusals.ts';

/** RFC 5321 §4.5.3.1.2. */
const LONGEST_NAME = 255;

/**
 * ehlo = "EHLO" SP ( Domain / address-literal ) CRLF ; helo = "HELO" SP Domain CRLF
 *
 * Real clients send names with underscores, without dots, of single letters or in their own
 * character set, and a name proves nothing, so anything printable is taken: its first word, with
 * "?" for what isn't ASCII (RFC 5321 §4.1.4: the name is not to be a reason to refuse).
 */
export function parseHelloName(text: string): string | Reply {
  const name = (text.split(/[ \t]/)[0] as string).replace(/[^\x21-\x7e]/gu, '?');
  if (name === '') return badArgument('Say who you are: a domain, or an address in square brackets');
  if (name.length > LONGEST_NAME) return badArgument(`A domain has at most ${LONGEST_NAME} characters`);
  return name;
}

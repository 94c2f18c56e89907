/**
 * Parameters of MAIL and RCPT that come as names and values, without the encodings of the wire (RFC 8621 §7): written
 * as the wire has them, so that one grammar decides about both.
 */
import type { Reply } from '../../mail/index.ts';
import { parseMailParameters, parseRcptParameters } from './parameters.ts';
import type { MailParameters, Offer, RcptParameters } from './parameters.ts';
import { badArgument, isReply } from './refusals.ts';
import { encodeXtext } from './xtext.ts';

/** Null: a parameter without a value. */
export type DecodedParameters = Readonly<Record<string, string | null>>;

export function readMailParameters(given: DecodedParameters, offer: Offer): MailParameters | Reply {
  const text = parametersText(given);
  return isReply(text) ? text : parseMailParameters(text, offer);
}

export function readRcptParameters(given: DecodedParameters, offer: Offer): RcptParameters | Reply {
  const text = parametersText(given);
  return isReply(text) ? text : parseRcptParameters(text, offer);
}

function parametersText(given: DecodedParameters): string | Reply {
  const words: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const encoded = value === null ? null : encode(name.toUpperCase(), value);
    // What holds a space would be read as another parameter.
    if (
      !/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(name) ||
      (encoded !== null && !/^[!-<>-~\u0080-\u{10ffff}]+$/u.test(encoded))
    )
      return badArgument('A parameter is a word, and its value has no spaces');
    words.push(encoded === null ? name : `${name}=${encoded}`);
  }
  return words.join(' ');
}

/** Those of which RFC 3461 says that their value is xtext. */
function encode(name: string, value: string): string {
  if (name === 'ENVID') return encodeXtext(value);
  const typed = name === 'ORCPT' ? /^([^;]*;)(.*)$/s.exec(value) : null;
  return typed === null ? value : `${typed[1] as string}${encodeXtext(typed[2] as string)}`;
}

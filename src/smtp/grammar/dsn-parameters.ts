/**
 * The parameters of RFC 3461: RET and ENVID of MAIL, NOTIFY and ORCPT of RCPT. What they carry goes
 * into reports and to next servers, so nothing that could break a line is let in.
 */
import type { Notify, Reply } from '../../mail/index.ts';
import type { MailParameters, RcptParameters } from './parameters.ts';
import { badArgument } from './refusals.ts';
import { decodeXtext } from './xtext.ts';

/** RFC 3461 §4.4 and §4.2: the longest encoded forms. */
const LONGEST_ENVID = 100;
const LONGEST_ORCPT = 500;

/** ret-value = "FULL" / "HDRS" (RFC 3461 §4.3) */
export function retParameter(value: string | undefined): Partial<MailParameters> | Reply {
  const ret = value?.toLowerCase();
  return ret === 'full' || ret === 'hdrs' ? { ret } : badArgument('RET is FULL or HDRS');
}

/** envid-parameter = xtext of printable US-ASCII (RFC 3461 §4.4) */
export function envidParameter(value: string | undefined): Partial<MailParameters> | Reply {
  const envid = value === undefined || value.length > LONGEST_ENVID ? undefined : decodeXtext(value);
  return envid !== undefined && /^[ -~]+$/.test(envid)
    ? { envid }
    : badArgument(`ENVID is printable text in xtext, at most ${LONGEST_ENVID} characters`);
}

/** notify-esmtp-value = "NEVER" / 1#notify-list-element ; "SUCCESS" / "FAILURE" / "DELAY" (RFC 3461 §4.1) */
export function notifyParameter(value: string | undefined): Partial<RcptParameters> | Reply {
  const words = (value ?? '').toLowerCase().split(',');
  const alone = words.length === 1 && words[0] === 'never';
  const list = words.every(isOccasion) && new Set(words).size === words.length;
  return alone || list
    ? { notify: words as unknown as Notify }
    : badArgument('NOTIFY is NEVER, or a list of SUCCESS, FAILURE and DELAY');
}

function isOccasion(word: string): boolean {
  return word === 'success' || word === 'failure' || word === 'delay';
}

/** original-recipient-address = addr-type ";" xtext (RFC 3461 §4.2); UTF-8 in it by RFC 6533 §3 */
export function orcptParameter(value: string | undefined): Partial<RcptParameters> | Reply {
  const parts = value === undefined || value.length > LONGEST_ORCPT ? null : /^([A-Za-z0-9-]+);(.+)$/u.exec(value);
  const address = parts === null ? undefined : decodeXtext(parts[2] as string);
  if (parts === null || address === undefined || !isPrintable(address))
    return badArgument('ORCPT is a type, ";" and an address in xtext, as in ORCPT=rfc822;bob@example.org');
  return { orcpt: `${(parts[1] as string).toLowerCase()};${address}` };
}

function isPrintable(text: string): boolean {
  return !/[\0-\x1f\x7f-\x9f\u2028\u2029\ufffd]/.test(text);
}

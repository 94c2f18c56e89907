/**
 * The parameters of MAIL and RCPT (RFC 5321 §4.1.1.11): one row each. A row says when the parameter
 * is offered and what its value becomes; a keyword without an offered row is refused with 555.
 */
import type { Envelope, Recipient, Reply } from '../../mail/index.ts';
import { NOT_UTF8 } from './command.ts';
import { notifyParameter, orcptParameter, envidParameter, retParameter } from './dsn-parameters.ts';
import { holdForParameter, holdUntilParameter } from './hold-parameters.ts';
import { badArgument, isReply, unknownParameter } from './refusals.ts';
import { decodeXtext } from './xtext.ts';

/** What of the extensions a listener offers; the EHLO list says the same. */
export interface Offer {
  /** AUTH (RFC 4954). */
  readonly auth: boolean;
  /** DSN (RFC 3461). */
  readonly dsn: boolean;
  /** FUTURERELEASE (RFC 4865): the time now, and how long a message may be held, both in ms. */
  readonly hold?: { readonly now: number; readonly longest: number };
}

export type MailParameters = Omit<Envelope, 'mailFrom' | 'recipients'>;
export type RcptParameters = Omit<Recipient, 'address'>;

export interface ParameterRow<Parameters> {
  readonly keyword: string;
  readonly offered: (offer: Offer) => boolean;
  /** What the parameter adds; `value` is undefined when there was no "=". */
  readonly parse: (value: string | undefined, offer: Offer) => Partial<Parameters> | Reply;
  /** Of parameters that say the same thing there may be one. */
  readonly says?: string;
}

const always = (): boolean => true;

const MAIL_ROWS: readonly ParameterRow<MailParameters>[] = [
  { keyword: 'SIZE', offered: always, parse: sizeParameter },
  { keyword: 'BODY', offered: always, parse: bodyParameter },
  { keyword: 'SMTPUTF8', offered: always, parse: smtputf8Parameter },
  { keyword: 'AUTH', offered: (offer) => offer.auth, parse: authParameter },
  { keyword: 'RET', offered: (offer) => offer.dsn, parse: retParameter },
  { keyword: 'ENVID', offered: (offer) => offer.dsn, parse: envidParameter },
  { keyword: 'HOLDFOR', offered: (offer) => offer.hold !== undefined, parse: holdForParameter, says: 'hold' },
  { keyword: 'HOLDUNTIL', offered: (offer) => offer.hold !== undefined, parse: holdUntilParameter, says: 'hold' },
];

const RCPT_ROWS: readonly ParameterRow<RcptParameters>[] = [
  { keyword: 'NOTIFY', offered: (offer) => offer.dsn, parse: notifyParameter },
  { keyword: 'ORCPT', offered: (offer) => offer.dsn, parse: orcptParameter },
];

/** Mail-parameters = esmtp-param *(SP esmtp-param) */
export function parseMailParameters(text: string, offer: Offer): MailParameters | Reply {
  const parsed = parseParameters(text, MAIL_ROWS, offer);
  return isReply(parsed) ? parsed : { body: '7bit', smtputf8: false, ...parsed };
}

/** Rcpt-parameters = esmtp-param *(SP esmtp-param) */
export function parseRcptParameters(text: string, offer: Offer): RcptParameters | Reply {
  return parseParameters(text, RCPT_ROWS, offer);
}

/**
 * esmtp-param = esmtp-keyword ["=" esmtp-value] ; esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
 * esmtp-value = 1*(%d33-60 / %d62-126), and UTF-8 (RFC 6531 §3.3)
 */
function parseParameters<Parameters>(
  text: string,
  rows: readonly ParameterRow<Parameters>[],
  offer: Offer,
): Partial<Parameters> | Reply {
  const seen = new Set<string>();
  let parameters: Partial<Parameters> = {};
  for (const word of text.split(/[ \t]+/).filter((part) => part !== '')) {
    const parts = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\u{10ffff}]+))?$/u.exec(word);
    if (parts === null || word.includes(NOT_UTF8))
      return badArgument('A parameter is a word, or a word, "=" and a value');
    const keyword = (parts[1] as string).toUpperCase();
    const row = rows.find((candidate) => candidate.keyword === keyword && candidate.offered(offer));
    if (row === undefined) return unknownParameter(keyword);
    const says = row.says ?? keyword;
    if (seen.has(says))
      return badArgument(
        says === keyword ? `The parameter ${keyword} stands there twice` : 'HOLDFOR or HOLDUNTIL stands there once',
      );
    seen.add(says);
    const parsed = row.parse(parts[2], offer);
    if (isReply(parsed)) return parsed;
    parameters = { ...parameters, ...parsed };
  }
  return parameters;
}

/** size-value = 1*20DIGIT (RFC 1870 §3) */
function sizeParameter(value: string | undefined): Partial<MailParameters> | Reply {
  if (value === undefined || !/^[0-9]{1,20}$/.test(value))
    return badArgument('SIZE is a number of octets, as in SIZE=10000');
  return { size: Number(value) };
}

/** body-value = "7BIT" / "8BITMIME" (RFC 6152 §2). BINARYMIME (RFC 3030) isn't offered, so it is no value. */
function bodyParameter(value: string | undefined): Partial<MailParameters> | Reply {
  switch (value?.toUpperCase()) {
    case '7BIT':
      return { body: '7bit' };
    case '8BITMIME':
      return { body: '8bitmime' };
    default:
      return badArgument('BODY is 7BIT or 8BITMIME');
  }
}

/** SMTPUTF8 has no value (RFC 6531 §3.4). */
function smtputf8Parameter(value: string | undefined): Partial<MailParameters> | Reply {
  return value === undefined ? { smtputf8: true } : badArgument('SMTPUTF8 takes no value');
}

/**
 * auth-param = "AUTH=" xtext ; "<>" or a mailbox (RFC 4954 §5)
 *
 * Who first submitted a message is somebody else's word: it is checked for its form and then
 * treated as "<>", which §5 asks of a server that doesn't trust it.
 */
function authParameter(value: string | undefined): Partial<MailParameters> | Reply {
  const mailbox = value === undefined ? undefined : decodeXtext(value);
  return mailbox === undefined || mailbox === '' ? badArgument('AUTH= is <> or an address in xtext') : {};
}

/**
 * The arguments of MAIL and RCPT before their parameters (RFC 5321 §3.3, §4.1.1.2, §4.1.1.3, §4.1.2).
 *
 * UTF-8 is read everywhere and told apart by `utf8`: whether it was allowed, only the parameters
 * behind the path say (SMTPUTF8, RFC 6531 §3.4).
 */
import { isAscii, parseDomain, scanAddress } from '../../mail/index.ts';
import type { Address, EnhancedCode, Reply, ReversePath } from '../../mail/index.ts';
import { NOT_UTF8, trimWhite } from './command.ts';
import { badArgument } from './refusals.ts';

export interface PathRead<Path> {
  readonly path: Path;
  /** The path was written with characters outside ASCII. */
  readonly utf8: boolean;
  /** What follows the path: the parameters, without white space before them. */
  readonly rest: string;
}

/** Which of the two paths is read: how it is announced, and which code says that it is none (RFC 3463 §3.2). */
interface PathKind {
  readonly verb: string;
  readonly keyword: string;
  readonly code: EnhancedCode;
  readonly example: string;
  /** The address without a domain, or no address at all, that this path alone can be. */
  readonly special: (text: string, at: number) => { readonly path: ReversePath; readonly end: number } | undefined;
}

const REVERSE: PathKind = {
  verb: 'MAIL',
  keyword: 'FROM:',
  code: '5.1.7',
  example: 'MAIL FROM:<name@domain>, or MAIL FROM:<> for a report',
  special: (text, at) => (text.startsWith('<>', at) ? { path: null, end: at + 2 } : undefined),
};

const FORWARD: PathKind = {
  verb: 'RCPT',
  keyword: 'TO:',
  code: '5.1.3',
  example: 'RCPT TO:<name@domain>',
  special: (text, at) =>
    /^<postmaster>$/i.test(text.slice(at, at + 12))
      ? { path: { local: 'postmaster', domain: '' }, end: at + 12 }
      : undefined,
};

/**
 * mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF ; Reverse-path = Path / "<>"
 */
export function parseReversePath(text: string): PathRead<ReversePath> | Reply {
  return parsePathArgument(text, REVERSE);
}

/**
 * rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] CRLF
 */
export function parseForwardPath(text: string): PathRead<Address> | Reply {
  return parsePathArgument(text, FORWARD) as PathRead<Address> | Reply;
}

/** White space behind the colon is no part of the grammar, but so many clients send it that it is passed over. */
function parsePathArgument(text: string, kind: PathKind): PathRead<ReversePath> | Reply {
  const start = pathStart(text, kind);
  if (start === undefined) return badArgument(`${kind.verb} wants ${kind.keyword} and a path, as in ${kind.example}`);
  if (text[start] !== '<') return badArgument(`The address stands in angle brackets, as in ${kind.example}`);
  const read = kind.special(text, start) ?? scanPath(text, start);
  if (read === undefined || text.slice(start, read.end).includes(NOT_UTF8))
    return badArgument(`That is not an address; it looks like ${kind.example}`, kind.code);
  const rest = text.slice(read.end);
  if (rest !== '' && !/^[ \t]/.test(rest)) return badArgument('A space stands between the path and its parameters');
  return { path: read.path, utf8: !isAscii(text.slice(start, read.end)), rest: trimWhite(rest) };
}

function pathStart(text: string, kind: PathKind): number | undefined {
  const keyword = text.slice(0, kind.keyword.length);
  if (keyword.toUpperCase() !== kind.keyword) return undefined;
  const argument = trimWhite(text.slice(keyword.length));
  return argument === '' ? undefined : text.indexOf(argument, keyword.length);
}

/**
 * Path = "<" [ A-d-l ":" ] Mailbox ">"
 *
 * The source route is accepted and thrown away (RFC 5321 §3.6.1, appendix C): the mailbox behind it
 * is where the message goes.
 */
function scanPath(text: string, at: number): { readonly path: Address; readonly end: number } | undefined {
  const start = skipSourceRoute(text, at + 1);
  const mailbox = start === undefined ? undefined : scanAddress(text, start, { utf8: true });
  if (mailbox === undefined || text[mailbox.end] !== '>') return undefined;
  return { path: mailbox.address, end: mailbox.end + 1 };
}

/** A-d-l = At-domain *( "," At-domain ) ; At-domain = "@" Domain. Undefined when there is one and it isn't right. */
function skipSourceRoute(text: string, at: number): number | undefined {
  if (text[at] !== '@') return at;
  const end = text.indexOf(':', at);
  if (end < 0) return undefined;
  const hops = text.slice(at, end).split(',');
  return hops.every((hop) => hop.startsWith('@') && parseDomain(hop.slice(1), { utf8: true }) !== undefined)
    ? end + 1
    : undefined;
}

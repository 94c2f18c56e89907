/**
 * Replies as a client reads them (RFC 5321 §4.2, §4.2.1; enhanced codes of RFC 2034 §4): a pure
 * parser that is fed one line after the other. Servers err in many ways, so it is as liberal as it
 * can be without guessing: what still is a reply is taken, what isn't one is `garbled`, and however
 * long a reply goes on, only a bounded part of it is kept.
 */
import { reply } from '../../mail/index.ts';
import type { EnhancedCode, Reply } from '../../mail/index.ts';

/** Octets of a reply line to ask the wire for: RFC 5321 §4.5.3.1.5 allows 512, servers send more. */
export const LONGEST_REPLY_LINE = 8 * 1024;
/** Characters kept of a line, and lines kept of a reply; what goes beyond is read and forgotten. */
const KEPT_CHARACTERS = 512;
const KEPT_LINES = 100;
/** A reply with more lines than this will have no end. */
const MOST_LINES = 1000;

/** What has been read of a reply whose last line has not come yet. */
export interface OpenReply {
  readonly count: number;
  readonly texts: readonly string[];
  readonly enhanced?: EnhancedCode;
}

export type ReplyProgress =
  | { readonly kind: 'more'; readonly open: OpenReply }
  | { readonly kind: 'done'; readonly reply: Reply }
  /** This is not SMTP; the connection can't be trusted any further. */
  | { readonly kind: 'garbled'; readonly problem: string };

const NOTHING: OpenReply = { count: 0, texts: [] };

interface ReplyLine {
  readonly code: number;
  readonly last: boolean;
  readonly text: string;
}

/**
 * Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
 *
 * Takes the next line (without CRLF) of the reply that is `open`. All lines should carry one code
 * (§4.2.1); where they differ, the last one counts, because that is the one a server means to end with.
 */
export function readReplyLine(bytes: Buffer, open: OpenReply = NOTHING): ReplyProgress {
  const line = parseReplyLine(bytes);
  if (line === undefined) return { kind: 'garbled', problem: `the server said "${excerpt(bytes)}", which is no reply` };
  if (open.count >= MOST_LINES) return { kind: 'garbled', problem: `the server's reply has over ${MOST_LINES} lines` };
  const { enhanced, text } = splitEnhanced(line);
  const texts = open.texts.length < KEPT_LINES ? [...open.texts, text] : open.texts;
  if (line.last)
    return { kind: 'done', reply: reply(line.code, enhanced ?? agreeing(open.enhanced, line.code), texts) };
  const status = open.enhanced ?? enhanced;
  return {
    kind: 'more',
    open: { count: open.count + 1, texts, ...(status === undefined ? {} : { enhanced: status }) },
  };
}

/** Reply-code = %x32-35 %x30-35 %x30-39. A code with nothing behind it is complete: "250" is as good as "250 ". */
function parseReplyLine(bytes: Buffer): ReplyLine | undefined {
  const found = /^([2-5][0-9]{2})(?:([ -])(.*))?$/su.exec(printable(bytes));
  if (found === null) return undefined;
  return { code: Number(found[1]), last: found[2] !== '-', text: (found[3] ?? '').trimEnd() };
}

/**
 * text = status-code SP text ; status-code = class "." subject "." detail (RFC 2034 §4, RFC 3463 §2)
 *
 * The class must be the reply's first digit, else the numbers are somebody's text.
 */
function splitEnhanced(line: ReplyLine): { readonly enhanced?: EnhancedCode; readonly text: string } {
  const found = /^([245])\.([0-9]{1,3})\.([0-9]{1,3})(?:\s+(.*))?$/su.exec(line.text);
  if (found === null || Number(found[1]) !== Math.floor(line.code / 100)) return { text: line.text };
  const code = `${found[1]}.${Number(found[2])}.${Number(found[3])}` as EnhancedCode;
  return { enhanced: code, text: found[4] ?? '' };
}

/** The first line's status, unless the last line's code says that it was of another class. */
function agreeing(status: EnhancedCode | undefined, code: number): EnhancedCode | undefined {
  return status !== undefined && Number(status[0]) === Math.floor(code / 100) ? status : undefined;
}

/** Text that can stand in a log line and in a report: no control characters, bounded, UTF-8 or the mark for what isn't. */
function printable(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replace(/\t/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/gu, '?')
    .slice(0, KEPT_CHARACTERS + 4)
    .toWellFormed();
}

function excerpt(bytes: Buffer): string {
  const text = printable(bytes.subarray(0, 256));
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}

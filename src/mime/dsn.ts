/**
 * Reports about delivery, as a message that people and programs can both read: multipart/report
 * (RFC 6522) of a text in plain words, the facts (RFC 3464) and what came back of the original.
 * Remote servers wrote parts of what stands here, so nothing that comes in can end a line, a field
 * or a part. Reports are 7-bit, unless they go to an address in UTF-8: then RFC 6533 holds.
 */
import {
  breakLines,
  encodeHeaderText,
  foldWords,
  formatDate,
  isAscii,
  literalOf,
  messageIdOf,
  parseHeaderSection,
} from '../mail/index.ts';
import type { EnhancedCode } from '../mail/index.ts';
import { explainReport, reportSubject } from './dsn-text.ts';
import { encodeQuotedPrintable } from './transfer-encoding.ts';
import { encodeUtf8Address } from './utf8-address.ts';

/** RFC 3464 §2.3.3. */
export type ReportAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** Why it was not delivered, for people: sentences of ours, with nothing in them that another server wrote. */
export interface ReportExplanation {
  readonly happened: string;
  /** Whose side it is on. */
  readonly side: string;
  /** What the sender can do now. */
  readonly advice: string;
  /** The same message may get through at another time. */
  readonly again: boolean;
}

export interface ReportRecipient {
  /** The address as the sender wrote it: never the target of an alias (RFC 5321 §7.2). */
  readonly address: string;
  /** ORCPT as it came, decoded: "rfc822;bob@b.test". */
  readonly orcpt?: string;
  readonly action: ReportAction;
  readonly status: EnhancedCode;
  /** The host that answered. */
  readonly remoteMta?: string;
  /** That host's own words, on one line: "550 5.1.1 No such user". Left out where no server answered. */
  readonly diagnostic?: string;
  /** What we saw where no server answered. */
  readonly problem?: string;
  /** For those that failed or are delayed. */
  readonly explanation?: ReportExplanation;
  /** We tried until its time was over. */
  readonly expired?: boolean;
  readonly lastAttemptAt?: number;
  /** For delayed ones: until when it will be tried. */
  readonly willRetryUntil?: number;
}

/** Times are in milliseconds since the epoch. */
export interface ReportParts {
  /** Our id of the report: its Message-ID is `<id@hostname>`. */
  readonly id: string;
  readonly hostname: string;
  readonly at: number;
  /** The sender of the original: where the report goes. */
  readonly to: string;
  /** When the original came to us. */
  readonly arrivedAt?: number;
  /** ENVID as it came, decoded. */
  readonly envid?: string;
  /** At least one. */
  readonly recipients: readonly ReportRecipient[];
  /** The original's header section. */
  readonly header: Uint8Array;
  /** The original, whole: for RET=FULL and a failure. What can't travel in 7-bit lines comes back as its header only. */
  readonly content?: Uint8Array;
  /** The text for people, one paragraph each; by default {@link explainReport} writes it. */
  readonly text?: readonly string[];
}

/** How much of a header comes back, in octets. */
const LONGEST_HEADER = 65_536;
/** How much of a server's answer is passed on, in characters. */
const LONGEST_DIAGNOSTIC = 2000;
/** Characters of an address or id; whole ones have at most 254 octets (RFC 5321 §4.5.3.1.3), so only nonsense is cut. */
const LONGEST_ADDRESS = 320;
/** RFC 5322 §2.1.1. */
const LONGEST_LINE = 998;

/** Whether the report can only travel with SMTPUTF8: it goes to an address that isn't ASCII (RFC 6533 §4). */
export function reportNeedsUtf8(to: string): boolean {
  return !isAscii(to);
}

/** The whole message, CRLF line ends. The caller sends it from the null reverse-path (RFC 3464 §2). */
export function composeReport(parts: ReportParts): Buffer {
  const utf8 = reportNeedsUtf8(parts.to);
  const bodies = [textPart(parts.text ?? explainReport(parts)), statusPart(parts, utf8), originalPart(parts, utf8)];
  const boundary = boundaryFor(parts.id, bodies);
  const pieces: (string | Buffer)[] = [topHeader(parts, boundary, utf8)];
  for (const body of bodies) pieces.push(`\r\n--${boundary}\r\n`, body);
  pieces.push(`\r\n--${boundary}--\r\n`);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as Buffer)));
}

function topHeader(parts: ReportParts, boundary: string, utf8: boolean): string {
  const messageId = messageIdOf(parseHeaderSection(parts.header));
  const original = messageId !== undefined && /^<[!-;=?-~]{1,900}>$/.test(messageId) ? messageId : undefined;
  const host = dnsName(parts.hostname);
  return lines([
    `From: Mail Delivery System <MAILER-DAEMON@${host}>`,
    `To: <${oneLine(parts.to, LONGEST_ADDRESS)}>`,
    `Subject: ${utf8 ? foldWords(oneLine(reportSubject(parts)), 9) : encodeHeaderText(reportSubject(parts), 9)}`,
    `Date: ${formatDate(parts.at)}`,
    `Message-ID: <${dnsName(parts.id)}@${host}>`,
    ...(original === undefined ? [] : [`In-Reply-To:${fit(original)}`, `References:${fit(original)}`]),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"`,
    ...(utf8 ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    'This is a report about the delivery of a message, in MIME format.',
  ]);
}

/** The words, wrapped; text/plain that any reader shows. */
export function textPart(paragraphs: readonly string[]): string {
  const text = paragraphs.map((paragraph) => paragraph.split('\n').map(wrap).join('\r\n')).join('\r\n\r\n');
  const clean = text.toWellFormed().replace(/[^\r\n\t\P{Cc}]/gu, ' ');
  const plain = isAscii(clean);
  const head = [
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${plain ? '7bit' : 'quoted-printable'}`,
    '',
    '',
  ];
  return `${head.join('\r\n')}${plain ? clean : encodeQuotedPrintable(clean)}\r\n`;
}

/** Lines of about 72 characters; what stands indented stays indented, and what is quoted stays quoted. */
function wrap(line: string): string {
  const [, indent = '', rest = ''] = /^( {0,8}(?:> )?)(.*)$/s.exec(line.replace(/[\r\t]/g, ' ')) ?? [];
  return breakLines(rest, 72 - indent.length)
    .map((piece) => indent + piece)
    .join('\r\n');
}

/** delivery-status-content = per-message-fields 1*( CRLF per-recipient-fields ) */
function statusPart(parts: ReportParts, utf8: boolean): string {
  const head = lines([
    `Content-Type: message/${utf8 ? 'global-' : ''}delivery-status`,
    ...(utf8 ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
  ]);
  const message = [
    `Reporting-MTA: dns; ${dnsName(parts.hostname)}`,
    ...(parts.envid === undefined
      ? []
      : [`Original-Envelope-Id:${fit(oneLine(asciiOr(parts.envid, utf8), LONGEST_ADDRESS))}`]),
    ...(parts.arrivedAt === undefined ? [] : [`Arrival-Date: ${formatDate(parts.arrivedAt)}`]),
  ];
  const recipients = parts.recipients.map((recipient) => recipientFields(recipient, utf8));
  return head + [message, ...recipients].map(lines).join('\r\n');
}

/** per-recipient-fields of RFC 3464 §2.3, in its order. */
function recipientFields(recipient: ReportRecipient, utf8: boolean): readonly string[] {
  const original = recipient.orcpt === undefined ? undefined : /^([!-:<-~]{1,40});(.+)$/s.exec(recipient.orcpt);
  return [
    ...(original === undefined || original === null
      ? []
      : [`Original-Recipient:${typedAddress(original[1] as string, original[2] as string, utf8)}`]),
    `Final-Recipient:${typedAddress('rfc822', recipient.address, utf8)}`,
    `Action: ${recipient.action}`,
    `Status: ${recipient.status}`,
    ...(recipient.remoteMta === undefined
      ? []
      : [`Remote-MTA: dns; ${dnsName(literalOf(recipient.remoteMta) ?? recipient.remoteMta)}`]),
    ...(recipient.diagnostic === undefined
      ? []
      : [`Diagnostic-Code: smtp; ${foldWords(oneLine(asciiOr(recipient.diagnostic, utf8)), 23)}`]),
    ...(recipient.lastAttemptAt === undefined ? [] : [`Last-Attempt-Date: ${formatDate(recipient.lastAttemptAt)}`]),
    ...(recipient.action !== 'delayed' || recipient.willRetryUntil === undefined
      ? []
      : [`Will-Retry-Until: ${formatDate(recipient.willRetryUntil)}`]),
  ];
}

/** generic-address with its type; UTF-8 is of type utf-8, spelled in ASCII where the report is ASCII (RFC 6533 §3). */
function typedAddress(type: string, address: string, utf8: boolean): string {
  const clean = oneLine(address.trim(), LONGEST_ADDRESS);
  if (isAscii(clean)) return fit(`${type}; ${clean}`);
  return fit(`utf-8; ${utf8 ? clean : encodeUtf8Address(clean)}`);
}

/** What comes back of the original: all of it, or its header. */
function originalPart(parts: ReportParts, utf8: boolean): Buffer {
  const failed = parts.recipients.some((recipient) => recipient.action === 'failed');
  const content = failed && parts.content !== undefined ? Buffer.from(parts.content) : undefined;
  if (content !== undefined && fitsLines(content) && (isSevenBit(content) || (utf8 && isUtf8(content)))) {
    const type = isSevenBit(content) ? 'message/rfc822' : 'message/global';
    return withHead(
      [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${isSevenBit(content) ? '7bit' : '8bit'}`],
      content,
    );
  }
  const header = shortened(parts.header);
  const type = isSevenBit(header) || !isUtf8(header) ? 'text/rfc822-headers' : 'message/global-headers';
  if (fitsLines(header) && (isSevenBit(header) || (utf8 && isUtf8(header)))) {
    return withHead(
      [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${isSevenBit(header) ? '7bit' : '8bit'}`],
      header,
    );
  }
  const encoded = Buffer.from(encodeQuotedPrintable(header), 'latin1');
  return withHead([`Content-Type: ${type}`, 'Content-Transfer-Encoding: quoted-printable'], encoded);
}

function withHead(head: readonly string[], body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(lines([...head, ''])), body]);
}

/** The first fields of a header that is too long to come back whole. */
function shortened(header: Uint8Array): Buffer {
  const fields = parseHeaderSection(header);
  const last = fields.findLast((field) => field.end <= LONGEST_HEADER);
  return Buffer.from(header.subarray(0, last?.end ?? Math.min(header.length, LONGEST_HEADER)));
}

function isSevenBit(octets: Buffer): boolean {
  return octets.every((octet) => octet > 0 && octet < 0x80);
}

function isUtf8(octets: Buffer): boolean {
  return !octets.includes(0) && Buffer.from(octets.toString('utf8')).equals(octets);
}

/** CRLF line ends only, and no line of more than 998 octets. */
function fitsLines(octets: Buffer): boolean {
  let start = 0;
  while (start <= octets.length) {
    const lf = octets.indexOf(0x0a, start);
    const end = lf < 0 ? octets.length : lf - 1;
    if (end - start > LONGEST_LINE || (lf >= 0 && (lf === start || octets[end] !== 0x0d))) return false;
    const cr = octets.indexOf(0x0d, start);
    if (cr >= 0 && cr < end) return false;
    if (lf < 0) return cr < 0;
    start = lf + 1;
  }
  return true;
}

/** A boundary that stands in no part, whatever they hold (RFC 2046 §5.1.1). */
function boundaryFor(id: string, bodies: readonly (string | Buffer)[]): string {
  const base = `=_report_${dnsName(id).slice(0, 40)}`;
  for (let n = 0; ; n++) {
    const boundary = `${base}_${n}`;
    if (!bodies.some((body) => body.includes(`--${boundary}`))) return boundary;
  }
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

/** " value" behind a field name; on a line of its own when it is long. */
function fit(value: string): string {
  return value.length > 60 ? `\r\n ${value.slice(0, LONGEST_LINE - 2)}` : ` ${value}`;
}

function oneLine(text: string, longest = LONGEST_DIAGNOSTIC): string {
  return text
    .slice(0, longest)
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** What can't stand in an ASCII field becomes "?"; the text part has the true words. */
function asciiOr(text: string, utf8: boolean): string {
  return utf8 ? text : text.replace(/[^\0-\x7f]/gu, '?');
}

/** A host's name or address literal, whatever it was given as. */
export function dnsName(name: string): string {
  const safe = name.slice(0, 255).replace(/[^A-Za-z0-9._:[\]-]/g, '?');
  return safe === '' ? 'unknown' : safe;
}

/**
 * The lines that we put in front of a message: Received for each hop (RFC 5321 §4.4), Return-Path
 * and Delivered-To at final delivery. A client chooses what it calls itself, so everything that it
 * said is cut down to characters that can't end a clause, a comment or a line.
 */
import { formatAddress } from './address.ts';
import { formatDate } from './date.ts';
import { literalOf, parseAddressLiteral, parseDomain } from './domain.ts';
import type { Address, ReversePath } from './envelope.ts';

/** What the `with` clause can say (RFC 3848, RFC 6531 §4.3). */
export type WithKeyword = `${'SMTP' | 'ESMTP' | 'LMTP' | 'UTF8SMTP' | 'UTF8LMTP'}${'' | 'S' | 'A' | 'SA'}`;

export interface WithFacts {
  readonly protocol: 'smtp' | 'esmtp' | 'lmtp';
  readonly tls: boolean;
  readonly auth: boolean;
  readonly utf8: boolean;
}

/** A client that said HELO after STARTTLS spoke ESMTP to get there; plain "SMTP" has no S or A forms. */
export function withKeyword(facts: WithFacts): WithKeyword {
  const suffix = `${facts.tls ? 'S' : ''}${facts.auth ? 'A' : ''}` as '' | 'S' | 'A' | 'SA';
  if (facts.protocol === 'lmtp') return `${facts.utf8 ? 'UTF8LMTP' : 'LMTP'}${suffix}`;
  if (facts.utf8) return `UTF8SMTP${suffix}`;
  return facts.protocol === 'smtp' && suffix === '' ? 'SMTP' : `ESMTP${suffix}`;
}

export interface ReceivedFacts {
  readonly client: {
    /** What it called itself, as it came: may be anything. */
    readonly helo?: string;
    /** As node:net gives it; left out to keep a submitter's address secret (RFC 5321 §7.2). */
    readonly ip?: string;
    /** The name its address resolves to, where that was looked up and proven. */
    readonly reverseName?: string;
  };
  /** Our name. */
  readonly by: string;
  /** Left out for a protocol without a registered keyword (RFC 3848 names those of SMTP and LMTP). */
  readonly with?: WithKeyword;
  /** Our message id. */
  readonly id: string;
  /** Given only when there is a single recipient: others must not learn of each other (RFC 5321 §7.2). */
  readonly for?: Address;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The cipher suite's standard name (RFC 8314 §4.3). */
  readonly tls?: string;
}

/**
 * Time-stamp-line = "Received:" FWS Stamp CRLF
 * Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
 *
 * The whole field with its CRLF, one clause a line.
 */
export function formatReceived(facts: ReceivedFacts): Buffer {
  const clauses = [
    `from ${fromDomain(facts.client)}`,
    `by ${safeName(facts.by)}${facts.with === undefined ? '' : ` with ${facts.with}`} id ${safeName(facts.id)}`,
    ...(facts.for === undefined ? [] : [`for <${oneLine(formatAddress(facts.for))}>`]),
    ...(facts.tls === undefined ? [] : [`tls ${safeName(facts.tls)}`]),
  ];
  return Buffer.from(`Received: ${clauses.join('\r\n\t')};\r\n\t${formatDate(facts.at)}\r\n`);
}

/**
 * Extended-Domain = Domain / ( Domain FWS "(" TCP-info ")" ) / ( address-literal FWS "(" TCP-info ")" )
 * TCP-info = address-literal / ( Domain FWS address-literal )
 */
function fromDomain(client: ReceivedFacts['client']): string {
  const literal = client.ip === undefined ? undefined : literalOf(client.ip);
  // A client whose address is a secret must not give it away by its name.
  if (literal === undefined) return client.helo?.startsWith('[') === true ? 'unknown' : heloName(client.helo);
  const reverse = client.reverseName === undefined ? undefined : parseDomain(client.reverseName);
  return `${heloName(client.helo)}${client.helo !== undefined && client.helo.length > 30 ? '\r\n\t' : ' '}(${reverse === undefined ? '' : `${reverse} `}${literal})`;
}

/** The name the client gave, if it is one; else what is left of it when each wrong character is a "?". */
function heloName(helo: string | undefined): string {
  if (helo === undefined || helo === '') return 'unknown';
  return parseAddressLiteral(helo) ?? parseDomain(helo, { utf8: true }) ?? safeName(helo);
}

/** Only letters, digits, hyphen, dot and underscore; at most 255 of them. */
function safeName(text: string): string {
  const safe = text.slice(0, 255).replace(/[^A-Za-z0-9._-]/g, '?');
  return safe === '' ? 'unknown' : safe;
}

/** Addresses are parsed and hold no control character; this line must not be what depends on it. */
function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f]/g, '?');
}

/** Return-path-line = "Return-Path:" FWS Reverse-path CRLF */
export function formatReturnPath(from: ReversePath): Buffer {
  return Buffer.from(`Return-Path: <${from === null ? '' : oneLine(formatAddress(from))}>\r\n`);
}

/** "Delivered-To: a@b" with its CRLF: the address a copy was filed or forwarded for, by which loops are seen. */
export function formatDeliveredTo(address: Address): Buffer {
  return Buffer.from(`Delivered-To: ${oneLine(formatAddress(address))}\r\n`);
}

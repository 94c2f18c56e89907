/**
 * MAIL and RCPT commands with the parameters that the server offered (RFC 5321 §4.1.1.11: none
 * else may be used): SIZE (1870), BODY (6152), SMTPUTF8 (6531), RET, ENVID, NOTIFY and ORCPT (3461).
 * DSN parameters are passed on as they came and none is invented (RFC 3461 §5.2.1).
 */
import { isAscii } from '../../mail/index.ts';
import type { Capabilities } from '../grammar/capabilities.ts';
import { encodeXtext } from '../grammar/xtext.ts';

export interface MailParameters {
  /** Octets of the message with its line ends, dots not doubled (RFC 1870 §3). */
  readonly size?: number;
  readonly body?: '7bit' | '8bitmime';
  readonly smtputf8?: boolean;
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
}

export interface ClientRecipient {
  /** As it stands between the angle brackets. */
  readonly address: string;
  readonly notify?: readonly string[];
  /** "rfc822;bob@b.test", xtext decoded. */
  readonly orcpt?: string;
}

/** mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] ; '' is the null reverse-path. No line end. */
export function mailCommand(mailFrom: string, parameters: MailParameters, offered: Capabilities): string {
  const words = [`MAIL FROM:<${mailFrom}>`];
  if (offered.size !== undefined && parameters.size !== undefined) words.push(`SIZE=${parameters.size}`);
  if (offered.eightBitMime && parameters.body === '8bitmime') words.push('BODY=8BITMIME');
  if (offered.smtpUtf8 && parameters.smtputf8 === true) words.push('SMTPUTF8');
  if (offered.dsn && parameters.ret !== undefined) words.push(`RET=${parameters.ret.toUpperCase()}`);
  if (offered.dsn && parameters.envid !== undefined) words.push(`ENVID=${encodeXtext(parameters.envid)}`);
  return words.join(' ');
}

/** rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters]. No line end. */
export function rcptCommand(recipient: ClientRecipient, offered: Capabilities, utf8: boolean): string {
  const words = [`RCPT TO:<${recipient.address}>`];
  if (offered.dsn && recipient.notify !== undefined && recipient.notify.length > 0) {
    words.push(`NOTIFY=${recipient.notify.join(',').toUpperCase()}`);
  }
  const orcpt = offered.dsn && recipient.orcpt !== undefined ? orcptValue(recipient.orcpt, utf8) : undefined;
  if (orcpt !== undefined) words.push(`ORCPT=${orcpt}`);
  return words.join(' ');
}

/**
 * original-recipient-address = addr-type ";" xtext (RFC 3461 §4.2). Where UTF-8 may not stand on
 * the line, other characters of a "utf-8" address become \x{…} (RFC 6533 §3); of another type, they can't be said.
 */
function orcptValue(orcpt: string, utf8: boolean): string | undefined {
  const [, type, address] = /^([A-Za-z0-9-]+);(.+)$/su.exec(orcpt) ?? [];
  if (type === undefined || address === undefined) return undefined;
  if (isAscii(address)) return `${type};${encodeXtext(address)}`;
  if (type.toLowerCase() !== 'utf-8') return undefined;
  const encoded = address.replace(/[\0- +=\\\x7f]|[\u0080-\u{10ffff}]/gu, (character) =>
    utf8 && !isAscii(character) ? character : `\\x{${(character.codePointAt(0) as number).toString(16).toUpperCase()}}`,
  );
  return `${type};${encoded}`;
}

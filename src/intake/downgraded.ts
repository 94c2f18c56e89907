/**
 * The form of a message for POP3 clients that can't take UTF-8 in its header (RFC 6857), made once, when it is
 * filed: its octets are what LIST will say. Only mail that came as internationalised has one; a header with raw
 * octets that nobody announced goes out as it came in, to everyone.
 */
import { downgradeHeader, HeaderScanner, isAsciiOnly } from '../mail/index.ts';
import { popOctetsOf } from '../store/index.ts';
import type { ContentRef, Downgraded } from '../store/index.ts';

/** `header` is the beginning of the content, with nothing cut that belongs to the header section. Nothing where ASCII clients get the message as it is. */
export function downgradedForm(message: {
  readonly smtputf8: boolean;
  readonly prefix: Uint8Array;
  readonly header: Uint8Array;
  readonly content: Pick<ContentRef, 'popOctets'>;
}): { readonly downgraded?: Downgraded } {
  const { smtputf8, prefix, content } = message;
  if (!smtputf8 || (isAsciiOnly(prefix) && isAsciiOnly(message.header))) return {};
  const header = untilEmptyLine(message.header);
  const head = Buffer.concat([downgradeHeader(prefix), downgradeHeader(header)]);
  const popOctets = popOctetsOf(head) + content.popOctets - popOctetsOf(header);
  return { downgraded: { head, replaces: header.byteLength, popOctets } };
}

/** What submission completes may be a message without a header, whose text then comes along (completeHeader). */
function untilEmptyLine(header: Uint8Array): Buffer {
  const scanner = new HeaderScanner();
  scanner.write(Buffer.from(header));
  return scanner.bytes;
}

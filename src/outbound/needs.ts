/**
 * What a message needs of the next server, compared with what that server offers, before anything
 * is sent: size (RFC 1870 §6.1), 8 bits (RFC 6152 §3), UTF-8 (RFC 6531 §3.4). What senders declare
 * is often more than they use, so the octets are looked at before a message is refused for it.
 */
import { isAscii } from '../mail/index.ts';
import type { Capabilities } from '../smtp/index.ts';
import type { OutboundMessage, OutboundRecipient } from './outbound.ts';
import { notOffered } from './trouble.ts';
import type { Verdict } from './trouble.ts';

export interface ContentFacts {
  /** An octet above 127 somewhere. */
  readonly eightBit: boolean;
  /** One in the header section (up to the first empty line). */
  readonly utf8Header: boolean;
}

/** The reason not to send it to this server, or undefined. `facts` is asked only when it decides. */
export async function unmetNeed(
  message: OutboundMessage,
  recipients: readonly OutboundRecipient[],
  offered: Capabilities,
  facts: () => Promise<ContentFacts>,
  where: string,
): Promise<Verdict | undefined> {
  const { size = 0 } = offered;
  if (size > 0 && message.octets > size) {
    const text = `The message has ${message.octets} octets; ${where} takes at most ${size}`;
    return notOffered('5.3.4', 'too-big-for-next', text);
  }
  if (!offered.smtpUtf8 && (await needsUtf8(message, recipients, facts))) {
    const text = `The message has an address or a header field that needs SMTPUTF8, and ${where} doesn't offer it`;
    return notOffered('5.6.7', 'utf8-not-offered', text);
  }
  if (message.body === '8bitmime' && !offered.eightBitMime && (await facts()).eightBit) {
    return notOffered('5.6.3', '8bit-not-offered', `The message has 8-bit text, and ${where} doesn't offer 8BITMIME`);
  }
  return undefined;
}

async function needsUtf8(
  message: OutboundMessage,
  recipients: readonly OutboundRecipient[],
  facts: () => Promise<ContentFacts>,
): Promise<boolean> {
  return hasUtf8Address(message, recipients) || (message.smtputf8 && (await facts()).utf8Header);
}

export function hasUtf8Address(message: OutboundMessage, recipients: readonly OutboundRecipient[]): boolean {
  return ![message.mailFrom, ...recipients.map(({ address }) => address)].every(isAscii);
}

/** Looks through the octets once; memory is bounded by one chunk. */
export async function lookAt(content: AsyncIterable<Buffer>): Promise<ContentFacts> {
  let eightBit = false;
  let utf8Header = false;
  let inHeader = true;
  /** Octets of the current line so far, its CR not counted; two line ends in a row end the header. */
  let length = 0;
  for await (const chunk of content) {
    for (const octet of chunk) {
      if (octet > 127) eightBit = true;
      if (!inHeader) continue;
      if (octet > 127) utf8Header = true;
      if (octet === 0x0a && length === 0) inHeader = false;
      if (octet === 0x0a) length = 0;
      else if (octet !== 0x0d) length += 1;
    }
    if (eightBit && !inHeader) break;
  }
  return { eightBit, utf8Header };
}

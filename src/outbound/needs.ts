/**
 * What a message needs of the next server, compared with what that server offers, before anything
 * is sent: size (RFC 1870 §6.1), 8 bits (RFC 6152 §3), UTF-8 (RFC 6531 §3.4). Where 8 bits are not
 * offered, the message is re-encoded for this server. What senders declare is often more than they
 * use, and sometimes less, so the octets themselves are looked at.
 */
import { isAscii as isAsciiOctets } from 'node:buffer';
import { formatAddress, isAscii, parseAddress } from '../mail/index.ts';
import { planSevenBit } from '../mime/index.ts';
import type { SevenBitPlan } from '../mime/index.ts';
import type { Capabilities } from '../smtp/index.ts';
import type { OutboundMessage, Reencoded } from './outbound.ts';
import { notOffered } from './trouble.ts';
import type { Verdict } from './trouble.ts';

export interface ContentFacts {
  /** An octet above 127 somewhere. */
  readonly eightBit: boolean;
  /** One in the header section (up to the first empty line). */
  readonly utf8Header: boolean;
  /** A line of more than 998 octets. */
  readonly longLine: boolean;
}

/** The octets that leave for one server. */
export interface Rendering {
  readonly octets: number;
  readonly body: '7bit' | '8bitmime';
  content(): AsyncIterable<Buffer>;
  /** Set where they aren't the message as it came. */
  readonly reencoded?: Reencoded;
}

/** The message in 7 bits; `impossible` says why there is no such thing. */
type SevenBitForm = Rendering | Extract<SevenBitPlan, { kind: 'impossible' }>;

/** Looks at the content of one message when that decides something, and once for all servers of an attempt. */
export class ContentLook {
  readonly #message: OutboundMessage;
  #facts: Promise<ContentFacts> | undefined;
  #sevenBit: Promise<SevenBitForm> | undefined;

  constructor(message: OutboundMessage) {
    this.#message = message;
  }

  facts(): Promise<ContentFacts> {
    return (this.#facts ??= lookAt(this.#message.content()));
  }

  sevenBit(): Promise<SevenBitForm> {
    return (this.#sevenBit ??= inSevenBits(this.#message));
  }
}

/** What to send to this server, or the reason to send nothing. Rejects when the content can't be read. */
export async function renderFor(
  message: OutboundMessage,
  look: ContentLook,
  offered: Capabilities,
  where: string,
): Promise<Rendering | Verdict> {
  const unmet = tooBig(message.octets, offered, where) ?? (await needsUtf8(message, look, offered, where));
  if (unmet !== undefined) return unmet;
  const form = await formFor(message, look, offered);
  if (!('kind' in form)) return tooBig(form.octets, offered, where) ?? form;
  const text = `The message has 8-bit text, ${where} doesn't offer 8BITMIME, and the message can't be re-encoded: ${form.why}`;
  return notOffered('5.6.3', '8bit-not-offered', text);
}

/** A message that is announced with SMTPUTF8 has 8-bit octets by that, whether the server says 8BITMIME too or forgot (RFC 6531 §3.1). */
async function formFor(
  message: OutboundMessage,
  look: ContentLook,
  { eightBitMime, smtpUtf8 }: Capabilities,
): Promise<SevenBitForm> {
  const asItIs: Rendering = { octets: message.octets, body: message.body, content: () => message.content() };
  const takesEightBits = eightBitMime || (smtpUtf8 && message.smtputf8);
  if (takesEightBits && message.composed !== true) return asItIs;
  const { eightBit, longLine } = await look.facts();
  if (eightBit && !takesEightBits) return await look.sevenBit();
  if (!longLine || message.composed !== true) return asItIs;
  const form = await look.sevenBit();
  return 'kind' in form ? asItIs : form;
}

/** Its size is counted, not guessed: a server may refuse at MAIL what is too big (RFC 1870 §6.1). */
async function inSevenBits(message: OutboundMessage): Promise<SevenBitForm> {
  const plan = await planSevenBit(message.content(), { longLines: message.composed === true });
  if (plan.kind === 'impossible') return plan;
  if (plan.kind === 'as-is') return { octets: message.octets, body: '7bit', content: () => message.content() };
  const content = (): AsyncIterable<Buffer> => plan.render(message.content());
  let octets = 0;
  for await (const piece of content()) octets += piece.length;
  return { octets, body: '7bit', content, reencoded: { dkim: plan.dkim } };
}

function tooBig(octets: number, { size = 0 }: Capabilities, where: string): Verdict | undefined {
  if (size === 0 || octets <= size) return undefined;
  return notOffered('5.3.4', 'too-big-for-next', `The message has ${octets} octets; ${where} takes at most ${size}`);
}

/** What is the same for all recipients: the sender, and the header. */
async function needsUtf8(
  message: OutboundMessage,
  look: ContentLook,
  { smtpUtf8 }: Capabilities,
  where: string,
): Promise<Verdict | undefined> {
  if (smtpUtf8) return undefined;
  if (!isAscii(wireAddress(message.mailFrom))) return utf8NotOffered(`Its sender's address ${message.mailFrom}`, where);
  const inHeader = message.smtputf8 && (await look.facts()).utf8Header;
  return inHeader ? utf8NotOffered("The message's header", where) : undefined;
}

/** One recipient whose own address can't be said to this server; the others of the message are no worse for it. */
export function unsayable(address: string, { smtpUtf8 }: Capabilities, where: string): Verdict | undefined {
  return smtpUtf8 || isAscii(wireAddress(address)) ? undefined : utf8NotOffered(`The address ${address}`, where);
}

function utf8NotOffered(what: string, where: string): Verdict {
  const text = `${what} has characters outside ASCII, which takes SMTPUTF8, and ${where} doesn't offer it`;
  return notOffered('5.6.7', 'utf8-not-offered', text);
}

/** As it is said to any server: a domain in U-labels has A-labels too, which need no SMTPUTF8 (RFC 6531 §3.2); a local part has no other form. */
export function wireAddress(address: string): string {
  if (isAscii(address)) return address;
  const parsed = parseAddress(address, { utf8: true });
  return parsed === undefined ? address : formatAddress(parsed);
}

const LF = 0x0a;
const CR = 0x0d;
/** RFC 5322 §2.1.1, without the line end. */
const LONGEST_LINE = 998;

/** Looks through the octets once; memory is bounded by one chunk. */
export async function lookAt(content: AsyncIterable<Buffer>): Promise<ContentFacts> {
  const facts = { eightBit: false, utf8Header: false, longLine: false };
  let inHeader = true;
  /** Octets of the current line so far, a CR at its end not counted. */
  let length = 0;
  for await (const chunk of content) {
    facts.eightBit ||= !isAsciiOctets(chunk);
    for (let start = 0; start < chunk.length;) {
      const lf = chunk.indexOf(LF, start);
      const line = chunk.subarray(start, lf < 0 ? chunk.length : lf);
      facts.utf8Header ||= inHeader && !isAsciiOctets(line);
      length += line.at(-1) === CR ? line.length - 1 : line.length;
      facts.longLine ||= length > LONGEST_LINE;
      if (lf < 0) break;
      inHeader &&= length > 0;
      length = 0;
      start = lf + 1;
    }
  }
  return facts;
}

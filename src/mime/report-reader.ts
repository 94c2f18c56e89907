/**
 * Reports that come in, of delivery (RFC 3464) and of reading (RFC 8098), read while they stream by: the facts for each
 * recipient, and what came back of the original. Others wrote them, well or badly, so nothing here is more than what
 * somebody said: it is read as far as it makes sense, within bounds, and never throws.
 */
import { fieldValue, messageIdOf, parseHeaderSection } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';
import type { Entity } from './entity.ts';
import { transferDecoder } from './transfer-decoding.ts';
import type { TransferDecoder } from './transfer-decoding.ts';
import { decodeUtf8Address } from './utf8-address.ts';
import { EntityWalker } from './walker.ts';

export interface ReadRecipient {
  /** RFC 3464 §2.3.2: whom the report is about; the type before the ";" left out. */
  readonly finalRecipient?: string;
  /** As the sender wrote it (§2.3.1). */
  readonly originalRecipient?: string;
  /** Lower case; absent where it is none of RFC 3464 §2.3.3. */
  readonly action?: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** "5.1.1" */
  readonly status?: string;
  readonly remoteMta?: string;
  /** What that host said, on one line. */
  readonly diagnostic?: string;
  readonly willRetryUntil?: number;
}

export interface ReadReport {
  readonly kind: 'delivery' | 'disposition';
  readonly reportingMta?: string;
  readonly envid?: string;
  /** Of the message it is about: from the fields, else from what came back of it. */
  readonly messageId?: string;
  readonly subject?: string;
  readonly recipients: readonly ReadRecipient[];
  /** RFC 8098 §3.2.6: its type, "displayed" for one that was shown. */
  readonly disposition?: string;
}

/** Octets of the facts that are read, once decoded: a thousand recipients fit. */
const LARGEST_FACTS = 262_144;
/** Octets of what came back that are read. */
const LARGEST_HEADER = 65_536;
const MOST_RECIPIENTS = 1_000;
/** Characters of one value. */
const LONGEST_VALUE = 2_000;

const FACTS: Readonly<Record<string, ReadReport['kind']>> = {
  'message/delivery-status': 'delivery',
  'message/global-delivery-status': 'delivery',
  'message/disposition-notification': 'disposition',
  'message/global-disposition-notification': 'disposition',
};
/** What comes back encoded, or cut, and so is no message to the walker. */
const RETURNED = new Set(['text/rfc822-headers', 'message/global-headers', 'message/rfc822', 'message/global']);

/** A leaf whose content is gathered. */
interface Gathering {
  readonly of: Entity;
  readonly decoder: TransferDecoder;
  readonly most: number;
  readonly pieces: Buffer[];
  octets: number;
}

export class ReportReader {
  readonly #walker = new EntityWalker({
    // Into what comes back only as far as its header.
    enters: (entity) => !isWithinMessage(entity),
    header: ({ octets, entity }) => {
      this.#header(octets, entity);
    },
    text: (octets, of) => {
      this.#gather(octets, of);
    },
  });
  #kind: ReadReport['kind'] | undefined;
  #facts: Gathering | undefined;
  #returned: Gathering | undefined;
  #original: Buffer | undefined;

  /** Takes the next octets of the message, from its first one on. */
  write(chunk: Uint8Array): void {
    this.#walker.write(chunk);
  }

  /** The message has ended. Undefined: it is no report. */
  end(): ReadReport | undefined {
    this.#walker.end();
    if (this.#kind === undefined || this.#facts === undefined) return undefined;
    const original = this.#original ?? (this.#returned === undefined ? undefined : gathered(this.#returned));
    return reportOf(this.#kind, gathered(this.#facts), original?.subarray(0, LARGEST_HEADER));
  }

  #header(octets: Buffer, entity: Entity): void {
    if (entity.isMessage && entity.parent !== undefined) this.#original ??= Buffer.from(octets);
    if (isWithinMessage(entity) || entity.structure !== 'leaf') return;
    const kind = FACTS[entity.type];
    if (kind !== undefined && this.#kind === undefined) {
      this.#kind = kind;
      this.#facts = gathering(entity, LARGEST_FACTS);
    } else if (RETURNED.has(entity.type)) this.#returned ??= gathering(entity, LARGEST_HEADER);
  }

  #gather(octets: Buffer, of: Entity): void {
    const into = [this.#facts, this.#returned].find((one) => one?.of === of);
    if (into === undefined || into.octets >= into.most) return;
    keep(into, into.decoder.push(octets));
  }
}

/** A part of a message that lies in the message, or that message itself. */
function isWithinMessage({ isMessage, parent }: Entity): boolean {
  return parent !== undefined && (isMessage || isWithinMessage(parent));
}

function gathering(of: Entity, most: number): Gathering {
  return { of, most, decoder: transferDecoder(of.encoding), pieces: [], octets: 0 };
}

/** A copy: what is given lies in what was written, and is used again. */
function keep(into: Gathering, octets: Buffer): void {
  const piece = Buffer.from(octets.subarray(0, into.most - into.octets));
  into.pieces.push(piece);
  into.octets += piece.length;
}

function gathered(one: Gathering): Buffer {
  if (one.octets < one.most) keep(one, one.decoder.end());
  return Buffer.concat(one.pieces);
}

function reportOf(kind: ReadReport['kind'], facts: Buffer, original: Buffer | undefined): ReadReport {
  const [message = [], ...others] = groupsOf(facts);
  const returned = original === undefined ? [] : parseHeaderSection(original);
  const messageId = valueOf(message, 'original-message-id') ?? messageIdOf(returned);
  const subject = valueOf(returned, 'subject');
  // A disposition notification has one group for all; some report of delivery have too.
  const groups = kind === 'disposition' || others.length === 0 ? [message] : others;
  const disposition = kind === 'disposition' ? dispositionOf(message) : undefined;
  return {
    kind,
    ...given('reportingMta', typed(valueOf(message, 'reporting-mta'))),
    ...given('envid', valueOf(message, 'original-envelope-id')),
    ...given('messageId', messageId),
    ...given('subject', subject),
    recipients: groups.slice(0, MOST_RECIPIENTS).map(recipientOf).filter(isAbout),
    ...given('disposition', disposition),
  };
}

type Group = readonly HeaderField[];

/** The fields between empty lines; several empty ones in a row are one. */
function groupsOf(facts: Buffer): readonly Group[] {
  const groups: HeaderField[][] = [];
  let group: HeaderField[] | undefined;
  for (const field of parseHeaderSection(facts)) {
    if (isEmptyLine(field)) group = undefined;
    else if (group === undefined) {
      if (groups.length > MOST_RECIPIENTS) break;
      groups.push((group = [field]));
    } else group.push(field);
  }
  return groups;
}

function isEmptyLine({ raw }: HeaderField): boolean {
  return raw.length <= 2 && (raw[0] === 0x0a || (raw[0] === 0x0d && raw[1] === 0x0a));
}

function recipientOf(group: Group): ReadRecipient {
  const action = valueOf(group, 'action')?.toLowerCase();
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(valueOf(group, 'status') ?? '')?.[0];
  const until = valueOf(group, 'will-retry-until');
  return {
    ...given('finalRecipient', addressOf(valueOf(group, 'final-recipient'))),
    ...given('originalRecipient', addressOf(valueOf(group, 'original-recipient'))),
    ...given(
      'action',
      ACTIONS.find((one) => one === action),
    ),
    ...given('status', status),
    ...given('remoteMta', typed(valueOf(group, 'remote-mta'))),
    ...given('diagnostic', typed(valueOf(group, 'diagnostic-code'))),
    ...given('willRetryUntil', timeOf(until)),
  };
}

/** A date of RFC 5322 is one that Date knows, comments left out. */
function timeOf(value: string | undefined): number | undefined {
  const time = Date.parse((value ?? '').replace(/\([^()]{0,99}\)/g, ''));
  return Number.isNaN(time) ? undefined : time;
}

const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;

function isAbout({ finalRecipient, originalRecipient }: ReadRecipient): boolean {
  return finalRecipient !== undefined || originalRecipient !== undefined;
}

/** disposition-field: modes ";" type ["/" modifiers] (RFC 8098 §3.2.6) */
function dispositionOf(group: Group): string | undefined {
  return /;\s{0,99}([a-z-]{1,40})/i.exec(valueOf(group, 'disposition') ?? '')?.[1]?.toLowerCase();
}

function valueOf(group: Group, name: string): string | undefined {
  const field = group.find((one) => one.name === name);
  const value = field === undefined ? '' : fieldValue(field).slice(0, LONGEST_VALUE);
  return value === '' ? undefined : value;
}

/** Without the type before the first ";": "dns; mx.b.test". */
function typed(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const rest = value.slice(/^[a-z0-9-]{1,40}[ \t]{0,99};/i.exec(value)?.[0].length ?? 0).trim();
  return rest === '' ? undefined : rest;
}

/** An address, with UTF-8 as RFC 6533 §3 spells it, or as it stands; angle brackets are wrong, and common. */
function addressOf(value: string | undefined): string | undefined {
  const address = typed(value);
  if (address === undefined) return undefined;
  const bare = /^<(.*)>$/s.exec(address)?.[1] ?? address;
  return /^utf-8\b/i.test(value ?? '') ? decodeUtf8Address(bare) : bare;
}

function given<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: T };
}

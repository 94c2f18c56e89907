/** The lines of multi-line responses and their one-line forms (RFC 1939 §5, §7; RFC 2449 §5). */

/** What STAT says: the drop listing. */
export interface DropListing {
  readonly count: number;
  readonly octets: number;
}

/** One line of LIST. */
export interface ScanListing {
  readonly number: number;
  readonly octets: number;
}

/** One line of UIDL. */
export interface UniqueIdListing {
  readonly number: number;
  readonly uidl: string;
}

/** One line of CAPA: "SASL" with ["PLAIN", "LOGIN"]. */
export interface Capability {
  /** In upper case. */
  readonly name: string;
  readonly parameters: readonly string[];
}

/** The count, one space, the octets, and nothing that a minimal client has to skip (RFC 1939 §5, STAT). */
export function formatDropListing(drop: DropListing): string {
  return `${drop.count} ${drop.octets}`;
}

export function formatScanListing(scan: ScanListing): string {
  return `${scan.number} ${scan.octets}`;
}

export function formatUniqueIdListing(listing: UniqueIdListing): string {
  return `${listing.number} ${listing.uidl}`;
}

export function formatCapability(capability: Capability): string {
  return [capability.name, ...capability.parameters].join(' ');
}

/** Further words after the two numbers are allowed and passed over (RFC 1939 §5). */
export function parseDropListing(text: string): DropListing | undefined {
  const pair = twoNumbers(text);
  return pair === undefined ? undefined : { count: pair[0], octets: pair[1] };
}

export function parseScanListing(text: string): ScanListing | undefined {
  const pair = twoNumbers(text);
  return pair === undefined || pair[0] === 0 ? undefined : { number: pair[0], octets: pair[1] };
}

/** unique-id = 1*70(%x21-7E); servers were seen to send longer ones, so up to 256 are taken. */
export function parseUniqueIdListing(text: string): UniqueIdListing | undefined {
  const match = /^([0-9]{1,15})[ \t]+([!-~]{1,256})(?:[ \t]|$)/.exec(text);
  const number = Number(match?.[1] ?? 0);
  return match === null || number === 0 ? undefined : { number, uidl: match[2] as string };
}

export function parseCapability(text: string): Capability | undefined {
  const [name, ...parameters] = text.split(/[ \t]+/).filter((word) => word !== '');
  return name === undefined ? undefined : { name: name.toUpperCase(), parameters };
}

function twoNumbers(text: string): readonly [number, number] | undefined {
  const match = /^([0-9]{1,15})[ \t]+([0-9]{1,15})(?:[ \t]|$)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

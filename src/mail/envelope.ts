/**
 * The envelope: what servers obey, as opposed to the header that people read (RFC 5321 §2.3.1).
 */

/** A mailbox address. Both parts are values, not wire text: see {@link formatAddress}. */
export interface Address {
  /** The local part without quotes or escapes, exactly as written otherwise (RFC 5321 §2.4). */
  readonly local: string;
  /**
   * The domain in lower-case A-labels, or an address literal as "[192.0.2.1]" or "[IPv6:2001:db8::1]".
   * Empty only for the bare `<postmaster>` of RFC 5321 §4.5.1.
   */
  readonly domain: string;
}

/** Where reports go: an address, or null for `<>`, to whom nobody must report (RFC 5321 §4.5.5). */
export type ReversePath = Address | null;

/** When a report is wanted (RFC 3461 §4.1): 'never' stands alone. */
export type Notify = readonly ('never' | 'success' | 'failure' | 'delay')[];

export interface Recipient {
  readonly address: Address;
  readonly notify?: Notify;
  /** ORCPT as it came, "rfc822;bob@b.test", xtext decoded (RFC 3461 §4.2). */
  readonly orcpt?: string;
}

export interface Envelope {
  readonly mailFrom: ReversePath;
  readonly recipients: readonly Recipient[];
  /** BODY= of RFC 6152; '7bit' where it was not said. */
  readonly body: '7bit' | '8bitmime';
  /** SMTPUTF8 of RFC 6531 was asked for. */
  readonly smtputf8: boolean;
  /** SIZE= of RFC 1870, in octets. */
  readonly size?: number;
  /** RET= and ENVID= of RFC 3461 §4.3 and §4.4 (xtext decoded). */
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
  /** HOLDFOR= or HOLDUNTIL= of RFC 4865: not to be released before, in ms since the epoch. */
  readonly holdUntil?: number;
}

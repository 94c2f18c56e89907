/**
 * What is remembered of a maildrop at a provider, so that each message is collected once and none is deleted too
 * early. Keyed by account and unique-id (RFC 1939 §7, UIDL) alone: session numbers change, and contents repeat.
 */

/** How long copies stay at the provider once they are here. */
export type LeaveRule =
  | { readonly kind: 'for-ever' }
  /** 0: deleted in the visit that collected them. */
  | { readonly kind: 'days'; readonly days: number }
  /** Until the message is deleted here, for good. */
  | { readonly kind: 'until-deleted-here' };

/**
 * - whole: its octets are on our disk.
 * - headers: only its header is, because it is larger than the limit; the rest is wanted, or may be.
 * - kept-there: nothing is yet; somebody asked for it before it was ever collected.
 */
export type KnownState = 'whole' | 'headers' | 'kept-there';

export interface KnownMessage {
  readonly uidl: string;
  readonly octets: number;
  readonly state: KnownState;
  /** When it was collected; the days it stays at the provider count from here. */
  readonly collectedAt: number;
  /** SHA-256 of its header as the provider sent it, hex: tells it again when a server gives out new ids. */
  readonly head: string;
  /** Deleted here, for good. */
  readonly deletedHere: boolean;
  /** Somebody asked for the whole of it. */
  readonly restWanted: boolean;
  /** It was not listed any more by then, or was deleted there by us. */
  readonly goneAt?: number;
}

/** One message as a listing of the provider has it. */
export interface ListedMessage {
  readonly number: number;
  readonly uidl: string;
  readonly octets: number;
}

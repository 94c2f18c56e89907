/** What this server says of itself: the capabilities, each with its limits (RFC 8620 §2, RFC 8621 §1.3). */
import { LIMITS } from './limits.ts';
import type { Capability } from './session.ts';

export const CORE = 'urn:ietf:params:jmap:core';
export const MAIL = 'urn:ietf:params:jmap:mail';

export function coreCapability(maxSizeUpload: number): Capability {
  const { maxSizeRequest, maxConcurrentRequests, maxConcurrentUpload } = LIMITS;
  const { maxCallsInRequest, maxObjectsInGet, maxObjectsInSet } = LIMITS;
  return {
    uri: CORE,
    session: {
      maxSizeUpload,
      maxConcurrentUpload,
      maxSizeRequest,
      maxConcurrentRequests,
      maxCallsInRequest,
      maxObjectsInGet,
      maxObjectsInSet,
      collationAlgorithms: COLLATIONS,
    },
    account: {},
  };
}

/** Of RFC 4790's registry. Names and subjects compare without case, as the second does. */
export const COLLATIONS: readonly string[] = ['i;ascii-casemap', 'i;unicode-casemap'];

/** RFC 8621 §1.3.1. */
export const MAIL_LIMITS = {
  /** A message in a thousand mailboxes is a mistake; the store takes a hundred. */
  maxMailboxesPerEmail: 100,
  maxMailboxDepth: 10,
  /** Octets of UTF-8; RFC 8621 §1.3.1 wants at least 100. */
  maxSizeMailboxName: 255,
} as const;

/** `maxSizeAttachmentsPerEmail`: octets of attachments before they are encoded. */
export function mailCapability(maxSizeAttachmentsPerEmail: number): Capability {
  return {
    uri: MAIL,
    session: {},
    account: {
      ...MAIL_LIMITS,
      maxSizeAttachmentsPerEmail,
      emailQuerySortOptions: EMAIL_SORT_OPTIONS,
      mayCreateTopLevelMailbox: true,
    },
  };
}

/** RFC 8621 §4.4.2. */
export const EMAIL_SORT_OPTIONS: readonly string[] = [
  'receivedAt',
  'size',
  'from',
  'to',
  'subject',
  'sentAt',
  'hasKeyword',
  'allInThreadHaveKeyword',
  'someInThreadHaveKeyword',
];

/** Octets of attachments that fit a message of that size: base 64 makes 78 octets of a line of 57, and texts need room. */
export function attachmentsIn(maxMessage: number): number {
  return Math.max(0, Math.floor(((maxMessage - 100_000) * 57) / 78));
}

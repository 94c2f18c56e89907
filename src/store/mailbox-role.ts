/**
 * What a mailbox may be for (RFC 8621 §2): names of IANA's registry "IMAP Mailbox Name Attributes". The first six have a
 * mailbox in every account; the others are what clients make of them. Those that say what emails have (all, flagged) or
 * what mailboxes are (subscribed) are none: no mailbox here gathers emails by itself.
 */
export const MAILBOX_ROLES = [
  'inbox',
  'archive',
  'drafts',
  'sent',
  'junk',
  'trash',
  'important',
  'memos',
  'scheduled',
  'snoozed',
] as const;

export type MailboxRole = (typeof MAILBOX_ROLES)[number];

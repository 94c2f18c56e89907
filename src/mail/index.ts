/** Floor 1: the values of mail. Knows no sockets, no storage, no policy. */
export {
  canonicalAddress,
  canonicalLocal,
  formatAddress,
  parseAddress,
  sameAddress,
  scanAddress,
  withoutSubaddress,
} from './address.ts';
export { readAddresses, readAddressGroups } from './address-list.ts';
export type { EmailAddress, EmailAddressGroup } from './address-list.ts';
export { decodeCharset, decodeUnlabelled } from './charset.ts';
export { completeHeader } from './completion.ts';
export type { CompletedHeader, HeaderCompletion, HeaderEdit } from './completion.ts';
export { formatDate } from './date.ts';
export { domainToUnicode, ipOfLiteral, isAscii, literalOf, parseDomain } from './domain.ts';
export type { AddressOptions } from './domain.ts';
export type { Address, Envelope, Notify, Recipient, ReversePath } from './envelope.ts';
export {
  beginsMessage,
  countReceived,
  fieldOctets,
  fieldValue,
  fieldValues,
  HEADER_LIMITS,
  HeaderScanner,
  messageIdOf,
  threadIdsOf,
  parseHeaderSection,
} from './header.ts';
export type { HeaderField, HeaderLimits, HeaderState } from './header.ts';
export { LineEnds } from './line-ends.ts';
export { MboxReader, toMbox } from './mbox.ts';
export type { MboxPiece } from './mbox.ts';
export { parseMailboxes } from './mailboxes.ts';
export type { Mailbox, MailboxList } from './mailboxes.ts';
export { formatJmapDate, readDate } from './read-date.ts';
export type { ReadDate } from './read-date.ts';
export { formatDeliveredTo, formatReceived, formatReturnPath, withKeyword } from './received.ts';
export type { ReceivedFacts, WithFacts, WithKeyword } from './received.ts';
export {
  isPermanent,
  isPositive,
  isTransient,
  refusal,
  reply,
  ReplyError,
  replyLines,
  replyText,
  temporaryFailure,
} from './reply.ts';
export type { EnhancedCode, Reply, ReplyDetails } from './reply.ts';
export {
  breakLines,
  decodeHeaderText,
  encodedWords,
  encodeHeaderText,
  foldWords,
  headerOctetsToText,
} from './words.ts';

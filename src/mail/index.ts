/** Floor 1: the values of mail. Knows no sockets, no storage, no policy. */
export { canonicalLocal, formatAddress, parseAddress, parseLocalPart, sameAddress, scanAddress } from './address.ts';
export { domainToUnicode, ipOfLiteral, isAscii, literalOf, parseAddressLiteral, parseDomain } from './domain.ts';
export type { AddressOptions } from './domain.ts';
export type { Address, Envelope, Notify, Recipient, ReversePath } from './envelope.ts';
export { isPermanent, isPositive, isTransient, reply, ReplyError, replyText, temporaryFailure } from './reply.ts';
export type { EnhancedCode, Reply, ReplyDetails } from './reply.ts';

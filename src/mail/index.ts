/** Floor 1: the values of mail. Knows no sockets, no storage, no policy. */
export type { Address, Envelope, Notify, Recipient, ReversePath } from './envelope.ts';
export { isPermanent, isPositive, isTransient, reply, ReplyError, replyText, temporaryFailure } from './reply.ts';
export type { EnhancedCode, Reply, ReplyDetails } from './reply.ts';

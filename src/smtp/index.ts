/** Floor 2: SMTP and LMTP, both sides. Knows the protocol; no policy, no storage. */
export { SmtpClientSession } from './client/client.ts';
export type { ClientSettings, StartTlsResult } from './client/client.ts';
export type { Answer, ClientTimeouts, Trouble as ClientTrouble } from './client/conversation.ts';
export type { ClientRecipient, MailParameters as ClientMailParameters } from './client/parameters.ts';
export type { RecipientAnswer, Transaction } from './client/transaction.ts';
export type { Capabilities } from './grammar/capabilities.ts';
export { serveSmtp } from './server/conversation.ts';
export type {
  AbortReason,
  MessageSink,
  SmtpClient,
  SmtpLogin,
  SmtpPolicy,
  SmtpServerSettings,
  SmtpSessionContext,
  SmtpTransaction,
} from './server/policy.ts';
export { readMailParameters, readRcptParameters } from './grammar/decoded-parameters.ts';
export type { DecodedParameters } from './grammar/decoded-parameters.ts';
export type { Offer } from './grammar/parameters.ts';
export { isReply } from './grammar/refusals.ts';
export { readMailFrom, readRcptTo } from './server/read.ts';
export { loginRequired, recipientTaken } from './server/replies.ts';
export type { SmtpServing } from './server/session.ts';

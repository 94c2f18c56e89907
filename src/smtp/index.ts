/** Floor 2: SMTP and LMTP, both sides. Knows the protocol; no policy, no storage. */
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
export type { SmtpServing } from './server/session.ts';

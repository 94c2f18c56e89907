/** What we saw or decided ourselves, by the id of the rule: no words of another server are needed then. */
import type { ReasonId } from './reason.ts';

export const RULES: Readonly<Record<string, ReasonId>> = {
  // outbound/hosts.ts
  'dns-failed': 'dns-trouble',
  'domain-missing': 'no-such-domain',
  'domain-without-mail': 'no-mail-here',
  'null-mx': 'no-mail-here',
  'mail-loop': 'leads-back-here',
  'mx-nowhere': 'server-without-address',
  'private-address': 'private-address',
  'route-host-unknown': 'route-unusable',
  'no-account-for-sender': 'no-account-for-sender',
  'provider-unreachable': 'provider-unreachable',
  'keyring-locked': 'keyring-locked',
  // outbound/needs.ts
  'too-big-for-next': 'message-too-big',
  'utf8-not-offered': 'unsupported-feature',
  '8bit-not-offered': 'unsupported-feature',
  // outbound/tls.ts, connection.ts, trouble.ts
  'tls-not-offered': 'tls-failed',
  'tls-failed': 'tls-failed',
  'certificate-changed': 'certificate-changed',
  'login-not-possible': 'login-refused',
  'connection-lost': 'connection-lost',
  'connection-timeout': 'connection-lost',
  'not-smtp': 'not-a-mail-server',
  'message-unreadable': 'message-unreadable',
  'attempt-stopped': 'attempt-stopped',
  // queue/, intake/held.ts
  'operator-fail': 'given-up',
  'unknown-user': 'no-such-user',
  'over-quota': 'mailbox-full',
};

/** What is set of an account at another provider, as a value and as the JSON that the store keeps. */
import type { LeaveRule } from './ledger.ts';
import type { MailServer, Protection } from './server.ts';

export interface RemoteSettings {
  readonly pop3: MailServer;
  readonly smtp: MailServer;
  /** Names to log in with. */
  readonly pop3Login: string;
  readonly smtpLogin: string;
  /** How copies at the provider are kept once they are here. */
  readonly leave: LeaveRule;
  /** Octets above which only the header of a message comes; absent: everything comes whole. */
  readonly cap?: number;
  /** Minutes between two visits. */
  readonly every: number;
  /** Octets of the largest message that the submission server takes, as it said when it was tried. */
  readonly largest?: number;
}

/** What there is to know to log in; sealed where it is kept. */
export interface RemoteSecrets {
  readonly password?: string;
  /** Given out by the provider instead (OAUTHBEARER, XOAUTH2). */
  readonly token?: string;
}

export const DEFAULTS = { leave: { kind: 'days', days: 14 }, every: 10 } as const satisfies Partial<RemoteSettings>;

const LEAST_MINUTES = 1;
const MOST_MINUTES = 7 * 24 * 60;
const MOST_DAYS = 3_650;

/** What is wrong with it, as a sentence; undefined when nothing is. */
export function whyNotSettings({
  leave,
  cap,
  every,
}: Pick<RemoteSettings, 'leave' | 'cap' | 'every'>): string | undefined {
  if (leave.kind === 'days' && !(Number.isInteger(leave.days) && leave.days >= 0 && leave.days <= MOST_DAYS))
    return `Copies stay at the provider for 0 to ${MOST_DAYS} days.`;
  if (cap !== undefined && !(Number.isInteger(cap) && cap > 0)) return 'The size limit is a number of octets above 0.';
  if (!(Number.isInteger(every) && every >= LEAST_MINUTES && every <= MOST_MINUTES))
    return `Mail is collected every ${LEAST_MINUTES} to ${MOST_MINUTES} minutes.`;
  return undefined;
}

export function formatSettings(settings: RemoteSettings): string {
  return JSON.stringify(settings);
}

/** Throws when it is not what {@link formatSettings} wrote. */
export function parseSettings(text: string): RemoteSettings {
  const read = JSON.parse(text) as Partial<RemoteSettings>;
  const { pop3, smtp, pop3Login, smtpLogin, leave, cap, every, largest } = read;
  if (!isServer(pop3) || !isServer(smtp) || typeof pop3Login !== 'string' || typeof smtpLogin !== 'string')
    throw new Error('the settings of a remote account can not be read');
  if (!isLeave(leave) || typeof every !== 'number') throw new Error('the settings of a remote account can not be read');
  return {
    pop3,
    smtp,
    pop3Login,
    smtpLogin,
    leave,
    every,
    ...(typeof cap === 'number' ? { cap } : {}),
    ...(typeof largest === 'number' ? { largest } : {}),
  };
}

const PROTECTIONS: ReadonlySet<string> = new Set<Protection>(['implicit', 'starttls', 'clear']);

function isServer(value: Partial<MailServer> | undefined): value is MailServer {
  return (
    (value?.protocol === 'pop3' || value?.protocol === 'smtp') &&
    typeof value.host === 'string' &&
    typeof value.port === 'number' &&
    PROTECTIONS.has(value.protection ?? '')
  );
}

function isLeave(value: Partial<LeaveRule> | undefined): value is LeaveRule {
  if (value?.kind === 'days') return typeof (value as { days?: unknown }).days === 'number';
  return value?.kind === 'for-ever' || value?.kind === 'until-deleted-here';
}

/** What a client writes into a Remote, and how one is shown. Passwords go in and never come out. */
import type { LeaveRule, MailServer, Remote, Trouble, Visiting } from '../../collect/index.ts';
import { identityOfRemote } from '../../store/index.ts';
import type { Kind } from '../arguments.ts';
import { utcDate } from '../submission/dates.ts';
import { isObject, own } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Properties } from '../method.ts';

/** Accounts at other providers: docs/jmap.md. */
export const REMOTES = 'urn:posthorn:remotes';

const PROTECTIONS = ['implicit', 'starttls', 'clear'] as const;
const LONGEST_HOST = 255;
const SHA256 = /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/;

/** A server as JSON has it; `pinned` is the SHA-256 of the one certificate that is trusted, as a Trouble shows it. */
export interface ServerJson {
  readonly host: string;
  readonly port: number;
  readonly protection: MailServer['protection'];
  readonly pinned: string | null;
}

export const server: Kind<ServerJson> = {
  is: 'an object of host, port, protection ("implicit", "starttls", "clear") and pinned (a SHA-256 in hex with colons, or null)',
  read(value) {
    if (!isObject(value)) return undefined;
    const [host, port, wanted, pinned = null] = ['host', 'port', 'protection', 'pinned'].map((name) =>
      own(value, name),
    );
    const protection = PROTECTIONS.find((one) => one === wanted);
    const known = Object.keys(value).every((name) => ['host', 'port', 'protection', 'pinned'].includes(name));
    if (!known || protection === undefined || typeof host !== 'string' || !isHost(host) || !isPort(port))
      return undefined;
    if (pinned !== null && (typeof pinned !== 'string' || !SHA256.test(pinned))) return undefined;
    return { host, port, protection, pinned };
  },
};

function isHost(text: string): boolean {
  return text.length <= LONGEST_HOST && /^[A-Za-z0-9.:-]+$/.test(text);
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
}

export const leave: Kind<LeaveRule> = {
  is: '{"kind": "for-ever"}, {"kind": "until-deleted-here"}, or {"kind": "days", "days": a number}',
  read(value) {
    if (!isObject(value)) return undefined;
    const [kind, days] = [own(value, 'kind'), own(value, 'days')];
    const others = Object.keys(value).filter((name) => name !== 'kind' && name !== 'days');
    if (others.length > 0) return undefined;
    if (kind === 'days') return Number.isInteger(days) ? { kind, days: days as number } : undefined;
    return (kind === 'for-ever' || kind === 'until-deleted-here') && days === undefined ? { kind } : undefined;
  },
};

const LONGEST_TEXT = 1_000;

/** A login name, a password: what goes over the wire in one line. */
export const lineOfText: Kind<string> = {
  is: `a text of 1 to ${LONGEST_TEXT} characters, without control characters`,
  read: (value) =>
    typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT && !/\p{Cc}/u.test(value)
      ? value
      : undefined,
};

/** @param before the server that was set, whose own authorities stay while it is the same host */
export function serverOf(
  { pinned, ...given }: ServerJson,
  protocol: MailServer['protocol'],
  before?: MailServer,
): MailServer {
  const authorities = before?.host === given.host ? before.authorities : undefined;
  return {
    protocol,
    ...given,
    ...(pinned === null ? {} : { pinned }),
    ...(authorities === undefined ? {} : { authorities }),
  };
}

export function serverJson({ host, port, protection, pinned }: MailServer): ServerJson {
  return { host, port, protection, pinned: pinned ?? null };
}

/** What a client may change, as it stands. */
export function settingsJson({ address, settings }: Pick<Remote, 'address' | 'settings'>): JsonObject {
  const { pop3, smtp, pop3Login, smtpLogin, leave: rule, cap = null, every } = settings;
  const servers = { pop3: { ...serverJson(pop3) }, smtp: { ...serverJson(smtp) } };
  return { address, ...servers, pop3Login, smtpLogin, leave: { ...rule }, cap, every };
}

export function remoteJson(remote: Remote, visiting: Visiting | undefined): Properties & { readonly id: string } {
  const { id, settings, standing, visitedAt, dueAt } = remote;
  const trouble = standing.kind === 'trouble' ? { trouble: troubleJson(standing.trouble) } : {};
  return {
    id,
    identityId: identityOfRemote(id),
    ...settingsJson(remote),
    largest: settings.largest ?? null,
    standing: { ...standing, ...trouble },
    visitedAt: visitedAt === undefined ? null : utcDate(visitedAt),
    dueAt: dueAt === undefined ? null : utcDate(dueAt),
    visiting: visiting === undefined ? null : { since: utcDate(visiting.since), ...visiting.progress },
  };
}

export function troubleJson({ certificate, ...trouble }: Trouble): Properties {
  if (certificate === undefined) return trouble;
  const { validFrom, validTo } = certificate;
  return { ...trouble, certificate: { ...certificate, validFrom: utcDate(validFrom), validTo: utcDate(validTo) } };
}

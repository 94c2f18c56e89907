/** The Session resource (RFC 8620 §2). */
import { createHash } from 'node:crypto';
import { CORE } from './capabilities.ts';
import type { JmapAccount, Properties } from './method.ts';

/** A specification that this server supports. */
export interface Capability {
  readonly uri: string;
  /** Its value in the session's `capabilities`. */
  readonly session: Properties;
  /** Its value in the account's `accountCapabilities`. */
  readonly account: Properties;
}

/** Where the endpoints are, absolute; the templates are RFC 6570 level 1, with the variables of RFC 8620 §2. */
export interface SessionUrls {
  readonly apiUrl: string;
  /** With {accountId}, {blobId}, {name} and {type}. */
  readonly downloadUrl: string;
  /** With {accountId}. */
  readonly uploadUrl: string;
  /** With {types}, {closeafter} and {ping}. */
  readonly eventSourceUrl: string;
}

export interface Session extends SessionUrls {
  readonly capabilities: Readonly<Record<string, Properties>>;
  readonly accounts: Readonly<Record<string, Properties>>;
  readonly primaryAccounts: Readonly<Record<string, string>>;
  readonly username: string;
  readonly state: string;
}

export function sessionOf(capabilities: readonly Capability[], account: JmapAccount, urls: SessionUrls): Session {
  const { apiUrl, downloadUrl, uploadUrl, eventSourceUrl } = urls;
  return {
    capabilities: Object.fromEntries(capabilities.map(({ uri, session }) => [uri, session])),
    accounts: {
      [account.id]: {
        name: account.name,
        isPersonal: true,
        isReadOnly: false,
        accountCapabilities: Object.fromEntries(capabilities.map((one) => [one.uri, one.account])),
      },
    },
    // RFC 8620 §2: the core is of no account.
    primaryAccounts: Object.fromEntries(
      capabilities.filter(({ uri }) => uri !== CORE).map(({ uri }) => [uri, account.id]),
    ),
    username: account.name,
    apiUrl,
    downloadUrl,
    uploadUrl,
    eventSourceUrl,
    state: sessionState(capabilities, account),
  };
}

/**
 * RFC 8620 §2: another string whenever something else in the session changes. The URLs are not part of it: they are
 * what the client asked, so a client that knows the server by two names would see the state change to and fro.
 */
export function sessionState(capabilities: readonly Capability[], account: JmapAccount): string {
  return createHash('sha256')
    .update(JSON.stringify([capabilities, { id: account.id, name: account.name }]))
    .digest('hex')
    .slice(0, 16);
}

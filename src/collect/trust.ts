/** Who answers at a provider's name, and whether a password may be sent there at all. */
import { rootCertificates } from 'node:tls';
import type { TlsState } from '../net/index.ts';
import type { MailServer } from './server.ts';
import { TroubleError } from './trouble.ts';
import type { Trouble } from './trouble.ts';

/** The certificate is looked at behind the handshake: a person is shown what is wrong with it. */
export function handshake({ host, authorities }: MailServer): {
  readonly serverName: string;
  readonly verify: false;
  readonly authorities?: string;
} {
  return {
    serverName: host,
    verify: false,
    ...(authorities === undefined ? {} : { authorities: [...rootCertificates, authorities].join('\n') }),
  };
}

/** Who answers is who we think: by its certificate, or by the one a person has compared. */
export function trust(tls: TlsState | undefined, server: MailServer): void {
  const shown = tls?.certificate;
  if (server.pinned !== undefined) {
    if (shown?.sha256 === server.pinned) return;
    throw new TroubleError({
      kind: 'certificate-changed',
      what: `${server.host} shows another certificate than the one you trusted.`,
      why: 'Either the provider has renewed it, or somebody else answers in its place.',
      you: 'Go back, and ask the provider which certificate is right. Trust the new one only when the two agree.',
      next: 'ask',
      ...(shown === undefined ? {} : { certificate: shown }),
    });
  }
  if (tls?.verified === true) return;
  throw new TroubleError({
    kind: 'certificate',
    what: `${server.host} can’t prove that it is ${server.host}.`,
    why: `${whyUntrusted(tls?.problem)} Whoever answers could read your password.`,
    you: 'Go back. If it is your own server and you know this certificate by its number (SHA-256), trust exactly this one.',
    next: 'ask',
    ...(shown === undefined ? {} : { certificate: shown }),
  });
}

function whyUntrusted(problem = ''): string {
  switch (problem) {
    case 'CERT_HAS_EXPIRED':
      return 'Its certificate has expired.';
    case 'CERT_NOT_YET_VALID':
      return 'Its certificate is not valid yet; or the clock of this computer is wrong.';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'Its certificate is for another name.';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'Its certificate was signed by itself, so nobody vouches for it.';
    default:
      return 'No authority that this computer trusts stands behind its certificate.';
  }
}

export function wouldBeClear({ host, protocol }: MailServer): Trouble {
  return {
    kind: 'would-be-clear',
    what: `The line to ${host} would be in clear.`,
    why: 'Everybody between here and there could read your password and your mail.',
    you:
      protocol === 'pop3'
        ? 'Use TLS: pop3s:// on port 995, or pop3:// with STLS on port 110.'
        : 'Use TLS: smtps:// on port 465, or smtp:// with STARTTLS on port 587.',
    next: 'ask',
  };
}

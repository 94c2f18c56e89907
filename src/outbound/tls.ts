/**
 * How much TLS a connection wants: never · opportunistic (RFC 7435: whatever can be had, unproven
 * certificates included, clear text when it breaks) · required (STARTTLS and a proven certificate)
 * · implicit (RFC 8314 §3: from the first octet, proven).
 */
import { rootCertificates } from 'node:tls';
import type { SmtpClientSession } from '../smtp/index.ts';
import type { OutboundSettings, Route } from './outbound.ts';
import { brokenAt, insecure, refusedBy } from './trouble.ts';
import type { Verdict } from './trouble.ts';

export type TlsPolicy = Route['tls'];

/**
 * - `on`: the connection is protected. `off`: it goes on in clear, which the policy allows.
 * - `broken`: the handshake failed, and the policy allows another connection without TLS.
 */
export type Secured =
  | { readonly kind: 'on' }
  | { readonly kind: 'off' }
  | { readonly kind: 'broken'; readonly verdict: Verdict }
  | { readonly kind: 'refused'; readonly verdict: Verdict };

export interface TlsQuestion {
  readonly client: SmtpClientSession;
  readonly policy: TlsPolicy;
  readonly settings: OutboundSettings;
  /** The name the certificate must be for, and that is asked for (SNI). */
  readonly serverName: string;
  readonly where: string;
  readonly route?: Route;
}

/** STARTTLS where it is wanted and offered; to be called after EHLO. */
export async function secure(question: TlsQuestion): Promise<Secured> {
  const { client, policy, where } = question;
  if (policy === 'never' || policy === 'implicit') return { kind: policy === 'never' ? 'off' : 'on' };
  if (!client.capabilities.startTls) {
    const text = `TLS is required for ${where}, and it doesn't offer STARTTLS`;
    return policy === 'required'
      ? { kind: 'refused', verdict: insecure('tls', '4.7.4', 'tls-not-offered', text) }
      : { kind: 'off' };
  }
  const result = await client.startTls(handshakeOptions(question));
  if (result.kind === 'secured') return trusted(question);
  if (result.kind === 'trouble') {
    return { kind: policy === 'required' ? 'refused' : 'broken', verdict: brokenAt('tls', result, where) };
  }
  // RFC 3207 §4.2: the client decides whether to go on without; a 421 has ended it in any case.
  const over = policy === 'required' || !client.usable;
  return over ? { kind: 'refused', verdict: refusedBy('tls', result.reply) } : { kind: 'off' };
}

/** Behind the handshake: where a certificate was pinned, it must be that one. */
export function trusted({ client, route, where }: Pick<TlsQuestion, 'client' | 'route' | 'where'>): Secured {
  if (route?.pinned === undefined || client.tls?.certificate?.sha256 === route.pinned) return { kind: 'on' };
  const text = `${where} shows another certificate than the one that was trusted; the password was not sent`;
  return { kind: 'refused', verdict: insecure('tls', '4.7.5', 'certificate-changed', text) };
}

export function handshakeOptions(
  question: Pick<TlsQuestion, 'policy' | 'settings' | 'serverName' | 'route'>,
): Parameters<SmtpClientSession['startTls']>[0] {
  const { policy, settings, serverName, route } = question;
  const more = [settings.authorities, route?.authorities].filter((one) => one !== undefined);
  return {
    role: 'client',
    serverName,
    verify: (policy === 'required' || policy === 'implicit') && route?.pinned === undefined,
    ...(more.length === 0 ? {} : { authorities: [...rootCertificates, ...more].join('\n') }),
  };
}

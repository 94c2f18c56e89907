/** A provider's server as an account names it. */
import { isLoopback } from '../net/index.ts';

/**
 * - implicit: TLS from the first octet (RFC 8314 §3.3: POP3 on 995, submission on 465).
 * - starttls: begun in clear, changed to TLS before anything is said (STLS, STARTTLS); never without.
 * - clear: no TLS at all. Only on this machine, or where somebody wished it on purpose.
 */
export type Protection = 'implicit' | 'starttls' | 'clear';

export interface MailServer {
  readonly protocol: 'pop3' | 'smtp';
  readonly host: string;
  readonly port: number;
  readonly protection: Protection;
  /** SHA-256 of the one certificate to be taken, whatever authorities say of it: a person compared it. */
  readonly pinned?: string;
  /** Authorities besides those of the system, PEM. */
  readonly authorities?: string;
}

const PORTS: Readonly<Record<string, number>> = { pop3s: 995, pop3: 110, smtps: 465, smtp: 587 };

/**
 * `pop3s://pop.example.org` is TLS from the start, `pop3://pop.example.org:110` changes to TLS with STLS, and
 * `pop3://127.0.0.1:2110?tls=none` is in clear; `smtps:` and `smtp:` alike.
 * @returns the server, or a sentence that says what is wrong.
 */
export function parseServer(text: string, protocol: MailServer['protocol']): MailServer | string {
  const url = URL.parse(text.trim());
  const example = protocol === 'pop3' ? 'pop3s://pop.example.org' : 'smtps://smtp.example.org';
  if (url === null) return `“${text}” is not the address of a server. It looks like ${example}.`;
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== protocol && scheme !== `${protocol}s`)
    return `The address of the ${protocol.toUpperCase()} server begins with ${protocol}s:// or ${protocol}://, as in ${example}.`;
  if (url.hostname === '') return `“${text}” names no host. It looks like ${example}.`;
  if (url.username !== '' || url.password !== '')
    return 'The login and the password are not part of the server’s address: they are asked for by themselves.';
  const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
  const clear = url.searchParams.get('tls') === 'none';
  const protection = scheme.endsWith('s') ? 'implicit' : clear ? 'clear' : 'starttls';
  return { protocol, host, port: url.port === '' ? (PORTS[scheme] as number) : Number(url.port), protection };
}

export function formatServer({ protocol, host, port, protection }: MailServer): string {
  const name = host.includes(':') ? `[${host}]` : host;
  const scheme = protection === 'implicit' ? `${protocol}s` : protocol;
  return `${scheme}://${name}:${port}${protection === 'clear' ? '?tls=none' : ''}`;
}

/** Whether a password may cross this line in clear: it never leaves the machine. */
export function isOnThisMachine({ host }: Pick<MailServer, 'host'>): boolean {
  return host === 'localhost' || isLoopback(host);
}

/** Small words that all sentences of a story share. */
import type { HostFacts, TlsFacts } from '../store/index.ts';

/** "mx.b.test [192.0.2.1]:25", as far as it is known. */
export function host({ name, ip, port }: HostFacts): string {
  const address = ip === undefined ? '' : `[${ip}]${port === undefined ? '' : `:${port}`}`;
  const names = [name === ip ? undefined : name, address];
  return names.filter((part) => part !== undefined && part !== '').join(' ') || 'somebody';
}

export function line(tls: TlsFacts | undefined): string {
  if (tls === undefined) return 'in clear';
  return tls.verified === 'none' ? `encrypted (${tls.version})` : `encrypted (${tls.version}), its name proven`;
}

export function octetsInWords(octets: number): string {
  if (octets < 1_000) return `${octets} octets`;
  return octets < 1_000_000 ? `${(octets / 1_000).toFixed(1)} KB` : `${(octets / 1_000_000).toFixed(1)} MB`;
}

/** With a full stop, where the words of others don't end in one of their own. */
export function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** A sentence behind a colon. Names and abbreviations keep their capitals. */
export function lowerFirst(sentence: string): string {
  return /^[A-Z][a-z]* /.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

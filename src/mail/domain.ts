/**
 * Domains and address literals as values: one canonical text for each, so that comparing is `===`
 * (RFC 5321 §4.1.2, §4.1.3, §2.3.5; RFC 5890 for A-labels). No name is looked up here.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII, domainToUnicode as toUnicode } from 'node:url';

export interface AddressOptions {
  /** UTF-8 is allowed in local parts and domains: SMTPUTF8 was asked for, or a person typed it (RFC 6531 §3.3). */
  readonly utf8?: boolean;
}

/** RFC 1035 §2.3.4: octets of a label, and of a name as text. */
const LONGEST_LABEL = 63;
const LONGEST_DOMAIN = 255;

/**
 * Domain = sub-domain *("." sub-domain) ; sub-domain = Let-dig [Ldh-str] / U-label
 *
 * The domain in lower-case A-labels, or undefined. A trailing dot is refused, as the grammar does,
 * and so is a last label of digits only: that is an IP address without its brackets, or a typing slip.
 */
export function parseDomain(text: string, options: AddressOptions = {}): string | undefined {
  if (text.length > LONGEST_DOMAIN) return undefined;
  const domain = isAscii(text) ? text.toLowerCase() : options.utf8 === true ? fromULabels(text) : undefined;
  if (domain === undefined || domain.length > LONGEST_DOMAIN) return undefined;
  const labels = domain.split('.');
  if (!labels.every(isLabel)) return undefined;
  return /^[0-9]+$/.test(labels.at(-1) as string) ? undefined : domain;
}

/** sub-domain = Let-dig [Ldh-str] */
function isLabel(label: string): boolean {
  return label.length <= LONGEST_LABEL && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label);
}

/**
 * A-labels of a name with U-labels. What IDNA would only map (full-width letters, soft hyphens,
 * ideographic dots) is refused: two texts must not be one domain in our eyes and two in others'.
 */
function fromULabels(text: string): string | undefined {
  const lower = text.normalize('NFC').toLowerCase();
  // domainToASCII speaks of URL hosts: it would decode %41 and stop at / ? # and \.
  if (/[^a-z0-9.\u0080-\u{10ffff}-]/u.test(lower)) return undefined;
  const ascii = domainToASCII(lower);
  return ascii !== '' && toUnicode(ascii) === lower ? ascii : undefined;
}

/** The domain as people write it: "xn--bcher-kva.example" → "bücher.example". Address literals stay as they are. */
export function domainToUnicode(domain: string): string {
  if (!domain.includes('xn--')) return domain;
  const unicode = toUnicode(domain);
  // Only what reads back as the same domain is shown; a forged A-label stays visible as what it is.
  return fromULabels(unicode) === domain ? unicode : domain;
}

/**
 * address-literal = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]"
 *
 * "[192.0.2.1]" or "[IPv6:2001:db8::1]" in canonical form (RFC 5952), or undefined. General
 * literals are refused: no tag but IPv6 was ever registered.
 */
export function parseAddressLiteral(text: string): string | undefined {
  const inner = /^\[([^\]]*)\]$/.exec(text)?.[1];
  if (inner === undefined || inner.length > 50) return undefined;
  if (/^ipv6:/i.test(inner)) {
    const address = canonicalIPv6(inner.slice(5));
    return address === undefined ? undefined : `[IPv6:${address}]`;
  }
  const address = canonicalIPv4(inner);
  return address === undefined ? undefined : `[${address}]`;
}

/** IPv4-address-literal = Snum 3("." Snum) ; Snum = 1*3DIGIT, a decimal value of 0 to 255 */
function canonicalIPv4(text: string): string | undefined {
  if (!/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(text)) return undefined;
  const address = text.split('.').map(Number).join('.');
  return isIPv4(address) ? address : undefined;
}

/** IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp ; "::" stands for at least two groups */
function canonicalIPv6(text: string): string | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text) || !isIPv6(text)) return undefined;
  if (text.includes('::')) {
    const groups = text.split(':').filter((part) => part !== '');
    const count = groups.length + (text.includes('.') ? 1 : 0);
    if (count > 6) return undefined;
  }
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/** The literal that names an IP address as node:net gives it: "2001:db8::1" → "[IPv6:2001:db8::1]"; undefined when it is none. */
export function literalOf(ip: string): string | undefined {
  return parseAddressLiteral(ip.includes(':') ? `[IPv6:${ip}]` : `[${ip}]`);
}

/** The IP address in a canonical literal, to connect to; undefined for a domain. */
export function ipOfLiteral(domain: string): string | undefined {
  if (!domain.startsWith('[')) return undefined;
  return domain.slice(domain.startsWith('[IPv6:') ? 6 : 1, -1);
}

/** US-ASCII only: octets 0 to 127, control characters included. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/**
 * What a server offers, read from its answer to EHLO or LHLO (RFC 5321 §4.1.1.1, RFC 2033 §4.1).
 * A keyword we don't know is passed over; a malformed argument makes its keyword as if not offered.
 */
import type { Reply } from '../../mail/index.ts';

export interface Capabilities {
  /** What the server calls itself, as it said it; '' when it didn't. */
  readonly name: string;
  /** SIZE (RFC 1870): absent: not offered; 0: offered without a limit; else octets. */
  readonly size?: number;
  readonly pipelining: boolean;
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  readonly startTls: boolean;
  /** Mechanism names in upper case, in the server's order; empty when AUTH is not offered (RFC 4954 §3). */
  readonly auth: readonly string[];
  readonly dsn: boolean;
  readonly chunking: boolean;
  readonly enhancedStatusCodes: boolean;
  readonly requireTls: boolean;
  /** LIMITS of RFC 9422, each at least 1. */
  readonly limits: { readonly mailMax?: number; readonly rcptMax?: number; readonly rcptDomainMax?: number };
}

/** What is known before EHLO, after STARTTLS (RFC 3207 §4.2), and of a server that knows HELO only. */
export const NO_CAPABILITIES: Capabilities = {
  name: '',
  pipelining: false,
  eightBitMime: false,
  smtpUtf8: false,
  startTls: false,
  auth: [],
  dsn: false,
  chunking: false,
  enhancedStatusCodes: false,
  requireTls: false,
  limits: {},
};

/**
 * ehlo-ok-rsp = "250-" Domain [ SP ehlo-greet ] CRLF *( "250-" ehlo-line CRLF ) "250" SP ehlo-line CRLF
 *
 * `answer` is the server's positive reply.
 */
export function parseEhlo(answer: Reply): Capabilities {
  const [greeting = '', ...lines] = answer.lines;
  const offers = lines.map(parseEhloLine);
  const has = (keyword: string): boolean => offers.some((offer) => offer.keyword === keyword);
  const size = sizeOf(offers);
  return {
    name: greeting.split(' ')[0] ?? '',
    ...(size === undefined ? {} : { size }),
    pipelining: has('PIPELINING'),
    eightBitMime: has('8BITMIME'),
    smtpUtf8: has('SMTPUTF8'),
    startTls: has('STARTTLS'),
    auth: [...new Set(offers.flatMap((offer) => (offer.keyword === 'AUTH' ? offer.parameters.map(upper) : [])))],
    dsn: has('DSN'),
    chunking: has('CHUNKING'),
    enhancedStatusCodes: has('ENHANCEDSTATUSCODES'),
    requireTls: has('REQUIRETLS'),
    limits: limitsOf(offers),
  };
}

interface Offer {
  /** Upper case. */
  readonly keyword: string;
  readonly parameters: readonly string[];
}

/**
 * ehlo-line = ehlo-keyword *( SP ehlo-param )
 *
 * "AUTH=LOGIN" is how servers wrote it before RFC 2554; some still do, beside or instead of the right form.
 */
function parseEhloLine(line: string): Offer {
  const [keyword = '', ...parameters] = line.replace(/^AUTH=/i, 'AUTH ').split(/\s+/);
  return { keyword: upper(keyword), parameters: parameters.filter((parameter) => parameter !== '') };
}

/** size-param = [1*20DIGIT] (RFC 1870 §4); no number and 0 both mean that no limit is told. */
function sizeOf(offers: readonly Offer[]): number | undefined {
  const offer = offers.find(({ keyword }) => keyword === 'SIZE');
  if (offer === undefined) return undefined;
  const number = offer.parameters[0] ?? '0';
  return /^[0-9]{1,20}$/.test(number) ? Number(number) : undefined;
}

/** limits-param = limit-name-value 0*[ SP limit-name-value ] ; limit-name-value = limit-name "=" 1*DIGIT (RFC 9422 §4) */
function limitsOf(offers: readonly Offer[]): Capabilities['limits'] {
  const names = { MAILMAX: 'mailMax', RCPTMAX: 'rcptMax', RCPTDOMAINMAX: 'rcptDomainMax' } as const;
  const limits: { mailMax?: number; rcptMax?: number; rcptDomainMax?: number } = {};
  for (const parameter of offers.find(({ keyword }) => keyword === 'LIMITS')?.parameters ?? []) {
    const [, name = '', value = ''] = /^([A-Z]+)=([1-9][0-9]{0,5})$/i.exec(parameter) ?? [];
    if (Object.hasOwn(names, upper(name))) limits[names[upper(name) as keyof typeof names]] = Number(value);
  }
  return limits;
}

function upper(text: string): string {
  return text.toUpperCase();
}

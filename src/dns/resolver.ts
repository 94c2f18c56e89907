/**
 * Name look-ups as mail needs them: what was found, that there is nothing (which is an answer),
 * or that nobody could say (which is not: try again later, RFC 5321 §5.1).
 */
export type DnsAnswer<Record> =
  | {
      readonly kind: 'found';
      readonly records: readonly Record[];
      /** The AD bit of a validating resolver. */ readonly authentic: boolean;
    }
  /** The name exists and has no such record. */
  | { readonly kind: 'empty'; readonly authentic: boolean }
  /** The name does not exist (NXDOMAIN). */
  | { readonly kind: 'missing'; readonly authentic: boolean }
  /** SERVFAIL, a refusal, a time-out, rubbish: temporary. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface MxRecord {
  readonly preference: number;
  /** Lower case without the trailing dot; '' is the null MX of RFC 7505. */
  readonly exchange: string;
}

/** RFC 2782. */
export interface SrvRecord {
  /** The lowest is tried first. */
  readonly priority: number;
  /** Among equals, how large a share each has. */
  readonly weight: number;
  readonly port: number;
  /** Lower case without the trailing dot; '' says that the service is decidedly not there. */
  readonly target: string;
}

export interface Resolver {
  mx(domain: string, signal?: AbortSignal): Promise<DnsAnswer<MxRecord>>;
  a(host: string, signal?: AbortSignal): Promise<DnsAnswer<string>>;
  aaaa(host: string, signal?: AbortSignal): Promise<DnsAnswer<string>>;
  txt(name: string, signal?: AbortSignal): Promise<DnsAnswer<string>>;
  srv(name: string, signal?: AbortSignal): Promise<DnsAnswer<SrvRecord>>;
}

/** What a mechanism may know of the connection it runs on. A Wire is one; so is nothing at all. */

/** RFC 9266, RFC 5929 §4; by their registered names. */
export type ChannelBindingType = 'tls-exporter' | 'tls-server-end-point';

export interface SaslLine {
  /** What both ends know of this TLS connection and nobody else has (RFC 5056); undefined where there is none. */
  channelBinding?(type: ChannelBindingType): Buffer | undefined;
}

/**
 * Whether logins can be bound to the connection. tls-exporter is the type that every -PLUS client of TLS 1.3
 * knows (RFC 9266 §3); where it is missing, the others alone would shut out clients that try -PLUS first.
 */
export function isBindable(line: SaslLine | undefined): boolean {
  return line?.channelBinding?.('tls-exporter') !== undefined;
}

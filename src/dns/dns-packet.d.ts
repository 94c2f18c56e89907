/** The part of dns-packet that is used here; the package brings no types. */
declare module 'dns-packet' {
  interface Question {
    readonly name: string;
    readonly type: string;
    readonly class?: string;
  }

  interface Answer {
    readonly name: string;
    readonly type: string;
    readonly ttl?: number;
    readonly data?: unknown;
    /** Of an OPT record. */
    readonly udpPayloadSize?: number;
  }

  interface Packet {
    readonly id?: number;
    readonly type?: string;
    readonly flags?: number;
    readonly questions?: readonly Question[];
    readonly answers?: readonly Answer[];
    readonly additionals?: readonly Answer[];
  }

  export function encode(packet: Packet): Buffer;
  export function decode(octets: Buffer): Packet;
  export const RECURSION_DESIRED: number;
  export const RECURSION_AVAILABLE: number;
  export const TRUNCATED_RESPONSE: number;
  export const AUTHENTIC_DATA: number;
}

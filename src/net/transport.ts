/**
 * What carries the octets of a Wire: a socket, or memory. The Wire does the framing, batching and
 * deadlines; a transport only moves octets and says when it can't.
 */
import type { ChannelBindingType, Endpoint, StartTls, TlsState, WireError } from './wire.ts';

/** The Wire as its transport sees it. */
export interface Receiver {
  received(chunk: Buffer): void;
  /** The peer has ended its side: nothing more will come, what we send may still be read. */
  ended(): void;
  /** All that was handed to `send` has left. */
  drained(): void;
  /** The connection is gone. Comes once, after all that was received; the error says why when it wasn't we who ended it. */
  gone(error: WireError | undefined): void;
}

export interface Transport {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** Octets handed to `send` and not yet taken by the system. */
  readonly pending: number;
  /** Whether the far side must be waited for after `end`, because closing at once could lose our last words. */
  readonly lingers: boolean;

  /** From now on the receiver is told what happens. Nothing is received before `resume`. */
  attach(receiver: Receiver): void;
  /** False when there is no more room: `drained` follows. */
  send(data: Buffer): boolean;
  /** The Wire has enough. What comes nevertheless is still delivered. */
  pause(): void;
  resume(): void;
  /** The Wire waits for input, having used up all that came. */
  starve(): void;
  /** Throws away what has come and was not delivered, and delivers no more until `resume`. */
  discard(): void;
  /** Ends our side after what was sent. */
  end(): void;
  destroy(error?: WireError): void;
  /** Shakes hands, after what was sent has left. Rejects with WireError 'tls'; the caller keeps the deadline. */
  startTls(options: StartTls): Promise<TlsState>;
  /** Asked under TLS only; see Wire. */
  channelBinding?(type: ChannelBindingType): Buffer | undefined;
}

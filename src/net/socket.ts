/**
 * A transport over a TCP connection, in clear or under TLS. Whatever the peer does (reset, half
 * close, octets that are no TLS), it ends in one `gone`, never in an unhandled error.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { endpoint } from './addresses.ts';
import { channelBindingOf } from './channel-binding.ts';
import { FramedWire } from './framed.ts';
import type { FramedOptions } from './framed.ts';
import { secure } from './handshake.ts';
import type { Receiver, Transport } from './transport.ts';
import { WireError } from './wire.ts';
import type { ChannelBindingType, Endpoint, StartTls, TlsState } from './wire.ts';

/** A Wire over a connected socket, which belongs to it from then on. The socket should allow half-open connections. */
export function socketWire(socket: Socket, options: FramedOptions): FramedWire {
  return new FramedWire(new SocketTransport(socket), options);
}

class SocketTransport implements Transport {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly lingers = true;
  #socket: Socket;
  /** The same socket once it is under TLS, and our side of it. */
  #secured: { readonly socket: TLSSocket; readonly role: 'client' | 'server' } | undefined;
  #receiver: Receiver | undefined;
  #error: WireError | undefined;
  /** Writes the system has not taken yet, and who waits for the last of them. */
  #writes = 0;
  #written: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.peer = endpoint(socket.remoteAddress, socket.remotePort);
    this.local = endpoint(socket.localAddress, socket.localPort);
    socket.setNoDelay(true);
    socket.on('error', this.#onError);
  }

  get pending(): number {
    return this.#socket.writableLength;
  }

  attach(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#listen();
  }

  send(data: Buffer): boolean {
    if (this.#socket.destroyed || this.#socket.writableEnded) return true;
    this.#writes += 1;
    return this.#socket.write(data, this.#onWritten);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  starve(): void {
    // The socket brings what comes by itself.
  }

  discard(): void {
    this.#socket.pause();
    while (this.#socket.read() !== null);
  }

  end(): void {
    this.#socket.end();
  }

  destroy(error?: WireError): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  async startTls(options: StartTls): Promise<TlsState> {
    const plain = this.#socket;
    await this.#drain();
    if (plain.destroyed) throw this.#error ?? new WireError('tls', 'The connection was gone before the TLS handshake.');
    this.#ignore(plain);
    const { socket, done } = secure(plain, options);
    this.#socket = socket;
    socket.on('error', this.#onError);
    try {
      const state = await done;
      this.#secured = { socket, role: options.role };
      this.#listen();
      return state;
    } catch (error) {
      socket.destroy();
      plain.destroy();
      throw this.#error ?? error;
    }
  }

  channelBinding(type: ChannelBindingType): Buffer | undefined {
    const secured = this.#secured;
    return secured === undefined || secured.socket.destroyed
      ? undefined
      : channelBindingOf(secured.socket, secured.role, type);
  }

  #drain(): Promise<void> {
    if (this.#writes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#written = resolve;
    });
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onClose);
    if (socket.destroyed) this.#onClose();
  }

  /** The listener for errors stays: an error without a listener would end the process. */
  #ignore(socket: Socket): void {
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('close', this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#receiver?.received(chunk);
  };

  readonly #onEnd = (): void => {
    this.#receiver?.ended();
  };

  readonly #onClose = (): void => {
    this.#receiver?.gone(this.#error);
    this.#receiver = undefined;
  };

  readonly #onWritten = (error?: Error | null): void => {
    this.#writes -= 1;
    if (this.#writes > 0) return;
    this.#written?.();
    this.#written = undefined;
    if (error === undefined || error === null) this.#receiver?.drained();
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#error ??= explain(error);
  };
}

/** What the system said about a connection that broke, as a sentence. */
function explain(error: NodeJS.ErrnoException): WireError {
  const code = error.code ?? error.message;
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return new WireError('tls', `The other side broke the rules of TLS (${code}).`, { cause: error });
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return new WireError('closed', `The other side cut the connection (${code}).`, { cause: error });
  }
  return new WireError('closed', `The network lost the connection (${code}).`, { cause: error });
}

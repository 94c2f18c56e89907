/**
 * Connections that have done their work and wait a moment for more of it (RFC 5321 §4.5.4.1). The
 * choice of a host never looks here: only when an attempt has chosen an address by itself does it
 * ask whether a connection to exactly that one is open, so equal MX hosts share the mail as before.
 */
import { createHash } from 'node:crypto';
import type { Cancel, Clock } from '../base/index.ts';
import type { SmtpClientSession } from '../smtp/index.ts';
import type { Facts, Target } from './connection.ts';
import type { OutboundSettings } from './outbound.ts';

/** A connection that has got past its login and takes messages. */
export interface Connection {
  readonly client: SmtpClientSession;
  readonly facts: Facts;
  /** Of the clock's ticks. */
  readonly openedAt: number;
  /** The last transaction was not taken: RSET must go before the next MAIL. */
  readonly needsReset: boolean;
}

/** How long a connection waits for the next message. Servers close idle ones soon, and each costs both sides. */
export const LONGEST_IDLE = 5_000;
/** After so long, or so many messages, a connection has had its turn: others may want the server's place, and its name may lead elsewhere by now. */
export const LONGEST_USE = 5 * 60_000;
export const MOST_MESSAGES = 100;
/** Idle ones in all; beyond it the one that has waited longest goes. */
export const MOST_IDLE = 100;

interface Waiting {
  readonly key: string;
  readonly cancel: Cancel;
}

export class IdleConnections {
  readonly #clock: Clock;
  readonly #farewell: (client: SmtpClientSession) => void;
  /** Who came last stands last. */
  readonly #waiting = new Map<Connection, Waiting>();
  #closed = false;

  /** @param farewell takes a connection that is done with */
  constructor(clock: Clock, farewell: (client: SmtpClientSession) => void) {
    this.#clock = clock;
    this.#farewell = farewell;
  }

  /** The connection to this target that was used last, if there is one that is still good; it is the caller's then. */
  take(settings: OutboundSettings, target: Target): Connection | undefined {
    if (this.#waiting.size === 0) return undefined;
    const key = keyOf(settings, target);
    for (const [connection, waiting] of [...this.#waiting].toReversed()) {
      if (waiting.key !== key) continue;
      this.#forget(connection);
      if (this.#isGood(connection)) return connection;
      this.#farewell(connection.client);
    }
    return undefined;
  }

  /** Keeps a connection for the next message, or takes leave of it when it has had its turn. */
  keep(settings: OutboundSettings, target: Target, connection: Connection): void {
    if (this.#closed || !this.#isGood(connection)) {
      this.#farewell(connection.client);
      return;
    }
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MOST_IDLE) this.#dismiss(oldest);
    const cancel = this.#clock.after(LONGEST_IDLE, () => {
      this.#dismiss(connection);
    });
    this.#waiting.set(connection, { key: keyOf(settings, target), cancel });
  }

  /** Takes leave of all, and keeps none from now on. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#waiting.keys()) this.#dismiss(connection);
  }

  #isGood({ client, openedAt }: Connection): boolean {
    const { mailMax = MOST_MESSAGES } = client.capabilities.limits;
    const isYoung = this.#clock.ticks() - openedAt < LONGEST_USE;
    return client.quiet && isYoung && client.transactions < Math.min(mailMax, MOST_MESSAGES);
  }

  #dismiss(connection: Connection): void {
    this.#forget(connection);
    this.#farewell(connection.client);
  }

  #forget(connection: Connection): void {
    this.#waiting.get(connection)?.cancel();
    this.#waiting.delete(connection);
  }
}

/**
 * The same for two targets only if a connection to one is in every respect one to the other: address
 * and port, name and policy of TLS, login, what we call ourselves. So what a reload has changed is
 * never used again. A digest, because a password is part of it.
 */
function keyOf({ hostname, timeouts, authorities }: OutboundSettings, target: Target): string {
  // For whose mail a route was written makes no difference to the connection.
  const identity = JSON.stringify([hostname, timeouts, authorities, target], (name, value: unknown) =>
    name === 'domain' || name === 'sender' ? undefined : value,
  );
  return createHash('sha256').update(identity).digest('base64');
}

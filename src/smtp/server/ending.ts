/**
 * What ends a session from outside while it waits for its peer: the server stops, or the session
 * has lasted too long (RFC 5321 §3.8, §4.5.3.2).
 */
import type { Cancel, Clock } from '../../base/index.ts';
import type { Reply } from '../../mail/index.ts';

/** The session is over; `reply` is its last word. */
export class SessionEnd extends Error {
  readonly reply: Reply;

  constructor(answer: Reply) {
    super(answer.rule ?? 'ended');
    this.name = 'SessionEnd';
    this.reply = answer;
  }
}

export interface EndingOptions {
  readonly clock: Clock;
  readonly sessionTimeout: number;
  readonly expired: Reply;
  readonly shutdown: AbortSignal | undefined;
  readonly stopping: Reply;
}

export class Ending {
  readonly #options: EndingOptions;
  readonly #cancel: Cancel;
  #expired = false;
  /** Tells the wait that is going on; there is never more than one. */
  #tell: () => void = () => undefined;
  readonly #onStop = (): void => {
    this.#tell();
  };

  constructor(options: EndingOptions) {
    this.#options = options;
    this.#cancel = options.clock.after(options.sessionTimeout, () => {
      this.#expired = true;
      this.#tell();
    });
    options.shutdown?.addEventListener('abort', this.#onStop);
  }

  /**
   * Waits for the peer. Rejects with SessionEnd when the session's time is up; and, `idle`, when the
   * server stops: a message that is being received is finished first.
   */
  during<T>(idle: boolean, wait: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const look = (): boolean => {
        const answer = this.#reason(idle);
        if (answer !== undefined) reject(new SessionEnd(answer));
        return answer !== undefined;
      };
      if (look()) return;
      this.#tell = look;
      wait().then(resolve, reject);
    }).finally(() => {
      this.#tell = () => undefined;
    });
  }

  stop(): void {
    this.#cancel();
    this.#options.shutdown?.removeEventListener('abort', this.#onStop);
  }

  #reason(idle: boolean): Reply | undefined {
    if (this.#expired) return this.#options.expired;
    return idle && this.#options.shutdown?.aborted === true ? this.#options.stopping : undefined;
  }
}

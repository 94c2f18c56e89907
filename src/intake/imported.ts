/**
 * The one door, for messages that their owner had elsewhere, in files: the octets as they are, with nothing in front.
 * What becomes of one is decided when all of it is there: whether it is a message, and whether it is here already.
 */
import type { Clock } from '../base/index.ts';
import type { AppendParams, ContentWriter, Store } from '../store/index.ts';
import { arrivedAt } from './arrived-at.ts';
import { PassingMessage } from './passing.ts';
import type { AppendedEmail } from './passing.ts';

/** All of it is on our disk, and filed nowhere yet. */
export interface WholeMessage {
  readonly octets: number;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly isMessage: boolean;
  /** As its header tells, in milliseconds since the epoch. */
  readonly arrivedAt?: number;
  /** What the store is to append. */
  filed(email: AppendedEmail): AppendParams;
}

export class ImportedCopy {
  readonly #writer: ContentWriter;
  readonly #clock: Clock;
  readonly #message = new PassingMessage();

  constructor({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
    this.#writer = store.content.create();
    this.#clock = clock;
  }

  /** A promise holds the source back. */
  write(octets: Buffer): void | Promise<void> {
    this.#message.write(octets);
    return this.#writer.write(octets);
  }

  async finish(): Promise<WholeMessage> {
    const content = await this.#writer.finish();
    const at = this.#clock.now();
    const message = this.#message;
    const { isMessage } = message;
    const arrived = arrivedAt(message.fields, at);
    return {
      octets: content.octets,
      digest: content.digest,
      isMessage,
      ...(arrived === undefined ? {} : { arrivedAt: arrived }),
      filed: (email) => message.filed(email, { content, at, source: 'composed' }),
    };
  }

  /** Throws away what was written, when it was not filed. Never rejects. */
  async abort(): Promise<void> {
    await this.#writer.abort();
  }
}

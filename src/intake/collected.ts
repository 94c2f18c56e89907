/**
 * The one door, for mail that we fetched from a maildrop at another provider (POP3): the octets as they came, with
 * nothing in front; where they came from is told in the message's story. Who opened it commits what it makes,
 * together with the memory that this message is here.
 */
import type { Clock } from '../base/index.ts';
import type { AppendParams, ContentWriter, NewEvent, Store } from '../store/index.ts';
import { arrivedAt } from './arrived-at.ts';
import { PassingMessage } from './passing.ts';

export interface CollectedFor {
  readonly account: string;
  /** Where it is to lie. */
  readonly mailbox: number;
  /** The server it was fetched from, and the name we logged in with. */
  readonly from: { readonly host: string; readonly port: number; readonly login: string };
}

export interface CollectedCopy {
  /** A promise holds the source back. */
  write(chunk: Buffer): void | Promise<void>;
  /** The octets are on our disk; what comes back is to be committed. */
  finish(about: { readonly uidl: string; readonly headOnly: boolean }): Promise<{
    readonly append: AppendParams;
    readonly events: readonly NewEvent[];
  }>;
  /** Throws away what was written. Never rejects. */
  abort(): Promise<void>;
}

export function openCollected(
  parts: { readonly store: Store; readonly clock: Clock },
  target: CollectedFor,
): CollectedCopy {
  return new Copy(parts, target);
}

class Copy implements CollectedCopy {
  readonly #writer: ContentWriter;
  readonly #clock: Clock;
  readonly #target: CollectedFor;
  readonly #message = new PassingMessage();

  constructor({ store, clock }: { readonly store: Store; readonly clock: Clock }, target: CollectedFor) {
    this.#writer = store.content.create();
    this.#clock = clock;
    this.#target = target;
  }

  write(chunk: Buffer): void | Promise<void> {
    this.#message.write(chunk);
    return this.#writer.write(chunk);
  }

  async finish({ uidl, headOnly }: { readonly uidl: string; readonly headOnly: boolean }): Promise<{
    readonly append: AppendParams;
    readonly events: readonly NewEvent[];
  }> {
    const content = await this.#writer.finish();
    const at = this.#clock.now();
    const { account, mailbox, from } = this.#target;
    const email = {
      account,
      mailboxes: [mailbox],
      keywords: [],
      receivedAt: arrivedAt(this.#message.fields, at) ?? at,
    };
    const append = this.#message.filed(email, { content, at, source: 'collected' });
    const server = { name: from.host, port: from.port };
    const facts = { kind: 'collected', server, login: from.login, uidl, headOnly } as const;
    return { append, events: [{ message: append.message.id, n: 1, account, at, facts }] };
  }

  async abort(): Promise<void> {
    await this.#writer.abort();
  }
}

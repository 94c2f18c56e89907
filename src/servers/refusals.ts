/**
 * Refusals of strangers, counted per rule and address and written once a second to a bounded ring
 * (HOUSE P5): a million attempts cost one row a second, and the keeper still sees who tried what.
 */
import type { Cancel, Clock, Logger } from '../base/index.ts';
import { replyText } from '../mail/index.ts';
import type { Reply } from '../mail/index.ts';
import type { Refusal, Store } from '../store/index.ts';

const WRITE_EVERY = 1_000;
/** Rows kept in the ring, and different rule-and-address pairs gathered between two writes. */
const KEEP = 10_000;
const MOST_GATHERED = 1_000;
const LONGEST_SAMPLE = 300;

export class Refusals {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  #gathered = new Map<string, Refusal>();
  #timer: Cancel | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly log: Logger }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  add(about: {
    readonly service: string;
    readonly address: string;
    readonly verb: string;
    readonly reply: Reply;
  }): void {
    const rule = about.reply.rule ?? `reply-${about.reply.code}`;
    const key = `${about.service} ${about.address} ${rule}`;
    const before = this.#gathered.get(key);
    if (before === undefined && this.#gathered.size >= MOST_GATHERED) return;
    this.#gathered.set(key, {
      at: this.#clock.now(),
      service: about.service,
      address: about.address,
      rule,
      count: (before?.count ?? 0) + 1,
      sample: before?.sample ?? `${about.verb}: ${replyText(about.reply)}`.slice(0, LONGEST_SAMPLE),
    });
    this.#timer ??= this.#clock.after(WRITE_EVERY, () => {
      this.#timer = undefined;
      this.#write();
    });
  }

  /** Writes what is gathered; resolves when it is written. */
  async close(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    this.#write();
    await this.#writing;
  }

  #write(): void {
    const rows = [...this.#gathered.values()];
    if (rows.length === 0) return;
    this.#gathered = new Map();
    for (const { service, address, rule, count } of rows) this.#log.info('Refused', { service, address, rule, count });
    this.#writing = this.#writing.then(() =>
      this.#store.write('recordRefusals', { rows, keep: KEEP }).catch((error: unknown) => {
        this.#log.warn('Refusals could not be recorded', { count: rows.length, cause: error });
      }),
    );
  }
}

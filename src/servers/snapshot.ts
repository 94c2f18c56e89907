/**
 * A maildrop as it was at login: about 50 bytes a message, in typed arrays, read in slices. Numbers,
 * sizes and UIDLs stand still for the whole session (RFC 1939 §5).
 */
import type { MaildropSlice, Store } from '../store/index.ts';

const SLICE = 1_000;

export class Snapshot {
  readonly #slices: readonly MaildropSlice[];
  readonly count: number;

  private constructor(slices: readonly MaildropSlice[]) {
    this.#slices = slices;
    this.count = slices.reduce((sum, slice) => sum + slice.uids.length, 0);
  }

  static async read(store: Store, mailbox: number): Promise<Snapshot> {
    const slices: MaildropSlice[] = [];
    let afterUid = 0;
    for (;;) {
      const slice = await store.read('maildropSlice', { mailbox, afterUid, limit: SLICE });
      if (slice.uids.length > 0) slices.push(slice);
      if (slice.uids.length < SLICE) return new Snapshot(slices);
      afterUid = slice.uids.at(-1) as number;
    }
  }

  uid(index: number): number {
    return this.#of(index, 'uids');
  }

  email(index: number): string {
    return this.#of(index, 'emails');
  }

  octets(index: number): number {
    return this.#of(index, 'octets');
  }

  uidl(index: number): string {
    return this.#of(index, 'uidls');
  }

  /** All slices but the last are full. */
  #of<Column extends keyof MaildropSlice>(index: number, column: Column): MaildropSlice[Column][number] {
    const value = this.#slices[Math.floor(index / SLICE)]?.[column][index % SLICE];
    if (value === undefined) throw new RangeError(`there is no message ${index} in this maildrop`);
    return value;
  }
}

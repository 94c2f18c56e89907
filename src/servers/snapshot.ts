/**
 * A maildrop as it was at login: about 50 bytes a message, in typed arrays, read in slices. Numbers,
 * sizes and UIDLs stand still for the whole session (RFC 1939 §5).
 */
import type { MaildropSlice, Store } from '../store/index.ts';

const SLICE = 1_000;

type Slice = Omit<MaildropSlice, 'downgradedOctets'>;

export class Snapshot {
  readonly #slices: readonly Slice[];
  readonly count: number;

  private constructor(slices: readonly Slice[]) {
    this.#slices = slices;
    this.count = slices.reduce((sum, slice) => sum + slice.uids.length, 0);
  }

  /** With `utf8` the octets are those of messages as they are, else of their form for clients that can't take UTF-8. */
  static async read(store: Store, mailbox: number, utf8: boolean): Promise<Snapshot> {
    const slices: Slice[] = [];
    let afterUid = 0;
    for (;;) {
      const { downgradedOctets, ...slice } = await store.read('maildropSlice', { mailbox, afterUid, limit: SLICE });
      if (slice.uids.length > 0) slices.push(utf8 ? slice : { ...slice, octets: downgradedOctets });
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
  #of<Column extends keyof Slice>(index: number, column: Column): Slice[Column][number] {
    const value = this.#slices[Math.floor(index / SLICE)]?.[column][index % SLICE];
    if (value === undefined) throw new RangeError(`there is no message ${index} in this maildrop`);
    return value;
  }
}

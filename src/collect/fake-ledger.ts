/** A ledger in memory, for tests: what was filed stays, what was not committed doesn't; it can cut the line at any step. */
import type { KnownMessage } from './ledger.ts';
import type { IncomingCopy, Ledger } from './visit.ts';

export interface FiledCopy {
  readonly uidl: string;
  readonly state: KnownMessage['state'];
  readonly octets: Buffer;
}

export class FakeLedger implements Ledger {
  readonly filed: FiledCopy[] = [];
  readonly memory = new Map<string, KnownMessage>();
  readonly goneOnes: string[] = [];
  /** Called before each step; what it throws is what the disk, or the line, did. */
  onStep: (step: 'known' | 'write' | 'commit' | 'committed') => void = () => undefined;

  known(): Promise<readonly KnownMessage[]> {
    this.onStep('known');
    return Promise.resolve([...this.memory.values()]);
  }

  open(): IncomingCopy {
    const chunks: Buffer[] = [];
    return {
      write: (chunk) => {
        this.onStep('write');
        chunks.push(Buffer.from(chunk));
      },
      commit: (memory) => {
        this.onStep('commit');
        this.filed.push({ uidl: memory.uidl, state: memory.state, octets: Buffer.concat(chunks) });
        this.memory.set(memory.uidl, { ...memory, deletedHere: false, restWanted: false });
        this.onStep('committed');
        return Promise.resolve();
      },
      abort: () => Promise.resolve(),
    };
  }

  gone(uidls: readonly string[]): Promise<void> {
    this.goneOnes.push(...uidls);
    this.mark(uidls, 1);
    return Promise.resolve();
  }

  back(uidls: readonly string[]): Promise<void> {
    this.mark(uidls, undefined);
    return Promise.resolve();
  }

  private mark(uidls: readonly string[], goneAt: number | undefined): void {
    for (const uidl of uidls) {
      const one = this.memory.get(uidl);
      if (one === undefined) continue;
      const { goneAt: _, ...rest } = one;
      this.memory.set(uidl, goneAt === undefined ? rest : { ...rest, goneAt });
    }
  }

  renamed(pairs: readonly { readonly from: string; readonly to: string }[]): Promise<void> {
    for (const { from, to } of pairs) {
      const one = this.memory.get(from);
      if (one === undefined) throw new Error(`there is no ${from}`);
      this.memory.delete(from);
      this.memory.set(to, { ...one, uidl: to });
    }
    return Promise.resolve();
  }

  /** A person's wish. */
  set(uidl: string, facts: Partial<KnownMessage>): void {
    const one = this.memory.get(uidl);
    if (one === undefined) throw new Error(`there is no ${uidl}`);
    this.memory.set(uidl, { ...one, ...facts });
  }
}

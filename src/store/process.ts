/** The processes that share a state directory: who is there, and who has which lease. Part of the contract of store.ts. */
import type { ProcessIdentity } from '../base/index.ts';

/** A process that is known to be gone gives up what it held. */
export interface ProcessWrites {
  registerProcess(p: {
    readonly process: ProcessIdentity;
    readonly roles: readonly string[];
    readonly at: number;
  }): void;
  unregisterProcess(p: { readonly process: ProcessIdentity }): void;
  /**
   * Frees what processes known to be gone held: maildrop locks, claims (back to waiting; to dropped, where a stop was
   * noted), the runner's lease, their registration. `boot` is the machine's: all that a process of this boot wrote is
   * there, synced or not, so that of its attempts it is known whether they came to the end of the data.
   */
  freeProcesses(p: { readonly gone: readonly ProcessIdentity[]; readonly at: number; readonly boot?: string }): {
    readonly maildrops: number;
    readonly deliveries: number;
  };
  /** At most one queue runner on a state directory. True: `process` has the lease now (again). */
  takeLease(p: {
    readonly name: string;
    readonly token: string;
    readonly process: ProcessIdentity;
    readonly at: number;
  }): boolean;
  dropLease(p: { readonly name: string; readonly token: string }): void;
}

/** Who runs, and who holds something. */
export interface ProcessReads {
  processes(
    p: Record<never, never>,
  ): readonly { readonly process: ProcessIdentity; readonly roles: readonly string[]; readonly startedAt: number }[];
  /** Who is registered, who has a lease, and who has claimed deliveries: commands are not registered. */
  holders(p: Record<never, never>): readonly ProcessIdentity[];
}

/** What the bench asks of a server under load, whichever it is. */

export interface BenchServer {
  readonly name: string;
  readonly port: number;
  readonly recipient: string;
  /** Messages that have got where they should, so far: into the mailbox, or to the next server. */
  stored(): Promise<number>;
  /** Its processes that may take part in accepting a message. */
  processes(): Promise<readonly number[]>;
  /** What a synced path must match to be the message's place before the 250. */
  readonly place: RegExp;
  stop(): Promise<void>;
}

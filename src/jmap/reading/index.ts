/** The reading of messages, as the methods of emails use it. */
import { startIndexing } from './indexing.ts';
import type { Indexing, IndexingParts } from './indexing.ts';
export type { ReadLetter } from './indexing.ts';
import type { Octets } from './octets.ts';
import { openReader } from './reader.ts';
import type { Reading } from './reading.ts';

export interface MailReading extends Omit<Indexing, 'stop'> {
  /** What a message holds that is none of the store's emails. Rejects with an UnreadableError. */
  read(octets: Octets): Promise<Reading>;
  /** Ends behind the message that is being read. */
  close(): Promise<void>;
}

/** Begins to read what nobody has read yet, and whatever comes in. */
export function openMailReading(parts: Omit<IndexingParts, 'reader'>): MailReading {
  const reader = openReader(parts);
  const indexing = startIndexing({ ...parts, reader });
  return {
    cardOf: (row) => indexing.cardOf(row),
    catchUp: (account, longest) => indexing.catchUp(account, longest),
    read: (octets) => reader.read(octets),
    async close() {
      const stopped = indexing.stop();
      await reader.close();
      await stopped;
    },
  };
}

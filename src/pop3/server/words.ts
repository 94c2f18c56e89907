/** Counts as people read them, for the text behind a status. */
import type { DropListing } from '../grammar/listing.ts';

export function messagesInWords(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

export function dropInWords({ count, octets }: DropListing): string {
  return `${messagesInWords(count)} (${octets} octets)`;
}

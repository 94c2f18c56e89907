/** A message as the properties of an Email are read from it: its card, and its octets where the card doesn't do. */
import { parseHeaderSection } from '../../mail/index.ts';
import type { HeaderField } from '../../mail/index.ts';
import type { Part } from '../../mime/index.ts';
import { wholePart } from '../reading/card.ts';
import type { Card } from '../reading/card.ts';
import { octetsOf } from '../reading/octets.ts';
import type { Octets } from '../reading/octets.ts';
import type { BlobId } from './blob-id.ts';

export interface Message {
  readonly blob: BlobId;
  readonly card: Card;
  readonly octets: Octets;
}

/** The part that is the whole of it. */
export function rootOf({ card, octets }: Message): Part {
  return card.isUnreadable ? wholePart(octets.size) : card.tree.root;
}

/** Fields of a part's header; of the root's, those of the message. */
export async function fieldsOf({ octets }: Message, part: Part): Promise<readonly HeaderField[]> {
  const { headerAt, headerLength } = part;
  if (headerLength === 0) return [];
  return parseHeaderSection(await octetsOf(octets, { start: headerAt, end: headerAt + headerLength }));
}

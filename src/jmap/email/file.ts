/** The one door for emails that their owner makes (intake's append), in the words of JMAP. */
import { append } from '../../intake/index.ts';
import { MAIL_LIMITS } from '../capabilities.ts';
import { SetError } from '../errors.ts';
import type { Properties } from '../method.ts';
import { blobIdOf } from './get.ts';
import type { EmailParts } from './parts.ts';
import { refusalOf } from './trouble.ts';

/** What is told of an email that was made (RFC 8621 §4.6, §4.8). */
export interface MadeEmail extends Properties {
  readonly id: string;
  readonly blobId: string;
  readonly threadId: string;
  readonly size: number;
}

/** Of one email, as the store has it. */
const MOST_KEYWORDS = 100;

export function tooLarge(most: number): SetError {
  return new SetError('tooLarge', `A message may have ${most} octets.`, { maxSize: most });
}

export async function file(
  { store, clock }: EmailParts,
  account: string,
  state: { readonly mailboxes: readonly number[]; readonly keywords: readonly string[]; readonly receivedAt: number },
  octets: AsyncIterable<Uint8Array>,
): Promise<MadeEmail | SetError> {
  const { keywords, mailboxes } = state;
  if (keywords.length > MOST_KEYWORDS) return refusalOf('too-many-keywords');
  if (mailboxes.length > MAIL_LIMITS.maxMailboxesPerEmail) return refusalOf('too-many-mailboxes');
  const filed = await append({ store, clock }, { account, ...state }, octets);
  if (filed === 'over-quota') return new SetError('overQuota', 'The account has no room for it.');
  if (filed === 'no-mailbox') return refusalOf('no-mailbox');
  return { id: filed.id, blobId: blobIdOf(filed.id), threadId: filed.thread, size: filed.octets };
}

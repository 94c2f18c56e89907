/** Which emails are asked for, in which order; and whether all that has to be read for it has been. */
import type { EmailFilter, EmailOrder } from '../../store/index.ts';
import { flag, optional } from '../arguments.ts';
import type { Asked } from '../frames/query.ts';
import { conditionsOf } from './filter.ts';
import type { EmailParts } from './parts.ts';

export interface EmailSearch {
  /** Absent: all. */
  readonly filter?: EmailFilter;
  readonly sort: readonly EmailOrder[];
}

export const COLLAPSE = { collapseThreads: optional(flag, false) };

export type AskedEmails = Asked<EmailSearch, typeof COLLAPSE>;

/** How long a search waits for mail that has just come in. */
const LONGEST_WAIT = 2_000;

/** How many emails have not been read that would have to be, to answer this. */
export async function unreadFor({ reading }: EmailParts, account: string, search: EmailSearch): Promise<number> {
  return needsCards(search) ? await reading.catchUp(account, LONGEST_WAIT) : 0;
}

const OF_THE_CARD = ['hasAttachment', 'text', 'from', 'to', 'cc', 'bcc', 'subject', 'body', 'header'] as const;
const SORTED_BY_CARD: ReadonlySet<string> = new Set(['from', 'to', 'subject', 'sentAt']);

/** Whether the answer depends on what stands in messages. */
function needsCards({ filter, sort }: EmailSearch): boolean {
  return (
    sort.some(({ property }) => SORTED_BY_CARD.has(property)) ||
    conditionsOf(filter).some((condition) => OF_THE_CARD.some((one) => condition[one] !== undefined))
  );
}

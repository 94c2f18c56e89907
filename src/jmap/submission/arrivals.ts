/**
 * What letters that came in teach, once they have been read: who writes to this account, and which of its submissions a
 * report is about. Programs that write to many are nobody to be suggested.
 */
import { canonicalAddress, formatAddress, parseAddress } from '../../mail/index.ts';
import type { Router } from '../../accounts/index.ts';
import type { Store } from '../../store/index.ts';
import { parseCard } from '../reading/card.ts';
import type { ReadLetter } from '../reading/index.ts';
import { personId } from './people.ts';
import { linkReports } from './reports.ts';

/** Of a letter that came: a quarter of one that was written. */
const RECEIVED = 1;
const MOST_PEOPLE = 5_000;
const LONGEST_NAME = 200;

/** Lists, machines and bulk (RFC 2919, RFC 2369, RFC 3834). */
const OF_A_PROGRAM =
  /^(?:list-id|list-unsubscribe|feedback-id|auto-submitted: (?!no\b)|precedence: (?:bulk|list|junk))/m;

/** Learns from them; what can't be learnt is no matter. */
export async function noteArrivals(
  { store, router }: { readonly store: Store; readonly router: Router },
  letters: readonly ReadLetter[],
): Promise<void> {
  for (const { account, card } of letters) {
    const read = parseCard(card.card);
    if (read === undefined) continue;
    const [row] = await store.read('emailRows', { account, ids: [card.email] });
    if (row === undefined || row.keywords.includes('$draft')) continue;
    if (read.tree.root.type === 'multipart/report') await linkReports(store, account, row);
    else if (!OF_A_PROGRAM.test(card.words.header))
      await meetAuthor(store, router, { account, at: row.receivedAt, from: read.fields['from'] });
  }
}

async function meetAuthor(
  store: Store,
  router: Router,
  { account, at, from }: { readonly account: string; readonly at: number; readonly from: unknown },
): Promise<void> {
  const [author] = Array.isArray(from)
    ? (from as readonly { readonly name?: unknown; readonly email?: unknown }[])
    : [];
  const address = typeof author?.email === 'string' ? parseAddress(author.email, { utf8: true }) : undefined;
  if (address === undefined || (await router.belongsTo(address, account))) return;
  const key = canonicalAddress(address);
  const name = typeof author?.name === 'string' && !author.name.includes('@') ? author.name.slice(0, LONGEST_NAME) : '';
  const meeting = {
    key,
    id: personId(account, key),
    address: formatAddress(address),
    ...(name === '' ? {} : { name }),
    at,
    weight: RECEIVED,
  };
  await store.write('meet', { account, meetings: [meeting], most: MOST_PEOPLE });
}

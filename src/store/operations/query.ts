/**
 * Queries for emails (RFC 8621 §4.4): a walk along the listing of a mailbox, or of all mail. What most people ask for,
 * the newest of a mailbox, reads only the rows that it answers with.
 */
import type { EmailFilter, EmailOrder, EmailQuery, MailReads } from '../mail.ts';
import { LEAVING } from './change.ts';
import { all, allInThread, clauseOf, hasKeyword, isEverything, SIZE, someInThread } from './filter.ts';
import type { Clause, Scope } from './filter.ts';
import { slices } from './slices.ts';
import { first, rows } from './statement.ts';
import type { SqlValue, Steps } from './statement.ts';

type Answer = ReturnType<MailReads['queryEmails']>;

/** A query, cut up. */
interface Plan {
  readonly query: EmailQuery;
  /** Along which listing: of a mailbox, or of minus the account's number. */
  readonly listing: number;
  /** What else must hold; undefined: nothing. */
  readonly where: Clause | undefined;
  readonly order: string;
  readonly orderValues: readonly SqlValue[];
  /** By time of arrival alone, as the listing lies; which way. */
  readonly byArrival: 'newest' | 'oldest' | undefined;
}

export function* queryEmails(query: EmailQuery): Steps<Answer> {
  const account = yield* first<{ number: number }>('SELECT number FROM accounts WHERE id = ?', query.account);
  if (account === undefined) return query.anchor === undefined ? { ids: [], position: 0, total: 0 } : 'no-anchor';
  const boxes = yield* rows<{ id: number }>(
    'SELECT id FROM mailboxes WHERE account = ? AND (role IS NULL OR role <> ?)',
    query.account,
    LEAVING,
  );
  const plan = planOf(query, { owner: account.number, mailboxes: boxes.map(({ id }) => id) });
  return yield* answer(query.collapseThreads ? collapsed(plan) : each(plan), plan);
}

function planOf(query: EmailQuery, scope: Scope): Plan {
  const { mailbox, rest } = splitMailbox(query.filter, scope);
  const where = all(rest.map((filter) => clauseOf(filter, scope)));
  const sort = query.sort.length === 0 ? NEWEST_FIRST : query.sort;
  const orders = sort.map((order) => orderOf(order, scope));
  const [only] = sort;
  const up = only?.isAscending === true;
  return {
    query,
    listing: mailbox ?? -scope.owner,
    where: isEverything(where) ? undefined : where,
    order: [...orders.map(({ sql }) => sql), `l.seq ${up ? 'ASC' : 'DESC'}`].join(', '),
    orderValues: orders.flatMap(({ values }) => values),
    byArrival: sort.length === 1 && only?.property === 'receivedAt' ? (up ? 'oldest' : 'newest') : undefined,
  };
}

const NEWEST_FIRST: readonly EmailOrder[] = [{ property: 'receivedAt', isAscending: false }];

/** A mailbox that everything asked for lies in is walked along; the rest of the filter is looked at on the way. */
function splitMailbox(
  filter: EmailFilter | undefined,
  scope: Scope,
): { readonly mailbox?: number; readonly rest: readonly EmailFilter[] } {
  if (filter === undefined) return { rest: [] };
  if ('operator' in filter) {
    if (filter.operator !== 'AND') return { rest: [filter] };
    const parts = filter.conditions.map((one) => splitMailbox(one, scope));
    const led = parts.findIndex(({ mailbox }) => mailbox !== undefined);
    if (led < 0) return { rest: [filter] };
    const rest = parts.flatMap((part, index) =>
      index === led ? part.rest : [filter.conditions[index] as EmailFilter],
    );
    return { mailbox: parts[led]?.mailbox as number, rest };
  }
  const { inMailbox, ...rest } = filter;
  if (inMailbox === undefined || !scope.mailboxes.includes(inMailbox)) return { rest: [filter] };
  return { mailbox: inMailbox, rest: Object.keys(rest).length === 0 ? [] : [rest] };
}

function orderOf({ property, keyword = '', isAscending }: EmailOrder, scope: Scope): Clause {
  const { sql, values } = keyOf(property, keyword, scope);
  return { sql: `${sql} ${isAscending ? 'ASC' : 'DESC'}`, values };
}

function keyOf(property: EmailOrder['property'], keyword: string, scope: Scope): Clause {
  switch (property) {
    case 'receivedAt':
      return { sql: 'l.received_at', values: [] };
    case 'size':
      return { sql: SIZE, values: [] };
    case 'sentAt':
      return { sql: `coalesce(${ofCard('sent_at')}, l.received_at)`, values: [] };
    case 'from':
      return { sql: `coalesce(${ofCard('sender')}, '')`, values: [] };
    case 'to':
      return { sql: `coalesce(${ofCard('receiver')}, '')`, values: [] };
    case 'subject':
      return { sql: `coalesce(${ofCard('subject')}, '')`, values: [] };
    case 'hasKeyword':
      return truth(hasKeyword(keyword, scope));
    case 'allInThreadHaveKeyword':
      return truth(allInThread(keyword, scope));
    case 'someInThreadHaveKeyword':
      return truth(someInThread(keyword, scope));
  }
}

function ofCard(column: string): string {
  return `(SELECT o.${column} FROM card_sorts o WHERE o.seq = l.seq)`;
}

function truth({ sql, values }: Clause): Clause {
  return { sql: `CASE WHEN ${sql} THEN 1 ELSE 0 END`, values };
}

/** Results in order, as a query's window needs them. */
interface Results {
  total(): Steps<number>;
  slice(from: number, count: number): Steps<readonly number[]>;
  /** Where an email stands; undefined: it is not among them. */
  indexOf(email: string): Steps<number | undefined>;
}

/** RFC 8620 §5.5: the window, from a position or around an anchor. */
function* answer(results: Results, { query }: Plan): Steps<Answer> {
  const { anchor, position, limit, calculateTotal } = query;
  const counted = calculateTotal || (anchor === undefined && position < 0);
  const total = counted ? yield* results.total() : undefined;
  let from = position < 0 ? Math.max(0, (total ?? 0) + position) : position;
  if (anchor !== undefined) {
    const index = yield* results.indexOf(anchor.email);
    if (index === undefined) return 'no-anchor';
    from = Math.max(0, index + anchor.offset);
  }
  const seqs = limit === 0 || (total !== undefined && from >= total) ? [] : yield* results.slice(from, limit);
  const ids = yield* idsOf(seqs);
  return { ids, position: from, ...(calculateTotal && total !== undefined ? { total } : {}) };
}

function* idsOf(seqs: readonly number[]): Steps<readonly string[]> {
  const ids = new Map<number, string>();
  for (const { values, places } of slices(seqs))
    for (const row of yield* rows<{ seq: number; id: string }>(
      `SELECT seq, id FROM emails WHERE seq IN (${places})`,
      ...values,
    ))
      ids.set(row.seq, row.id);
  return seqs.flatMap((seq) => ids.get(seq) ?? []);
}

function from({ where }: Plan): string {
  return `FROM listings l WHERE l.mailbox = ?${where === undefined ? '' : ` AND ${where.sql}`}`;
}

function fromValues({ listing, where }: Plan): readonly SqlValue[] {
  return [listing, ...(where?.values ?? [])];
}

function each(plan: Plan): Results {
  return {
    total: () => totalOf(plan, 'emails'),
    *slice(start, count) {
      const found = yield* rows<{ seq: number }>(
        `SELECT l.seq ${from(plan)} ORDER BY ${plan.order} LIMIT ? OFFSET ?`,
        ...fromValues(plan),
        ...plan.orderValues,
        count,
        start,
      );
      return found.map(({ seq }) => seq);
    },
    *indexOf(email) {
      if (plan.byArrival !== undefined) return yield* indexByArrival(plan, email);
      const found = yield* ordered(plan);
      return indexAmong(found, yield* seqOfEmail(plan, email));
    },
  };
}

function* seqOfEmail({ query }: Plan, email: string): Steps<{ seq: number; received_at: number } | undefined> {
  return yield* first<{ seq: number; received_at: number }>(
    'SELECT seq, received_at FROM emails WHERE id = ? AND account = ? AND hidden = 0',
    email,
    query.account,
  );
}

function indexAmong(
  list: readonly { readonly seq: number }[],
  email: { readonly seq: number } | undefined,
): number | undefined {
  const index = list.findIndex(({ seq }) => seq === email?.seq);
  return index < 0 ? undefined : index;
}

/** Counted along the listing, which lies in this order. */
function* indexByArrival(plan: Plan, email: string): Steps<number | undefined> {
  const row = yield* seqOfEmail(plan, email);
  if (row === undefined) return undefined;
  const stands = [row.received_at, row.seq] as const;
  const here = yield* first(
    `SELECT l.seq ${from(plan)} AND l.received_at = ? AND l.seq = ?`,
    ...fromValues(plan),
    ...stands,
  );
  if (here === undefined) return undefined;
  const before = plan.byArrival === 'newest' ? '>' : '<';
  const counted = yield* first<{ count: number }>(
    `SELECT count(*) AS count ${from(plan)} AND (l.received_at, l.seq) ${before} (?, ?)`,
    ...fromValues(plan),
    ...stands,
  );
  return counted?.count ?? 0;
}

/** Of a whole mailbox the counts are kept. */
function* totalOf(plan: Plan, what: 'emails' | 'threads'): Steps<number> {
  if (plan.where === undefined && plan.listing > 0) {
    const kept = yield* first<{ emails: number; threads: number }>(
      'SELECT total_emails AS emails, total_threads AS threads FROM mailboxes WHERE id = ?',
      plan.listing,
    );
    return kept?.[what] ?? 0;
  }
  const counted = what === 'emails' ? 'count(*)' : 'count(DISTINCT l.thread)';
  const row = yield* first<{ count: number }>(`SELECT ${counted} AS count ${from(plan)}`, ...fromValues(plan));
  return row?.count ?? 0;
}

interface OrderedRow {
  readonly seq: number;
  readonly thread: number;
}

function* ordered(plan: Plan, most = -1): Steps<readonly OrderedRow[]> {
  return yield* rows<OrderedRow>(
    `SELECT l.seq, l.thread ${from(plan)} ORDER BY ${plan.order} LIMIT ?`,
    ...fromValues(plan),
    ...plan.orderValues,
    most,
  );
}

/** Each thread once, as its first email in this order (RFC 8621 §4.4.3). */
function collapsed(plan: Plan): Results {
  return plan.where === undefined && plan.listing > 0 && plan.byArrival === 'newest'
    ? newestOfThreads(plan)
    : firstOfThreads(plan);
}

/** The newest of each thread in a mailbox is kept with where the thread lies. */
function newestOfThreads(plan: Plan): Results {
  return {
    total: () => totalOf(plan, 'threads'),
    *slice(start, count) {
      const found = yield* rows<{ newest: number }>(
        'SELECT newest FROM thread_mailboxes WHERE mailbox = ? ORDER BY newest_at DESC, newest DESC LIMIT ? OFFSET ?',
        plan.listing,
        count,
        start,
      );
      return found.map(({ newest }) => newest);
    },
    *indexOf(email) {
      const row = yield* seqOfEmail(plan, email);
      if (row === undefined) return undefined;
      const stands = [plan.listing, row.received_at, row.seq] as const;
      const here = yield* first(
        'SELECT thread FROM thread_mailboxes WHERE mailbox = ? AND newest_at = ? AND newest = ?',
        ...stands,
      );
      if (here === undefined) return undefined;
      const counted = yield* first<{ count: number }>(
        'SELECT count(*) AS count FROM thread_mailboxes WHERE mailbox = ? AND (newest_at, newest) > (?, ?)',
        ...stands,
      );
      return counted?.count ?? 0;
    },
  };
}

/** How many emails more than threads are read at first: most threads have few. */
const EMAILS_PER_THREAD = 4;

function firstOfThreads(plan: Plan): Results {
  let everything: readonly OrderedRow[] | undefined;
  function* whole(): Steps<readonly OrderedRow[]> {
    return (everything ??= oncePerThread(yield* ordered(plan)));
  }
  return {
    total: () => totalOf(plan, 'threads'),
    *slice(start, count) {
      const most = (start + count) * EMAILS_PER_THREAD;
      const some = everything === undefined ? yield* ordered(plan, most) : [];
      const threads = oncePerThread(some);
      const enough = everything === undefined && (some.length < most || threads.length >= start + count);
      const list = enough ? threads : yield* whole();
      return list.slice(start, start + count).map(({ seq }) => seq);
    },
    *indexOf(email) {
      return indexAmong(yield* whole(), yield* seqOfEmail(plan, email));
    },
  };
}

function oncePerThread(list: readonly OrderedRow[]): readonly OrderedRow[] {
  const seen = new Set<number>();
  return list.filter(({ thread }) => !seen.has(thread) && seen.add(thread));
}

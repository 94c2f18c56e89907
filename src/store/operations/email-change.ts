/** What an owner does with emails: keywords, mailboxes, destruction (RFC 8621 §4.6). */
import type { EmailChange, EmailTrouble, MailWrites } from '../mail.ts';
import type { Writes } from '../store.ts';
import { emailState } from './changes.ts';
import { beginChange, boxesOf, changeEmail, destroyEmail, endChange, isOpen, leavingBox, MAIL } from './change.ts';
import type { Change, MailRow, Place, Wanted } from './change.ts';
import { othersColumn, othersIn, packed, unpacked } from './keyword.ts';
import { roleMailbox } from './mailbox.ts';
import { slices } from './slices.ts';
import { first, rows } from './statement.ts';
import type { Steps } from './statement.ts';

const MOST_CHANGED = 1_000;
const MOST_KEYWORDS = 100;
export const MOST_MAILBOXES_OF_AN_EMAIL = 100;

type ChangeEmails = Parameters<MailWrites['changeEmails']>[0];

export function* changeEmails(p: ChangeEmails): Steps<ReturnType<MailWrites['changeEmails']>> {
  const boxes = yield* boxesOf(p.account);
  const change = yield* beginChange(p.account, p.at);
  const ids = [...p.changes.map(({ email }) => email), ...p.destroy].slice(0, MOST_CHANGED);
  if (change === undefined)
    return { before: 0, after: 0, troubles: ids.map((email) => ({ email, trouble: 'missing' })) };
  const before = yield* emailState(p.account);
  if (p.ifModseq !== undefined && p.ifModseq !== before) return 'state-mismatch';
  const found = yield* findMail(p.account, ids);
  const twice = ids.length > new Set(ids).size;
  const troubles: { email: string; trouble: EmailTrouble }[] = [];
  for (const one of p.changes.slice(0, MOST_CHANGED)) {
    const trouble = yield* changeOne(change, one, { found, boxes, twice });
    if (trouble !== undefined) troubles.push({ email: one.email, trouble });
  }
  const destroyed = ids.slice(p.changes.length);
  const leaving = destroyed.some((id) => found.has(id)) ? yield* leavingBox(p.account, p.at) : undefined;
  for (const id of destroyed) {
    if (found.has(id)) yield* destroyOne(change, id, { found, leaving });
    else troubles.push({ email: id, trouble: 'missing' });
  }
  yield* endChange(change);
  return { before, after: change.modseq > change.base ? change.modseq : before, troubles };
}

export interface FoundMail {
  email: MailRow;
  places: readonly Place[];
}

/** Those that are the account's and not gone for it, with where they lie. */
export function* findMail(account: string, ids: readonly string[]): Steps<Map<string, FoundMail>> {
  const found = new Map<string, { email: MailRow; places: Place[] }>();
  for (const slice of slices([...new Set(ids)])) {
    const emails = yield* rows<MailRow>(
      `SELECT ${MAIL} FROM emails WHERE id IN (${slice.places}) AND account = ? AND hidden = 0`,
      ...slice.values,
      account,
    );
    for (const email of emails) found.set(email.id, { email, places: [] });
    const places = yield* rows<Place & { email: string }>(
      `SELECT email, mailbox, uid FROM memberships WHERE email IN (${slice.places})`,
      ...slice.values,
    );
    for (const { email, mailbox, uid } of places) found.get(email)?.places.push({ mailbox, uid });
  }
  return found;
}

interface Known {
  readonly found: Map<string, FoundMail>;
  readonly boxes: ReadonlyMap<number, string | null>;
  /** An email is named more than once. */
  readonly twice: boolean;
}

function* changeOne(change: Change, p: EmailChange, { found, boxes, twice }: Known): Steps<EmailTrouble | undefined> {
  const known = found.get(p.email);
  if (known === undefined) return 'missing';
  const { email, places } = known;
  const wanted = wantedOf(p, known);
  const trouble = troubleWith(wanted, boxes);
  if (trouble !== undefined) return trouble;
  if (!differs(wanted, known)) return undefined;
  yield* changeEmail(change, email, places, wanted);
  // The second change finds what the first made of it.
  if (twice) found.set(p.email, yield* again(email.id));
  return undefined;
}

function* again(id: string): Steps<FoundMail> {
  const email = yield* first<MailRow>(`SELECT ${MAIL} FROM emails WHERE id = ?`, id);
  const places = yield* rows<Place>('SELECT mailbox, uid FROM memberships WHERE email = ?', id);
  return { email: email as MailRow, places };
}

function wantedOf({ keywords, mailboxes }: EmailChange, { email, places }: FoundMail): Wanted {
  const now = unpacked(email.flags, othersIn(email.keywords));
  const kept = email.flags & ~packed(now).flags;
  const { flags, others } = packed(patched(now, keywords));
  return {
    flags: flags | kept,
    others,
    mailboxes: patched(
      places.map(({ mailbox }) => mailbox),
      mailboxes,
    ),
  };
}

type Patch<V> = { readonly is: readonly V[] } | { readonly add: readonly V[]; readonly remove: readonly V[] };

function patched<V>(now: readonly V[], patch: Patch<V> | undefined): readonly V[] {
  if (patch === undefined) return now;
  if ('is' in patch) return [...new Set(patch.is)];
  return [...new Set([...now.filter((one) => !patch.remove.includes(one)), ...patch.add])];
}

function troubleWith({ flags, others, mailboxes }: Wanted, boxes: Known['boxes']): EmailTrouble | undefined {
  if (mailboxes.length === 0) return 'in-no-mailbox';
  if (mailboxes.length > MOST_MAILBOXES_OF_AN_EMAIL) return 'too-many-mailboxes';
  if (mailboxes.some((id) => !isOpen(boxes, id))) return 'no-mailbox';
  return unpacked(flags, others).length > MOST_KEYWORDS ? 'too-many-keywords' : undefined;
}

function differs(wanted: Wanted, { email, places }: FoundMail): boolean {
  return (
    wanted.flags !== email.flags ||
    othersColumn(wanted.others) !== email.keywords ||
    wanted.mailboxes.length !== places.length ||
    places.some(({ mailbox }) => !wanted.mailboxes.includes(mailbox))
  );
}

function* destroyOne(
  change: Change,
  id: string,
  { found, leaving }: { readonly found: Map<string, FoundMail>; readonly leaving: number | undefined },
): Steps<void> {
  const { email, places } = found.get(id) as FoundMail;
  found.delete(id);
  const why = { kind: 'removed', by: 'owner' } as const;
  yield* destroyEmail(change, email, places, { why, ...(leaving === undefined ? {} : { leaving }) });
}

/** The same by what mailboxes are for; those that are not there yet are made. */
export function* placeEmails(p: Parameters<Writes['placeEmails']>[0]): Steps<readonly string[]> {
  const ids = [...new Set(p.emails.slice(0, MOST_CHANGED))];
  const found = yield* findMail(p.account, ids);
  const placed = ids.filter((id) => found.has(id));
  if (placed.length === 0) return [];
  const mailboxes: number[] = [];
  for (const role of new Set(p.roles)) mailboxes.push(yield* roleMailbox(p.account, role, p.at));
  const changes = mailboxes.length === 0 ? [] : placed.map((email) => ({ email, mailboxes: { is: mailboxes } }));
  const destroy = mailboxes.length === 0 ? placed : [];
  yield* changeEmails({ account: p.account, changes, destroy, at: p.at });
  return placed;
}

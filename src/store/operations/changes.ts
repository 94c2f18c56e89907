/**
 * What changed since a modseq (RFC 8620 §5.2). Within one type no two things share a modseq, so an answer may end behind
 * any of them, and whoever goes on from there misses nothing. What came and went since then is not told of.
 */
import type { ChangesSince, MailChanges, MailReads, MailType } from '../mail.ts';
import { LEAVING } from './change.ts';
import { first, rows } from './statement.ts';
import type { SqlValue, Steps } from './statement.ts';
import { seqOf, threadId } from './thread.ts';

interface AccountRow {
  readonly number: number;
  readonly numbered: number;
  readonly epoch: number;
  readonly modseq: number;
  readonly changes_from: number;
}

function accountRow(account: string): Steps<AccountRow | undefined> {
  return first<AccountRow>('SELECT number, numbered, epoch, modseq, changes_from FROM accounts WHERE id = ?', account);
}

export function* mailState(p: Parameters<MailReads['mailState']>[0]): Steps<ReturnType<MailReads['mailState']>> {
  const row = yield* accountRow(p.account);
  if (row === undefined) return undefined;
  return { epoch: row.epoch, modseq: p.type === undefined ? row.modseq : yield* stateOf(p.type, p.account, row) };
}

function* stateOf(type: MailType, account: string, { number, numbered }: AccountRow): Steps<number> {
  if (type === 'delivery') return numbered;
  return yield* lastChange(type, account, type === 'thread' ? number : account);
}

/** The modseq of the last change of what is there. Each is a look at one end of an index, or at few rows. */
const NEWEST: Readonly<Record<ChangingType, string>> = {
  email: 'SELECT modseq FROM emails WHERE account = ? AND hidden = 0 ORDER BY modseq DESC LIMIT 1',
  thread: 'SELECT modseq FROM threads WHERE owner = ? ORDER BY modseq DESC LIMIT 1',
  mailbox: `SELECT max(modseq) AS modseq FROM mailboxes WHERE account = ? AND (role IS NULL OR role <> '${LEAVING}')`,
  identity: 'SELECT max(modseq) AS modseq FROM identities WHERE account = ?',
  submission: 'SELECT modseq FROM submissions WHERE account = ? ORDER BY modseq DESC LIMIT 1',
};

/**
 * The state of a type: when something of it last changed or went. It never goes back: what goes leaves a tombstone with a
 * higher modseq, and of each type the last tombstone stays (sweepTombstones).
 */
function* lastChange(type: ChangingType, account: string, owner: string | number): Steps<number> {
  const there = yield* first<{ modseq: number | null }>(NEWEST[type], owner);
  const gone = yield* first<{ modseq: number }>(
    'SELECT modseq FROM tombstones WHERE account = ? AND kind = ? ORDER BY modseq DESC LIMIT 1',
    account,
    type,
  );
  return Math.max(there?.modseq ?? 0, gone?.modseq ?? 0);
}

export function emailState(account: string): Steps<number> {
  return lastChange('email', account, account);
}

/** Of which `/changes` can be told. */
export type ChangingType = Exclude<MailType, 'delivery'>;

/** Something as it stands, or as it stood when it went; when it was made and when it last changed. */
export interface Step<Id> {
  readonly id: Id;
  readonly created: number;
  readonly modseq: number;
  readonly gone: boolean;
  readonly facts?: number;
}

/**
 * Where something stands among the changes since then. What is new stands where it was made, though it changed again
 * later: an answer that ends between the two has told of it, and the next one tells of the change.
 */
function placeOf({ created, modseq }: Step<unknown>, since: number): number {
  return created > since ? created : modseq;
}

interface Since extends AccountRow {
  /** The state that an answer with all of it reaches. */
  readonly state: number;
}

/** The account, where its changes of a type since then are known. */
export function* sinceThen(type: ChangingType, { account, since }: ChangesSince): Steps<Since | undefined> {
  const row = yield* accountRow(account);
  if (row === undefined || since > row.modseq) return undefined;
  const state = yield* stateOf(type, account, row);
  // Where nothing of the type has changed since, what is forgotten was of other types.
  return since < row.changes_from && since < state ? undefined : { ...row, state };
}

/** The first of them, in order; of each kind one more than `limit` has to be among them where there is one. */
export function changesIn<Id>(steps: readonly Step<Id>[], { since, limit }: ChangesSince, now: number): Told<Id> {
  const all = steps.toSorted((one, other) => placeOf(one, since) - placeOf(other, since));
  const told = all.slice(0, limit);
  const last = told.at(-1);
  const upTo = all.length <= limit ? now : last === undefined ? since : placeOf(last, since);
  const ids = (which: (step: Step<Id>) => boolean): readonly Id[] => told.filter(which).map(({ id }) => id);
  return {
    changes: {
      created: ids(({ gone, created }) => !gone && created > since),
      updated: ids(({ gone, created }) => !gone && created <= since),
      destroyed: ids(({ gone }) => gone),
      upTo,
      more: upTo < now,
    },
    told,
  };
}

interface Told<Id> {
  readonly changes: MailChanges<Id>;
  readonly told: readonly Step<Id>[];
}

export interface StepRow {
  readonly id: SqlValue;
  readonly created: number;
  readonly modseq: number;
}

/** What went; what came since then, too, is not told of. */
export function* tombstones({ account, since, limit }: ChangesSince, kind: string): Steps<readonly Step<string>[]> {
  const found = yield* rows<StepRow>(
    'SELECT id, created, modseq FROM tombstones WHERE account = ? AND kind = ? AND modseq > ? AND created <= ? ORDER BY modseq LIMIT ?',
    account,
    kind,
    since,
    since,
    limit + 1,
  );
  return found.map((row) => ({ ...row, id: String(row.id), gone: true }));
}

/** Emails or threads: `seq` grows with `created`, so that what is new stands at the end. */
interface Kind {
  /** By the seq: the first row from there on, before an end. */
  readonly probe: string;
  /** From a seq on, before an end: those that are there. */
  readonly since: string;
  /** Of an owner: those that changed after a modseq and were made before. */
  readonly changed: string;
}

const EMAILS: Kind = {
  probe: 'SELECT seq, created FROM emails WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1',
  since: 'SELECT id, created, modseq FROM emails WHERE seq >= ? AND seq < ? AND hidden = 0 ORDER BY seq LIMIT ?',
  changed:
    'SELECT id, created, modseq FROM emails WHERE account = ? AND hidden = 0 AND modseq > ? AND created <= ? ORDER BY modseq LIMIT ?',
};
const THREADS: Kind = {
  probe: 'SELECT id AS seq, created FROM threads WHERE id >= ? AND id < ? ORDER BY id LIMIT 1',
  since: 'SELECT id, created, modseq FROM threads WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
  changed:
    'SELECT id, created, modseq FROM threads WHERE owner = ? AND modseq > ? AND created <= ? ORDER BY modseq LIMIT ?',
};

function* steps(
  kind: Kind,
  owner: string | number,
  { number, numbered }: AccountRow,
  { since, limit }: ChangesSince,
): Steps<readonly Step<string>[]> {
  const end = seqOf(number, numbered + 1);
  const from = yield* firstSince(kind, seqOf(number, 1), end, since);
  const made = yield* rows<StepRow>(kind.since, from, end, limit + 1);
  const changed = yield* rows<StepRow>(kind.changed, owner, since, since, limit + 1);
  return [...made, ...changed].map((row) => ({ ...row, id: String(row.id), gone: false }));
}

/** The seq of the first that was made after a modseq; halved down to, which takes no index. */
function* firstSince(kind: Kind, from: number, end: number, since: number): Steps<number> {
  let [low, high] = [from, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = yield* first<{ seq: number; created: number }>(kind.probe, middle, high);
    if (row === undefined || row.created > since) high = middle;
    else low = row.seq + 1;
  }
  return low;
}

export function* emailChanges(p: ChangesSince): Steps<MailChanges<string> | undefined> {
  const account = yield* sinceThen('email', p);
  if (account === undefined) return undefined;
  const there = yield* steps(EMAILS, p.account, account, p);
  return changesIn([...there, ...(yield* tombstones(p, 'email'))], p, account.state).changes;
}

export function* threadChanges(p: ChangesSince): Steps<MailChanges<string> | undefined> {
  const account = yield* sinceThen('thread', p);
  if (account === undefined) return undefined;
  const there = yield* steps(THREADS, account.number, account, p);
  const named = [...there, ...(yield* tombstones(p, 'thread'))].map((step) => ({
    ...step,
    id: threadId(Number(step.id)),
  }));
  return changesIn(named, p, account.state).changes;
}

export function* mailboxChanges(p: ChangesSince): Steps<ReturnType<MailReads['mailboxChanges']>> {
  const account = yield* sinceThen('mailbox', p);
  if (account === undefined) return undefined;
  const found = yield* rows<StepRow & { facts_modseq: number }>(
    'SELECT id, created, modseq, facts_modseq FROM mailboxes WHERE account = ? AND (role IS NULL OR role <> ?) AND modseq > ?',
    p.account,
    LEAVING,
    p.since,
  );
  const named = [
    ...found.map((row) => ({ ...row, gone: false, facts: row.facts_modseq })),
    ...(yield* tombstones(p, 'mailbox')),
  ].map((step) => ({ ...step, id: Number(step.id) }));
  const { changes, told } = changesIn(named, p, account.state);
  const updated = told.filter(({ gone, created }) => !gone && created <= p.since);
  return { ...changes, onlyCounts: updated.every(({ facts = 0 }) => facts <= p.since) };
}

/** What changed of identities and submissions since a modseq (RFC 8620 §5.2). */
import type { ChangesSince, MailChanges } from '../mail.ts';
import { changesIn, sinceThen, tombstones } from './changes.ts';
import type { StepRow } from './changes.ts';
import { rows, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { bump } from './modseq.ts';

export type Kind = 'identity' | 'submission';

const TABLE: Readonly<Record<Kind, string>> = { identity: 'identities', submission: 'submissions' };

export interface Gone {
  readonly account: string;
  readonly id: string;
  readonly created: number;
}

/** Leaves a tombstone. */
export function* bury(kind: Kind, { account, id, created }: Gone, at: number): Steps<void> {
  const modseq = yield* bump(account);
  if (modseq === undefined) return;
  yield* run(
    'INSERT INTO tombstones (account, kind, modseq, id, created, at) VALUES (?, ?, ?, ?, ?, ?)',
    account,
    kind,
    modseq,
    id,
    created,
    at,
  );
}

export function* changesOf(kind: Kind, p: ChangesSince): Steps<MailChanges<string> | undefined> {
  const account = yield* sinceThen(kind, p);
  if (account === undefined) return undefined;
  const table = TABLE[kind];
  const made = yield* rows<StepRow>(
    `SELECT id, created, modseq FROM ${table} WHERE account = ? AND created > ? ORDER BY created LIMIT ?`,
    p.account,
    p.since,
    p.limit + 1,
  );
  const changed = yield* rows<StepRow>(
    `SELECT id, created, modseq FROM ${table} WHERE account = ? AND modseq > ? AND created <= ? ORDER BY modseq LIMIT ?`,
    p.account,
    p.since,
    p.since,
    p.limit + 1,
  );
  const there = [...made, ...changed].map((row) => ({ ...row, id: String(row.id), gone: false }));
  return changesIn([...there, ...(yield* tombstones(p, kind))], p, account.state).changes;
}

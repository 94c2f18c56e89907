/** Operations on push subscriptions (RFC 8620 §7.2). */
import type { PushReads, PushSubscription, PushWrites } from '../push.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

interface Row {
  readonly id: string;
  readonly account: string;
  readonly device: string;
  readonly url: string;
  readonly keys: string | null;
  readonly code: string;
  readonly stage: PushSubscription['stage'];
  readonly types: string | null;
  readonly expires_at: number;
  readonly told: string;
  readonly failures: number;
  readonly due_at: number;
}

const COLUMNS = 'id, account, device, url, keys, code, stage, types, expires_at, told, failures, due_at';
const MOST_READ = 10_000;

export function* pushSubscriptions({
  account,
}: Parameters<PushReads['pushSubscriptions']>[0]): Steps<readonly PushSubscription[]> {
  const found =
    account === undefined
      ? yield* rows<Row>(`SELECT ${COLUMNS} FROM push_subscriptions ORDER BY id LIMIT ${MOST_READ}`)
      : yield* rows<Row>(`SELECT ${COLUMNS} FROM push_subscriptions WHERE account = ? ORDER BY id`, account);
  return found.map(subscriptionOf);
}

function subscriptionOf({ keys, types, told, expires_at, due_at, ...row }: Row): PushSubscription {
  return {
    ...row,
    ...(keys === null ? {} : { keys }),
    ...(types === null ? {} : { types: JSON.parse(types) as readonly string[] }),
    expiresAt: expires_at,
    told: JSON.parse(told) as PushSubscription['told'],
    dueAt: due_at,
  };
}

export function* addPushSubscription(
  p: Parameters<PushWrites['addPushSubscription']>[0],
): Steps<ReturnType<PushWrites['addPushSubscription']>> {
  const count = yield* first<{ n: number }>(
    'SELECT count(*) AS n FROM push_subscriptions WHERE account = ? AND id <> ?',
    p.account,
    p.id,
  );
  if ((count?.n ?? 0) >= p.most) return 'too-many';
  yield* run(
    'INSERT INTO push_subscriptions (id, account, device, url, keys, code, types, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    p.id,
    p.account,
    p.device,
    p.url,
    p.keys ?? null,
    p.code,
    typesColumn(p.types),
    p.expiresAt,
  );
  return 'done';
}

function typesColumn(types: readonly string[] | null | undefined): string | null {
  return types === undefined || types === null ? null : JSON.stringify(types);
}

export function* changePushSubscription(
  p: Parameters<PushWrites['changePushSubscription']>[0],
): Steps<ReturnType<PushWrites['changePushSubscription']>> {
  const row = yield* first<Row>(
    `SELECT ${COLUMNS} FROM push_subscriptions WHERE id = ? AND account = ?`,
    p.id,
    p.account,
  );
  if (row === undefined) return 'missing';
  yield* run(
    'UPDATE push_subscriptions SET types = ?, expires_at = ?, stage = ?, told = ? WHERE id = ?',
    p.types === undefined ? row.types : typesColumn(p.types),
    p.expiresAt ?? row.expires_at,
    p.verified === undefined ? row.stage : 'verified',
    p.verified === undefined ? row.told : JSON.stringify(p.verified.told),
    p.id,
  );
  return 'done';
}

export function* removePushSubscription(
  p: Parameters<PushWrites['removePushSubscription']>[0],
): Steps<ReturnType<PushWrites['removePushSubscription']>> {
  const gone = yield* first(
    'DELETE FROM push_subscriptions WHERE id = ? AND account = ? RETURNING id',
    p.id,
    p.account,
  );
  return gone === undefined ? 'missing' : 'done';
}

export function* notePush({ id, failures, dueAt, stage, told }: Parameters<PushWrites['notePush']>[0]): Steps<void> {
  // The client may have brought the code back before its server said that it has it.
  yield* run(
    "UPDATE push_subscriptions SET failures = ?, due_at = ?, told = coalesce(?, told), stage = CASE WHEN stage = 'verified' THEN stage ELSE coalesce(?, stage) END WHERE id = ?",
    failures,
    dueAt,
    told === undefined ? null : JSON.stringify(told),
    stage ?? null,
    id,
  );
}

/** Whoever got a new password did not want those who had the old one to hear more. */
export function* endPushesOf(account: string): Steps<void> {
  yield* run('DELETE FROM push_subscriptions WHERE account = ?', account);
}

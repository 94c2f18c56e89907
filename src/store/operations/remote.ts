/** Operations on accounts at other providers and on what is remembered of their maildrops. */
import { identityOfRemote } from '../remote.ts';
import type { RemoteMessage, RemoteOrigin, RemoteReads, RemoteRow, RemoteWrites } from '../remote.ts';
import { append } from './append.ts';
import { insertEvents } from './event.ts';
import { changeEmails, findMail } from './email-change.ts';
import { putIdentity } from './identity.ts';
import { othersIn, unpacked } from './keyword.ts';
import { slices } from './slices.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { putGrant, removeGrant } from './submission.ts';

const MOST_MESSAGES = 1_000;

export function* putRemote(p: Parameters<RemoteWrites['putRemote']>[0]): Steps<'done' | 'exists' | 'missing'> {
  const open = yield* first('SELECT 1 AS found FROM accounts WHERE id = ? AND closed_at IS NULL', p.account);
  if (open === undefined) return 'missing';
  const other = yield* first<{ id: string }>(
    'SELECT id FROM remotes WHERE account = ? AND address = ?',
    p.account,
    p.address,
  );
  if (other !== undefined && other.id !== p.id) return 'exists';
  yield* run(
    `INSERT INTO remotes (id, account, address, settings, secrets, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, secrets = excluded.secrets, due_at = excluded.due_at`,
    p.id,
    p.account,
    p.address,
    p.settings,
    p.secrets,
    p.createdAt,
    p.dueAt ?? null,
  );
  if (p.sender !== undefined) yield* mayWriteAs(p, p.sender);
  return 'done';
}

type Put = Parameters<RemoteWrites['putRemote']>[0];

function* mayWriteAs(
  { id, account, address, createdAt: at }: Put,
  { facts, local, domain }: NonNullable<Put['sender']>,
): Steps<void> {
  yield* putGrant({ account, local, domain, at });
  const identity = { email: address, facts };
  yield* putIdentity({ account, id: identityOfRemote(id), identity, how: 'made', most: Number.MAX_SAFE_INTEGER, at });
}

export function* removeRemote({
  id,
  sender,
  at,
}: Parameters<RemoteWrites['removeRemote']>[0]): Steps<'done' | 'missing'> {
  const known = yield* first<{ account: string }>('SELECT account FROM remotes WHERE id = ?', id);
  if (known === undefined) return 'missing';
  const { account } = known;
  yield* run('DELETE FROM remote_messages WHERE remote = ?', id);
  yield* run('DELETE FROM remotes WHERE id = ?', id);
  if (sender !== undefined) yield* removeGrant({ account, ...sender });
  yield* putIdentity({ account, id: identityOfRemote(id), how: 'kept', most: 0, at });
  return 'done';
}

/** Of an account that is purged. */
export function* removeRemotesOf(account: string): Steps<void> {
  yield* run('DELETE FROM remote_messages WHERE remote IN (SELECT id FROM remotes WHERE account = ?)', account);
  yield* run('DELETE FROM remotes WHERE account = ?', account);
}

export function* recordVisit(p: Parameters<RemoteWrites['recordVisit']>[0]): Steps<'done' | 'missing'> {
  const known = yield* first<{ id: string }>(
    `UPDATE remotes SET standing = ?, visited_at = ?, due_at = CASE WHEN due_at > ? AND due_at <= ? THEN due_at ELSE ? END
     WHERE id = ? RETURNING id`,
    p.standing,
    p.at,
    p.since,
    p.at,
    p.dueAt,
    p.id,
  );
  return known === undefined ? 'missing' : 'done';
}

type Collect = Parameters<RemoteWrites['collectMessage']>[0];

export function* collectMessage(p: Collect): Steps<ReturnType<RemoteWrites['collectMessage']>> {
  const { remote, memory } = p;
  const owner = yield* first<{ account: string }>('SELECT account FROM remotes WHERE id = ?', remote);
  if (owner?.account !== p.append.account) return 'missing';
  const before = yield* first<{ state: string; email: string | null; rest_wanted: number }>(
    'SELECT state, email, rest_wanted FROM remote_messages WHERE remote = ? AND uidl = ?',
    remote,
    memory.uidl,
  );
  const isHere = before?.state === 'whole' && before.rest_wanted === 0;
  if (isHere || (before?.state === 'headers' && memory.state !== 'whole')) {
    // The rest is longer than anything that is taken: it is not asked for at each visit.
    yield* run('UPDATE remote_messages SET rest_wanted = 0 WHERE remote = ? AND uidl = ?', remote, memory.uidl);
    return 'known';
  }
  const filed = yield* inPlaceOf(p, before?.email ?? undefined);
  if (filed !== 'done') return filed;
  yield* insertEvents(p.events);
  yield* run(
    `INSERT INTO remote_messages (remote, uidl, octets, state, collected_at, head, email) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (remote, uidl) DO UPDATE SET octets = excluded.octets, state = excluded.state, collected_at = excluded.collected_at,
       head = excluded.head, email = excluded.email, rest_wanted = 0`,
    remote,
    memory.uidl,
    memory.octets,
    memory.state,
    memory.collectedAt,
    memory.head,
    p.append.email.id,
  );
  return 'done';
}

/** Files it where its header lay, with what its owner had marked it; a header that is gone by now leaves it where new mail goes. */
function* inPlaceOf(
  { append: params }: Collect,
  header: string | undefined,
): Steps<'done' | 'over-quota' | 'no-mailbox'> {
  const { account, message } = params;
  const found = header === undefined ? undefined : (yield* findMail(account, [header])).get(header);
  const email =
    found === undefined
      ? params.email
      : {
          ...params.email,
          mailboxes: found.places.map(({ mailbox }) => mailbox),
          keywords: unpacked(found.email.flags, othersIn(found.email.keywords)),
        };
  const filed = yield* append({ account, message, email });
  if (typeof filed === 'string') return filed;
  if (found !== undefined)
    yield* changeEmails({ account, changes: [], destroy: [found.email.id], at: message.receivedAt });
  return 'done';
}

export function* remoteMessagesGone(p: Parameters<RemoteWrites['remoteMessagesGone']>[0]): Steps<void> {
  for (const { values, places } of slices(p.uidls.slice(0, MOST_MESSAGES)))
    yield* run(
      `UPDATE remote_messages SET gone_at = ? WHERE remote = ? AND uidl IN (${places}) AND gone_at IS ${p.at === null ? 'NOT ' : ''}NULL`,
      p.at,
      p.remote,
      ...values,
    );
}

export function* renameRemoteMessages(p: Parameters<RemoteWrites['renameRemoteMessages']>[0]): Steps<void> {
  for (const { from, to } of p.pairs.slice(0, MOST_MESSAGES))
    yield* run(
      `UPDATE remote_messages SET uidl = ?, gone_at = NULL WHERE remote = ? AND uidl = ?
       AND NOT EXISTS (SELECT 1 FROM remote_messages o WHERE o.remote = ? AND o.uidl = ?)`,
      to,
      p.remote,
      from,
      p.remote,
      to,
    );
}

export function* wantRest(p: Parameters<RemoteWrites['wantRest']>[0]): Steps<readonly string[]> {
  const origins = yield* remoteOrigins(p);
  const wanted = origins.filter(({ state, goneAt }) => state === 'headers' && goneAt === undefined);
  for (const { remote, uidl } of wanted) {
    yield* run('UPDATE remote_messages SET rest_wanted = 1 WHERE remote = ? AND uidl = ?', remote, uidl);
    yield* dueNow(remote, p.at);
  }
  return wanted.map(({ email }) => email);
}

/** One that is due already, too: a visit that is under way may have read what was wished before (recordVisit). */
function* dueNow(remote: string, at: number): Steps<void> {
  yield* run('UPDATE remotes SET due_at = ? WHERE id = ?', at, remote);
}

export function* wantMessages({ remote, uidls, at }: Parameters<RemoteWrites['wantMessages']>[0]): Steps<void> {
  const known = yield* first('SELECT 1 AS found FROM remotes WHERE id = ?', remote);
  if (known === undefined) return;
  for (const uidl of uidls.slice(0, MOST_MESSAGES))
    yield* run(
      `INSERT INTO remote_messages AS m (remote, uidl, octets, state, collected_at, head, rest_wanted) VALUES (?, ?, 0, 'kept-there', ?, '', 1)
       ON CONFLICT (remote, uidl) DO UPDATE SET rest_wanted = 1
       WHERE m.state <> 'whole' OR NOT EXISTS (SELECT 1 FROM emails e WHERE e.id = m.email AND e.hidden = 0)`,
      remote,
      uidl,
      at,
    );
  yield* dueNow(remote, at);
}

interface Columns {
  readonly id: string;
  readonly account: string;
  readonly address: string;
  readonly settings: string;
  readonly secrets: string;
  readonly created_at: number;
  readonly standing: string | null;
  readonly visited_at: number | null;
  readonly due_at: number | null;
}

function remoteOf(row: Columns): RemoteRow {
  const { id, account, address, settings, secrets } = row;
  return {
    id,
    account,
    address,
    settings,
    secrets,
    createdAt: row.created_at,
    ...(row.standing === null ? {} : { standing: row.standing }),
    ...(row.visited_at === null ? {} : { visitedAt: row.visited_at }),
    ...(row.due_at === null ? {} : { dueAt: row.due_at }),
  };
}

export function* remotes({ account }: Parameters<RemoteReads['remotes']>[0]): Steps<readonly RemoteRow[]> {
  const found =
    account === undefined
      ? yield* rows<Columns>('SELECT * FROM remotes ORDER BY created_at, id')
      : yield* rows<Columns>('SELECT * FROM remotes WHERE account = ? ORDER BY created_at, id', account);
  return found.map(remoteOf);
}

export function* remote({ id }: Parameters<RemoteReads['remote']>[0]): Steps<RemoteRow | undefined> {
  const found = yield* first<Columns>('SELECT * FROM remotes WHERE id = ?', id);
  return found === undefined ? undefined : remoteOf(found);
}

export function* dueRemotes(p: Parameters<RemoteReads['dueRemotes']>[0]): Steps<readonly RemoteRow[]> {
  const found = yield* rows<Columns>(
    'SELECT * FROM remotes WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?',
    p.dueBy,
    p.limit,
  );
  return found.map(remoteOf);
}

export function* nextRemoteDue(): Steps<number | undefined> {
  const found = yield* first<{ due: number | null }>('SELECT min(due_at) AS due FROM remotes WHERE due_at IS NOT NULL');
  return found?.due ?? undefined;
}

interface MessageColumns {
  readonly uidl: string;
  readonly octets: number;
  readonly state: RemoteMessage['state'];
  readonly collected_at: number;
  readonly head: string;
  readonly rest_wanted: number;
  readonly deleted: number;
  readonly gone_at: number | null;
}

export function* remoteMessages(p: Parameters<RemoteReads['remoteMessages']>[0]): Steps<readonly RemoteMessage[]> {
  const found = yield* rows<MessageColumns>(
    `SELECT r.uidl, r.octets, r.state, r.collected_at, r.head, r.rest_wanted, r.gone_at,
       r.email IS NOT NULL AND NOT EXISTS (SELECT 1 FROM emails e WHERE e.id = r.email AND e.hidden = 0) AS deleted
     FROM remote_messages r WHERE r.remote = ? AND r.uidl > ? ORDER BY r.uidl LIMIT ?`,
    p.remote,
    p.after,
    Math.min(p.limit, MOST_MESSAGES),
  );
  return found.map((row) => ({
    uidl: row.uidl,
    octets: row.octets,
    state: row.state,
    collectedAt: row.collected_at,
    head: row.head,
    deletedHere: row.deleted === 1,
    restWanted: row.rest_wanted === 1,
    ...(row.gone_at === null ? {} : { goneAt: row.gone_at }),
  }));
}

interface OriginColumns extends Omit<RemoteOrigin, 'goneAt' | 'restWanted'> {
  readonly gone_at: number | null;
  readonly rest_wanted: number;
}

export function* remoteOrigins(p: Parameters<RemoteReads['remoteOrigins']>[0]): Steps<readonly RemoteOrigin[]> {
  const origins: RemoteOrigin[] = [];
  for (const { values, places } of slices([...new Set(p.emails.slice(0, MOST_MESSAGES))])) {
    const found = yield* rows<OriginColumns>(
      `${ORIGINS} WHERE m.email IN (${places}) AND r.account = ?`,
      ...values,
      p.account,
    );
    origins.push(...found.map(originOf));
  }
  return origins;
}

export function* remoteOriginsOf({
  account,
  remote: from,
  uidls,
}: Parameters<RemoteReads['remoteOriginsOf']>[0]): Steps<readonly RemoteOrigin[]> {
  const origins: RemoteOrigin[] = [];
  for (const { values, places } of slices([...new Set(uidls.slice(0, MOST_MESSAGES))])) {
    const found = yield* rows<OriginColumns>(
      `${ORIGINS} WHERE m.remote = ? AND m.uidl IN (${places}) AND m.email IS NOT NULL AND r.account = ?`,
      from,
      ...values,
      account,
    );
    origins.push(...found.map(originOf));
  }
  return origins;
}

const ORIGINS = `SELECT m.email, m.remote, m.uidl, m.octets, m.state, m.rest_wanted, m.gone_at
  FROM remote_messages m JOIN remotes r ON r.id = m.remote`;

function originOf({ gone_at: goneAt, rest_wanted: restWanted, ...origin }: OriginColumns): RemoteOrigin {
  return { ...origin, restWanted: restWanted === 1, ...(goneAt === null ? {} : { goneAt }) };
}

/** Operations on domains, accounts, credentials and aliases: who has mail here. */
import type { Account, Alias, Credential } from '../directory.ts';
import type { Reads, Writes } from '../store.ts';
import { insertFirstMailboxes } from './mailbox.ts';
import { endPushesOf } from './push.ts';
import { places, padded, first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

const ACCOUNT = 'id, local, domain, created_at, closed_at, quota, used_octets, used_messages';

interface AccountRow {
  readonly id: string;
  readonly local: string;
  readonly domain: string;
  readonly created_at: number;
  readonly closed_at: number | null;
  readonly quota: number | null;
  readonly used_octets: number;
  readonly used_messages: number;
}

interface AliasRow {
  readonly local: string;
  readonly domain: string;
  readonly targets: string;
  readonly created_at: number;
}

function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    local: row.local,
    domain: row.domain,
    createdAt: row.created_at,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
    ...(row.quota === null ? {} : { quota: row.quota }),
    usedOctets: row.used_octets,
    usedMessages: row.used_messages,
  };
}

function aliasOf(row: AliasRow): Alias {
  return {
    local: row.local,
    domain: row.domain,
    targets: JSON.parse(row.targets) as string[],
    createdAt: row.created_at,
  };
}

export function* addDomain(p: Parameters<Writes['addDomain']>[0]): Steps<ReturnType<Writes['addDomain']>> {
  const added = yield* first(
    'INSERT INTO domains (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING name',
    p.name,
    p.at,
  );
  return added === undefined ? 'exists' : 'done';
}

export function* removeDomain(p: Parameters<Writes['removeDomain']>[0]): Steps<ReturnType<Writes['removeDomain']>> {
  const known = yield* first('SELECT name FROM domains WHERE name = ?', p.name);
  if (known === undefined) return 'missing';
  const account = yield* first('SELECT id FROM accounts WHERE domain = ? AND closed_at IS NULL LIMIT 1', p.name);
  const alias = yield* first('SELECT local FROM aliases WHERE domain = ? LIMIT 1', p.name);
  if (account !== undefined || alias !== undefined) return 'in-use';
  yield* run('DELETE FROM domains WHERE name = ?', p.name);
  return 'done';
}

/** Whether an open account or an alias stands at an address. */
function* taken(local: string, domain: string): Steps<boolean> {
  const account = yield* first(
    'SELECT id FROM accounts WHERE local = ? AND domain = ? AND closed_at IS NULL',
    local,
    domain,
  );
  if (account !== undefined) return true;
  return (yield* first('SELECT local FROM aliases WHERE domain = ? AND local = ?', domain, local)) !== undefined;
}

export function* addAccount(p: Parameters<Writes['addAccount']>[0]): Steps<ReturnType<Writes['addAccount']>> {
  if (yield* taken(p.local, p.domain)) return 'exists';
  yield* run(
    'INSERT INTO accounts (id, local, domain, created_at, quota, epoch, number) VALUES (?, ?, ?, ?, ?, ?, ?)',
    p.id,
    p.local,
    p.domain,
    p.at,
    p.quota ?? null,
    p.at,
    yield* nextNumber(),
  );
  yield* insertFirstMailboxes(p.id, p.at);
  yield* putCredentials(p.id, p.credentials);
  return 'done';
}

function* nextNumber(): Steps<number> {
  const last = yield* first<{ number: number }>('SELECT number FROM accounts ORDER BY number DESC LIMIT 1');
  return (last?.number ?? 0) + 1;
}

function* putCredentials(account: string, credentials: readonly Credential[]): Steps<void> {
  yield* run('DELETE FROM credentials WHERE account = ?', account);
  for (const { kind, value } of credentials)
    yield* run('INSERT INTO credentials (account, kind, value) VALUES (?, ?, ?)', account, kind, value);
}

/** Who is logged in with the old password is so no more, and whoever asked with it to be told of changes is not. */
function* endLoginsOf(account: string): Steps<void> {
  yield* run('DELETE FROM sessions WHERE account = ?', account);
  yield* endPushesOf(account);
}

export function* setCredentials(
  p: Parameters<Writes['setCredentials']>[0],
): Steps<ReturnType<Writes['setCredentials']>> {
  const open = yield* first('SELECT id FROM accounts WHERE id = ? AND closed_at IS NULL', p.account);
  if (open === undefined) return 'missing';
  yield* putCredentials(p.account, p.credentials);
  yield* endLoginsOf(p.account);
  return 'done';
}

export function* setQuota(p: Parameters<Writes['setQuota']>[0]): Steps<ReturnType<Writes['setQuota']>> {
  const changed = yield* first(
    'UPDATE accounts SET quota = ? WHERE id = ? AND closed_at IS NULL RETURNING id',
    p.quota,
    p.account,
  );
  return changed === undefined ? 'missing' : 'done';
}

/** Its passwords go at once: nobody will need them again. */
export function* closeAccount(p: Parameters<Writes['closeAccount']>[0]): Steps<ReturnType<Writes['closeAccount']>> {
  const closed = yield* first(
    'UPDATE accounts SET closed_at = ? WHERE id = ? AND closed_at IS NULL RETURNING id',
    p.at,
    p.account,
  );
  if (closed === undefined) return 'missing';
  yield* run('DELETE FROM credentials WHERE account = ?', p.account);
  yield* endLoginsOf(p.account);
  return 'done';
}

export function* putAlias(p: Parameters<Writes['putAlias']>[0]): Steps<ReturnType<Writes['putAlias']>> {
  const account = yield* first(
    'SELECT id FROM accounts WHERE local = ? AND domain = ? AND closed_at IS NULL',
    p.local,
    p.domain,
  );
  if (account !== undefined) return 'exists';
  const end = p.replace ? 'DO UPDATE SET targets = excluded.targets' : 'DO NOTHING';
  const put = yield* first(
    `INSERT INTO aliases (domain, local, targets, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (domain, local) ${end} RETURNING local`,
    p.domain,
    p.local,
    JSON.stringify(p.targets),
    p.at,
  );
  return put === undefined ? 'exists' : 'done';
}

export function* removeAlias(p: Parameters<Writes['removeAlias']>[0]): Steps<ReturnType<Writes['removeAlias']>> {
  const removed = yield* first('DELETE FROM aliases WHERE domain = ? AND local = ? RETURNING local', p.domain, p.local);
  return removed === undefined ? 'missing' : 'done';
}

export function* listDomains(): Steps<ReturnType<Reads['listDomains']>> {
  const found = yield* rows<{ name: string; created_at: number }>('SELECT name, created_at FROM domains ORDER BY name');
  return found.map(({ name, created_at: createdAt }) => ({ name, createdAt }));
}

/** `closed`: the closed ones too. */
export function* listAccounts(p: Parameters<Reads['listAccounts']>[0]): Steps<ReturnType<Reads['listAccounts']>> {
  const which = [p.domain === undefined ? '1 = 1' : 'domain = ?', p.closed ? '1 = 1' : 'closed_at IS NULL'].join(
    ' AND ',
  );
  const values = p.domain === undefined ? [] : [p.domain];
  const found = yield* rows<AccountRow>(
    `SELECT ${ACCOUNT} FROM accounts WHERE ${which} ORDER BY domain, local, created_at`,
    ...values,
  );
  return found.map(accountOf);
}

export function* account(p: Parameters<Reads['account']>[0]): Steps<ReturnType<Reads['account']>> {
  const found = yield* first<AccountRow>(`SELECT ${ACCOUNT} FROM accounts WHERE id = ?`, p.id);
  return found === undefined ? undefined : accountOf(found);
}

/** What a login asks for takes the same statements where there is nobody: how long it takes must tell nothing. */
function* withCredentials(
  row: AccountRow | undefined,
): Steps<{ readonly account: Account; readonly credentials: readonly Credential[] } | undefined> {
  const credentials = yield* rows<Credential>(
    'SELECT kind, value FROM credentials WHERE account = ? ORDER BY kind',
    row?.id ?? '',
  );
  if (row === undefined) return undefined;
  return { account: accountOf(row), credentials: credentials.map(({ kind, value }) => ({ kind, value })) };
}

export function* accountAt(p: Parameters<Reads['accountAt']>[0]): Steps<ReturnType<Reads['accountAt']>> {
  const sql = `SELECT ${ACCOUNT} FROM accounts WHERE local = ? AND domain = ? AND closed_at IS NULL`;
  return yield* withCredentials(yield* first<AccountRow>(sql, p.local, p.domain));
}

export function* accountsNamed(p: Parameters<Reads['accountsNamed']>[0]): Steps<ReturnType<Reads['accountsNamed']>> {
  const found = yield* rows<AccountRow>(
    `SELECT ${ACCOUNT} FROM accounts WHERE local = ? AND closed_at IS NULL ORDER BY domain LIMIT 2`,
    p.local,
  );
  const named = [];
  for (const row of found.length === 0 ? [undefined] : found) named.push(yield* withCredentials(row));
  return named.filter((one) => one !== undefined);
}

export function* firstAccount(): Steps<ReturnType<Reads['firstAccount']>> {
  const found = yield* first<AccountRow>(
    `SELECT ${ACCOUNT} FROM accounts WHERE closed_at IS NULL ORDER BY created_at, id LIMIT 1`,
  );
  return found === undefined ? undefined : accountOf(found);
}

export function* addressesAt(p: Parameters<Reads['addressesAt']>[0]): Steps<ReturnType<Reads['addressesAt']>> {
  const domain = (yield* first('SELECT name FROM domains WHERE name = ?', p.domain)) !== undefined;
  if (p.locals.length === 0) return { domain, accounts: [], aliases: [] };
  const locals = padded(p.locals);
  const among = places(locals.length);
  const accounts = yield* rows<AccountRow>(
    `SELECT ${ACCOUNT} FROM accounts WHERE local IN (${among}) AND domain = ? AND closed_at IS NULL ORDER BY local`,
    ...locals,
    p.domain,
  );
  const aliases = yield* rows<AliasRow>(
    `SELECT local, domain, targets, created_at FROM aliases WHERE domain = ? AND local IN (${among}) ORDER BY local`,
    p.domain,
    ...locals,
  );
  return { domain, accounts: accounts.map(accountOf), aliases: aliases.map(aliasOf) };
}

export function* listAliases(p: Parameters<Reads['listAliases']>[0]): Steps<ReturnType<Reads['listAliases']>> {
  const where = p.domain === undefined ? '' : 'WHERE domain = ?';
  const values = p.domain === undefined ? [] : [p.domain];
  const sql = `SELECT local, domain, targets, created_at FROM aliases ${where} ORDER BY domain, local`;
  return (yield* rows<AliasRow>(sql, ...values)).map(aliasOf);
}

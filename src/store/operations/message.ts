/**
 * The row of a message and the life of its content: written once, counted by what still needs it,
 * gone with the last reference.
 */
import type { StoredContent } from '../content.ts';
import type { NewMessage, QueuedMessage } from '../message.ts';
import { nameDigest } from '../name-digest.ts';
import { first, run } from './statement.ts';
import type { Steps } from './statement.ts';

/** With its content: for who will read the octets. */
export const MESSAGE_AND_CONTENT =
  'm.id, m.prefix, m.octets, m.pop_octets, m.mail_from, m.message_id, m.body AS body_type, m.smtputf8, m.ret, m.envid, ' +
  'm.received_at, m.source, m.account, m.release_at, m.downgraded_octets, m.thread_ids, c.body, c.file';

export const FROM_MESSAGES = 'FROM messages m LEFT JOIN contents c ON c.message = m.seq';

export interface MessageRow {
  readonly id: string;
  readonly prefix: Uint8Array;
  readonly octets: number;
  readonly pop_octets: number;
  readonly mail_from: string;
  readonly message_id: string | null;
  readonly body_type: '7bit' | '8bitmime';
  readonly smtputf8: number;
  readonly ret: 'full' | 'hdrs' | null;
  readonly envid: string | null;
  readonly received_at: number;
  readonly source: NewMessage['source'];
  readonly account: string | null;
  readonly release_at: number | null;
  readonly downgraded_octets: number | null;
  readonly thread_ids: string | null;
  readonly body: Uint8Array | null;
  readonly file: string | null;
}

export function messageOf(row: MessageRow): QueuedMessage {
  return {
    id: row.id,
    content: contentOf(row),
    prefix: row.prefix,
    mailFrom: row.mail_from,
    ...(row.message_id === null ? {} : { messageId: row.message_id }),
    body: row.body_type,
    smtputf8: row.smtputf8 === 1,
    ...(row.ret === null ? {} : { ret: row.ret }),
    ...(row.envid === null ? {} : { envid: row.envid }),
    receivedAt: row.received_at,
    source: row.source,
    ...(row.account === null ? {} : { account: row.account }),
    ...(row.release_at === null ? {} : { releaseAt: row.release_at }),
    ...(row.downgraded_octets === null ? {} : { downgradedOctets: row.downgraded_octets }),
  };
}

/** Content that has gone is a file without a name: reading it is an error that says so. */
export function contentOf(row: Pick<MessageRow, 'body' | 'file' | 'octets' | 'pop_octets'>): StoredContent {
  const place =
    row.body === null
      ? ({ kind: 'file', name: row.file ?? '' } as const)
      : ({ kind: 'inline', bytes: row.body } as const);
  return { place, octets: row.octets, popOctets: row.pop_octets };
}

const INSERT_MESSAGE =
  'INSERT INTO messages (id, prefix, octets, pop_octets, mail_from, message_id, body, smtputf8, ret, envid, received_at, source, account, release_at, downgraded_octets, thread_ids, refs, ended_at) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING seq';

const INSERT_NAME = 'INSERT INTO names (digest, owner, target) VALUES (?, 0, ?)';

/** False when the message is there already. A message that nothing refers to (refs 0) keeps no content. */
export function* insertMessage(message: NewMessage, refs: number): Steps<boolean> {
  const { content } = message;
  const inserted = yield* first<{ seq: number }>(
    INSERT_MESSAGE,
    message.id,
    message.prefix,
    content.octets,
    content.popOctets,
    message.mailFrom,
    message.messageId ?? null,
    message.body,
    message.smtputf8 ? 1 : 0,
    message.ret ?? null,
    message.envid ?? null,
    message.receivedAt,
    message.source,
    message.account ?? null,
    message.releaseAt ?? null,
    message.downgraded?.popOctets ?? null,
    // Needed again only where copies are filed later.
    message.releaseAt === undefined || message.threadIds === undefined ? null : JSON.stringify(message.threadIds),
    refs,
    refs === 0 ? message.receivedAt : null,
  );
  if (inserted === undefined) return false;
  if (message.messageId !== undefined) yield* run(INSERT_NAME, nameDigest(message.messageId), inserted.seq);
  if (refs > 0) yield* insertContent(inserted.seq, message);
  else if (content.place.kind === 'file') yield* discardFile(content.place.name);
  return true;
}

function* insertContent(seq: number, { content: { place, digest }, downgraded }: NewMessage): Steps<void> {
  const [body, file] = place.kind === 'inline' ? [place.bytes, null] : [null, place.name];
  yield* run('INSERT INTO contents (message, digest, body, file) VALUES (?, ?, ?, ?)', seq, digest, body, file);
  if (downgraded === undefined) return;
  yield* run('INSERT INTO downgraded (message, prefix) VALUES (?, ?)', seq, downgraded.prefix);
  for (const { at, replaces, with: instead } of downgraded.patches)
    yield* run('INSERT INTO patches (message, at, replaces, instead) VALUES (?, ?, ?, ?)', seq, at, replaces, instead);
}

/** `count` references more: copies of a message that is still held. */
export function* retainMessage(message: string, count: number): Steps<void> {
  if (count > 0) yield* run('UPDATE messages SET refs = refs + ? WHERE id = ?', count, message);
}

/** `count` references less; with the last one the content goes and the message has ended. */
export function* releaseMessage(message: string, count: number, at: number): Steps<void> {
  if (count === 0) return;
  const left = yield* first<{ seq: number; refs: number; downgraded_octets: number | null }>(
    'UPDATE messages SET refs = refs - ? WHERE id = ? RETURNING seq, refs, downgraded_octets',
    count,
    message,
  );
  if (left === undefined || left.refs > 0) return;
  yield* run('UPDATE messages SET ended_at = ? WHERE seq = ?', at, left.seq);
  if (left.downgraded_octets !== null) {
    yield* run('DELETE FROM downgraded WHERE message = ?', left.seq);
    yield* run('DELETE FROM patches WHERE message = ?', left.seq);
  }
  const gone = yield* first<{ file: string | null }>('DELETE FROM contents WHERE message = ? RETURNING file', left.seq);
  if (typeof gone?.file === 'string') yield* discardFile(gone.file);
}

/** The file is deleted by whoever sees this row committed; unless something else still names it. */
export function* discardFile(file: string): Steps<void> {
  const named = yield* first(
    'SELECT file FROM contents WHERE file = ? UNION ALL SELECT file FROM uploads WHERE file = ? LIMIT 1',
    file,
    file,
  );
  if (named !== undefined) return;
  yield* run('INSERT INTO garbage (file) VALUES (?) ON CONFLICT DO NOTHING', file);
}

/** Looking a message up, and letting the past go when its keeping time is over. */
import type { QueuedMessage } from '../message.ts';
import type { Reads, Writes } from '../store.ts';
import { FROM_MESSAGES, MESSAGE_AND_CONTENT, messageOf } from './message.ts';
import type { MessageRow } from './message.ts';
import { nameDigest } from '../name-digest.ts';
import { removeSubmission } from './sending.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

/** Message-IDs of others repeat and are forged: more than this many are not listed. */
const MOST_FOUND = 100;

export function* findMessages(p: Parameters<Reads['findMessages']>[0]): Steps<readonly QueuedMessage[]> {
  const byId = p.id === undefined ? [] : yield* rows<MessageRow>(BY_ID, p.id);
  const byName =
    p.messageId === undefined ? [] : yield* rows<MessageRow>(BY_NAME, nameDigest(p.messageId), p.messageId);
  const found = new Map([...byId, ...byName].map((row) => [row.id, messageOf(row)]));
  return [...found.values()];
}

const BY_ID = `SELECT ${MESSAGE_AND_CONTENT} ${FROM_MESSAGES} WHERE m.id = ?`;
const BY_NAME =
  `SELECT ${MESSAGE_AND_CONTENT} FROM names x JOIN messages m ON m.seq = x.target LEFT JOIN contents c ON c.message = m.seq ` +
  `WHERE x.digest = ? AND x.owner = 0 AND m.message_id = ? ORDER BY x.target DESC LIMIT ${String(MOST_FOUND)}`;

/** Everything we know of up to `limit` messages that ended before `before`. */
export function* sweepJourney(p: Parameters<Writes['sweepJourney']>[0]): Steps<boolean> {
  const ended = yield* rows<{ id: string }>(
    'SELECT id FROM messages WHERE ended_at IS NOT NULL AND ended_at < ? ORDER BY ended_at LIMIT ?',
    p.before,
    p.limit,
  );
  for (const { id } of ended) {
    yield* removeSubmission(id, p.at);
    for (const table of ['events', 'attempts', 'deliveries']) yield* run(`DELETE FROM ${table} WHERE message = ?`, id);
    const gone = yield* first<{ seq: number; message_id: string | null }>(
      'DELETE FROM messages WHERE id = ? RETURNING seq, message_id',
      id,
    );
    if (typeof gone?.message_id === 'string')
      yield* run(
        'DELETE FROM names WHERE digest = ? AND owner = 0 AND target = ?',
        nameDigest(gone.message_id),
        gone.seq,
      );
  }
  return ended.length >= p.limit;
}

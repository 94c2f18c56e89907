/** Looking a message up, and letting the past go when its keeping time is over. */
import type { QueuedMessage, Reads, Writes } from '../store.ts';
import { FROM_MESSAGES, MESSAGE_AND_CONTENT, messageOf } from './message.ts';
import type { MessageRow } from './message.ts';
import { rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

/** Message-IDs of others repeat and are forged: more than this many are not listed. */
const MOST_FOUND = 100;

export function* findMessages(p: Parameters<Reads['findMessages']>[0]): Steps<readonly QueuedMessage[]> {
  const found = new Map<string, QueuedMessage>();
  for (const [column, value] of [
    ['id', p.id],
    ['message_id', p.messageId],
  ] as const) {
    if (value === undefined) continue;
    const sql = `SELECT ${MESSAGE_AND_CONTENT} ${FROM_MESSAGES} WHERE m.${column} = ? ORDER BY m.id DESC LIMIT ${String(MOST_FOUND)}`;
    for (const row of yield* rows<MessageRow>(sql, value)) found.set(row.id, messageOf(row));
  }
  return [...found.values()];
}

/** Everything we know of up to `limit` messages that ended before `before`. */
export function* sweepJourney(p: Parameters<Writes['sweepJourney']>[0]): Steps<boolean> {
  const ended = yield* rows<{ id: string }>(
    'SELECT id FROM messages WHERE ended_at IS NOT NULL AND ended_at < ? ORDER BY ended_at LIMIT ?',
    p.before,
    p.limit,
  );
  for (const { id } of ended) {
    for (const table of ['events', 'attempts', 'deliveries']) yield* run(`DELETE FROM ${table} WHERE message = ?`, id);
    yield* run('DELETE FROM messages WHERE id = ?', id);
  }
  return ended.length >= p.limit;
}

/** One delivery as a row: what `queue list` and `queue show` have in common. */
import type { QueueEntry } from '../../app/index.ts';
import { utc } from '../../base/index.ts';
import type { Column } from '../output.ts';

export const COLUMNS: readonly Column<QueueEntry>[] = [
  { title: 'DELIVERY', value: (row) => `${row.message}/${row.delivery.n}` },
  { title: 'STATE', value: (row) => row.delivery.state },
  { title: 'FROM', value: (row) => (row.mailFrom === '' ? '<>' : row.mailFrom) },
  { title: 'TO', value: (row) => row.delivery.recipient },
  { title: 'TRIES', align: 'right', value: (row) => row.delivery.attempts },
  { title: 'NEXT TRY', value: (row) => nextTry(row.delivery) },
  { title: 'WHY', value: (row) => row.delivery.lastReply ?? '' },
];

/** A destination in trouble is left alone for longer than a message's own time. */
function nextTry({ state, nextAt, pausedUntil }: QueueEntry['delivery']): string {
  if (pausedUntil !== undefined) return utc(pausedUntil);
  return state === 'waiting' || (state === 'held' && nextAt > 0) ? utc(nextAt) : '-';
}

/** "40 s", "12 min", "5 h", "3 d": what has passed, in the unit that fits. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** When a message from elsewhere came to whose it is, as its header tells. */
import { fieldValues, readDate } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';

/** What its newest Received field says, which is the first one (RFC 5321 §4.4). */
export function lastReceived(fields: readonly HeaderField[]): number | undefined {
  const [newest = ''] = fieldValues(fields, 'received');
  return readDate(newest.slice(newest.lastIndexOf(';') + 1).trim())?.ms;
}

/**
 * When its provider took it in. Else when it was written.
 * Never later than now, so that a clock that is wrong elsewhere doesn't keep a message on top of the list for ever.
 */
export function arrivedAt(fields: readonly HeaderField[], now: number): number | undefined {
  const at = lastReceived(fields) ?? readDate((fieldValues(fields, 'date')[0] ?? '').trim())?.ms;
  return at === undefined ? undefined : Math.min(at, now);
}

/** What a client asks of the event source (RFC 8620 §7.3), from its address. */
import type { EventWishes } from '../../jmap/index.ts';
import type { Problem } from './problem.ts';

/** Names of types that a client may list; there are a dozen. */
const MOST_TYPES = 100;
const LONGEST_ID = 2_000;

export function readWishes(
  query: URLSearchParams,
  lastEventId: string | undefined,
): Omit<EventWishes, 'signal'> | Problem {
  // A template that was filled with nothing says nothing.
  const types = query.get('types') || '*';
  const closeafter = query.get('closeafter') || 'no';
  const ping = query.get('ping') || '0';
  if (closeafter !== 'state' && closeafter !== 'no') return unreadable('closeafter must be "state" or "no".');
  if (!/^[0-9]{1,9}$/.test(ping)) return unreadable('ping must be a number of seconds, 0 for none.');
  return {
    types: types === '*' ? '*' : types.split(',').slice(0, MOST_TYPES),
    closeafter,
    ping: Number(ping),
    ...(lastEventId === undefined || lastEventId.length > LONGEST_ID ? {} : { lastEventId }),
  };
}

function unreadable(why: string): Problem {
  return {
    status: 400,
    title: 'This is no request for events',
    why,
    mend: 'The template eventSourceUrl of the session says how it is written (RFC 8620 §7.3).',
  };
}

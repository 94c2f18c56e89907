/** The journey's rows: events as JSON under a version, in the order of commits. */
import { EVENT_VERSION } from '../events.ts';
import type { EventFacts, NewEvent, StoredEvent } from '../events.ts';
import { rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

const INSERT = 'INSERT INTO events (message, n, account, at, version, facts) VALUES (?, ?, ?, ?, ?, ?)';

export function* insertEvents(events: readonly NewEvent[]): Steps<void> {
  for (const { message, n, account, at, facts } of events) {
    yield* run(INSERT, message, n ?? null, account ?? null, at, EVENT_VERSION, JSON.stringify(facts));
  }
}

interface EventRow {
  readonly seq: number;
  readonly message: string;
  readonly n: number | null;
  readonly account: string | null;
  readonly at: number;
  readonly version: number;
  readonly facts: string;
}

export function* events(p: { readonly message: string }): Steps<readonly StoredEvent[]> {
  const found = yield* rows<EventRow>(
    'SELECT seq, message, n, account, at, version, facts FROM events WHERE message = ? ORDER BY seq',
    p.message,
  );
  return found.map((row) => ({
    seq: row.seq,
    version: row.version,
    message: row.message,
    ...(row.n === null ? {} : { n: row.n }),
    ...(row.account === null ? {} : { account: row.account }),
    at: row.at,
    facts: JSON.parse(row.facts) as EventFacts,
  }));
}

/** The last note to the postmaster, as one setting; a settlement writes the next one, or counts. */
import type { LastNote, NewNote } from '../note.ts';
import { insertEvents } from './event.ts';
import { accept } from './filing.ts';
import { setSetting, setting } from './housekeeping.ts';
import type { Steps } from './statement.ts';

const NAME = 'last-note';

export function* lastNote(): Steps<LastNote | undefined> {
  const value = yield* setting({ name: NAME });
  return value === undefined ? undefined : (JSON.parse(value) as LastNote);
}

export function* writeNote(note: NewNote, at: number): Steps<void> {
  const last = yield* lastNote();
  const writes = note.accept !== undefined && last?.at === note.since?.at;
  if (writes && note.accept !== undefined) {
    yield* accept(note.accept);
    yield* insertEvents(note.told);
  }
  const untold = last?.untold ?? 0;
  // What was counted after the note was composed is left for the next one.
  const next: LastNote = writes
    ? { at, untold: untold - (note.since?.untold ?? 0) }
    : { at: last?.at ?? 0, untold: untold + note.count };
  yield* setSetting({ name: NAME, value: JSON.stringify(next) });
}

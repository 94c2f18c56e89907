/** What operations and migrations ask of an engine beyond SQL, as this one gives it. */
import type { DatabaseSync } from 'node:sqlite';
import { nameDigest } from '../name-digest.ts';

export function addFunctions(db: DatabaseSync): void {
  db.function('name_digest', { deterministic: true }, (name) => nameDigest(String(name)));
  db.function('has_field', { deterministic: true }, (header, name, text) =>
    hasField(String(header), String(name), String(text)) ? 1 : 0,
  );
}

/** Whether a header, a line for each field, has one of that name (lower case) whose value contains a text, in any case. */
function hasField(header: string, name: string, text: string): boolean {
  const wanted = text.toLowerCase();
  return header.split('\n').some(
    (line) =>
      line.startsWith(`${name}:`) &&
      line
        .slice(name.length + 1)
        .toLowerCase()
        .includes(wanted),
  );
}

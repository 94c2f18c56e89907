/** PatchObjects (RFC 8620 §5.3): pointers into an object, and what is to stand there. */
import { SetError } from '../errors.ts';
import { isObject, own } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { parsePointer } from '../references.ts';

export interface PatchEntry {
  /** The pointer's tokens, decoded; one at least. */
  readonly path: readonly string[];
  /** null: back to the default, or away. */
  readonly value: Json;
}

/** The entries of a patch, or `invalidPatch`. */
export function readPatch(patch: JsonObject): readonly PatchEntry[] | SetError {
  const entries: PatchEntry[] = [];
  for (const [pointer, value] of Object.entries(patch)) {
    const path = parsePointer(pointer);
    if (path === undefined)
      return invalidPatch(`${JSON.stringify(pointer)} is not a JSON pointer (RFC 6901), or leads too deep.`);
    entries.push({ path, value });
  }
  return hasPrefix(Object.keys(patch)) ? invalidPatch('One pointer of the patch leads into another.') : entries;
}

/** Whether one pointer is the beginning of another, token by token. */
function hasPrefix(pointers: readonly string[]): boolean {
  const all = new Set(pointers);
  return pointers.some((pointer) => {
    for (let slash = pointer.indexOf('/'); slash >= 0; slash = pointer.indexOf('/', slash + 1)) {
      if (all.has(pointer.slice(0, slash))) return true;
    }
    return false;
  });
}

/**
 * The object with the patch on it; `defaultOf` says what null means for a property, undefined: it goes. No pointer of
 * `entries` leads into another ({@link readPatch}).
 */
export function applyPatch(
  object: JsonObject,
  entries: readonly PatchEntry[],
  defaultOf: (property: string) => Json | undefined,
): JsonObject | SetError {
  return patchAt(object, entries, { depth: 0, defaultOf });
}

/** Where in the patch we are, and what null means here. */
interface Level {
  readonly depth: number;
  defaultOf(name: string): Json | undefined;
}

/** Each object is copied once, however many of its names the patch has. */
function patchAt(object: JsonObject, entries: readonly PatchEntry[], level: Level): JsonObject | SetError {
  const patched = new Map(Object.entries(object));
  for (const [name, within] of Map.groupBy(entries, ({ path }) => path[level.depth] ?? '')) {
    const [{ path, value }] = within as [PatchEntry];
    const next = path.length === level.depth + 1 ? value : inner(own(object, name), name, within, level);
    if (next instanceof SetError) return next;
    const kept = next ?? level.defaultOf(name);
    if (kept === undefined) patched.delete(name);
    else patched.set(name, kept);
  }
  return Object.fromEntries(patched);
}

function inner(
  value: Json | undefined,
  name: string,
  entries: readonly PatchEntry[],
  { depth }: Level,
): JsonObject | SetError {
  if (Array.isArray(value)) return invalidPatch(`The pointer leads into a list at ${JSON.stringify(name)}.`);
  if (!isObject(value)) return invalidPatch(`There is no object at ${JSON.stringify(name)} to patch.`);
  return patchAt(value, entries, { depth: depth + 1, defaultOf: () => undefined });
}

function invalidPatch(description: string): SetError {
  return new SetError('invalidPatch', description);
}

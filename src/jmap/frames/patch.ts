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
    if (path === undefined) return invalidPatch(`${JSON.stringify(pointer)} is not a JSON pointer (RFC 6901).`);
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

/** The object with the patch on it; `defaultOf` says what null means for a property, undefined: it goes. */
export function applyPatch(
  object: JsonObject,
  entries: readonly PatchEntry[],
  defaultOf: (property: string) => Json | undefined,
): JsonObject | SetError {
  let patched = object;
  for (const { path, value } of entries) {
    const [property = ''] = path;
    const next = path.length === 1 && value === null ? (defaultOf(property) ?? null) : value;
    const done = put(patched, path, next, path.length === 1 && defaultOf(property) !== undefined);
    if (done instanceof SetError) return done;
    patched = done;
  }
  return patched;
}

function put(object: JsonObject, path: readonly string[], value: Json, keepNull: boolean): JsonObject | SetError {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return value === null && !keepNull ? without(object, name) : withValue(object, name, value);
  const inner = own(object, name);
  if (Array.isArray(inner)) return invalidPatch(`The pointer leads into a list at ${JSON.stringify(name)}.`);
  if (!isObject(inner)) return invalidPatch(`There is no object at ${JSON.stringify(name)} to patch.`);
  const patched = put(inner, rest, value, false);
  return patched instanceof SetError ? patched : withValue(object, name, patched);
}

/** Computed names in a literal make own properties, whatever they are called. */
function withValue(object: JsonObject, name: string, value: Json): JsonObject {
  return { ...object, [name]: value };
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
}

function invalidPatch(description: string): SetError {
  return new SetError('invalidPatch', description);
}

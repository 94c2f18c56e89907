/** What clients may write into the properties of a type, and the checks that follow from it (RFC 8620 §5.3). */
import type { Kind } from '../arguments.ts';
import { invalidProperties } from '../errors.ts';
import type { SetError } from '../errors.ts';
import { equals, isObject, own } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { PatchEntry } from './patch.ts';

export interface PropertyRule {
  /** Who sets it: the client at any time; the client when it creates the object, never again; only the server. */
  readonly by: 'client' | 'creator' | 'server';
  readonly kind: Kind<unknown>;
  /**
   * What it is when it is left out. Without one it must be given, unless it is `optional`. Of what the server sets: its
   * value in a new object, which a client that sends whole objects may send too.
   */
  readonly default?: Json;
  readonly optional?: true;
  /** It names other objects, so "#" and a creation id may stand there: 'id' as its value, 'ids' as the names in it. */
  readonly refers?: 'id' | 'ids';
}

export interface Rules {
  /** All with a fixed name. */
  readonly properties: Readonly<Record<string, PropertyRule>>;
  /** The rule of a property whose name is made up (`header:…`). */
  others?(name: string): PropertyRule | undefined;
}

export function ruleOf({ properties, others }: Rules, name: string): PropertyRule | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : others?.(name);
}

/** The object to be created with its defaults, or which properties are wrong. */
export function checkCreation(rules: Rules, given: JsonObject): JsonObject | SetError {
  const wrong = Object.entries(given).filter(([name, value]) => {
    const rule = ruleOf(rules, name);
    if (rule?.by === 'server') return rule.default === undefined || !equals(value, rule.default);
    return rule?.kind.read(value) === undefined;
  });
  const listed = Object.entries(rules.properties).filter(
    ([name, { by }]) => by !== 'server' && !Object.hasOwn(given, name),
  );
  const missing = listed.filter(([, rule]) => rule.default === undefined && rule.optional !== true);
  if (wrong.length + missing.length > 0)
    return refuse(
      rules,
      [...wrong, ...missing].map(([name]) => name),
    );
  const defaults = listed.flatMap(([name, rule]) =>
    rule.default === undefined ? [] : [[name, rule.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

/** Which properties of a patched object are wrong; undefined: none. */
export function checkUpdate(
  rules: Rules,
  current: JsonObject,
  patched: JsonObject,
  patch: readonly PatchEntry[],
): SetError | undefined {
  const touched = new Set(patch.map(({ path: [name = ''] }) => name));
  const wrong = [...touched].filter((name) => {
    const rule = ruleOf(rules, name);
    if (rule === undefined) return true;
    const value = own(patched, name);
    // A patch takes away what it says is null.
    if (rule.by !== 'client') return !equals(value ?? null, own(current, name) ?? null);
    return value === undefined ? rule.optional !== true : rule.kind.read(value) === undefined;
  });
  return wrong.length === 0 ? undefined : refuse(rules, wrong);
}

function refuse(rules: Rules, names: readonly string[]): SetError {
  const [first = ''] = names;
  const rule = ruleOf(rules, first);
  const why =
    rule === undefined
      ? 'is not a property of this type'
      : rule.by === 'server'
        ? 'is set by the server'
        : `must be ${rule.kind.is}${rule.by === 'creator' ? ', and stays as it was created' : ''}`;
  return invalidProperties(names, `${JSON.stringify(first)} ${why}.`);
}

// --- References to objects that the same request makes ---

/** What a creation id stands for; null: this call is to make it, and has not yet; undefined: nobody made it. */
export type LookUp = (creationId: string) => string | null | undefined;

export type Referring<T> = { readonly done: T } | { readonly pending: true } | { readonly unknown: readonly string[] };

/** The properties with creation ids replaced. */
export function resolveCreation(rules: Rules, given: JsonObject, lookUp: LookUp): Referring<JsonObject> {
  const entries = Object.entries(given).map(([name, value]) => ({ path: [name], value }));
  const resolved = resolvePatch(rules, entries, lookUp);
  if (!('done' in resolved)) return resolved;
  return { done: Object.fromEntries(resolved.done.map(({ path: [name = ''], value }) => [name, value])) };
}

/** The same for a patch, whose pointers may name a creation id too ("mailboxIds/#k1"). */
export function resolvePatch(
  rules: Rules,
  patch: readonly PatchEntry[],
  lookUp: LookUp,
): Referring<readonly PatchEntry[]> {
  const unknown: string[] = [];
  let pending = false;
  const resolve = (reference: string, name: string): string => {
    if (!reference.startsWith('#')) return reference;
    const found = lookUp(reference.slice(1));
    if (found === undefined) unknown.push(name);
    pending ||= found === null;
    return found ?? reference;
  };
  const done = patch.map((entry) => resolveEntry(rules, entry, resolve));
  if (pending) return { pending };
  return unknown.length > 0 ? { unknown: [...new Set(unknown)] } : { done };
}

function resolveEntry(
  rules: Rules,
  { path, value }: PatchEntry,
  resolve: (reference: string, name: string) => string,
): PatchEntry {
  const [name = '', inner, ...rest] = path;
  const refers = ruleOf(rules, name)?.refers;
  if (refers === 'id' && inner === undefined && typeof value === 'string') return { path, value: resolve(value, name) };
  if (refers !== 'ids') return { path, value };
  if (inner !== undefined) return { path: [name, resolve(inner, name), ...rest], value };
  if (!isObject(value)) return { path, value };
  return { path, value: Object.fromEntries(Object.entries(value).map(([key, one]) => [resolve(key, name), one])) };
}

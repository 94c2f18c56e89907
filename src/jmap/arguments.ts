/** The arguments of a method as a description: their types are read from it, and so are the values of a call. */
import { invalidArguments } from './errors.ts';
import { isObject, own } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** One type of value (RFC 8620 §1.1): how it is read, and how it is called in an error. */
export interface Kind<T> {
  /** As in "`ids` must be a list of ids". */
  readonly is: string;
  /** undefined: the value is not of this kind. */
  read(value: Json): T | undefined;
  /** What an argument that was left out stands for; without it, it must be given. */
  readonly absent?: { readonly value: T };
}

export type Shape = Readonly<Record<string, Kind<unknown>>>;
export type ArgumentsOf<S extends Shape> = { readonly [N in keyof S]: S[N] extends Kind<infer T> ? T : never };

/** RFC 8620 §1.2. */
const ID = /^[A-Za-z0-9_-]{1,255}$/;

export const text: Kind<string> = { is: 'a string', read: (value) => (typeof value === 'string' ? value : undefined) };

export const id: Kind<string> = {
  is: 'an id (1 to 255 letters, digits, "-" and "_")',
  read: (value) => (typeof value === 'string' && ID.test(value) ? value : undefined),
};

/** An id, or "#" and the creation id of an object that the same request has made (RFC 8620 §5.3). */
export const idOrCreation: Kind<string> = {
  is: 'an id, or "#" and a creation id',
  read: (value) => (typeof value === 'string' && ID.test(value.replace(/^#/, '')) ? value : undefined),
};

export const flag: Kind<boolean> = {
  is: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** Int (RFC 8620 §1.3). */
export const integer: Kind<number> = {
  is: 'an integer from -2^53+1 to 2^53-1',
  read: (value) => (Number.isSafeInteger(value) ? (value as number) : undefined),
};

/** UnsignedInt (RFC 8620 §1.3). */
export const unsigned: Kind<number> = {
  is: 'an integer from 0 to 2^53-1',
  read: (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined),
};

export const object: Kind<JsonObject> = {
  is: 'an object',
  read: (value) => (isObject(value) ? value : undefined),
};

/** For what is read by somebody else. */
export const anything: Kind<Json> = { is: 'any value', read: (value) => value };

/** `null` where it may be null, which is then its default too (RFC 8620 §3.5). */
export function nullable<T>(kind: Kind<T>): Kind<T | null> {
  return {
    is: `${kind.is}, or null`,
    read: (value) => (value === null ? null : kind.read(value)),
    absent: { value: null },
  };
}

export function optional<T>(kind: Kind<T>, value: T): Kind<T> {
  return { ...kind, absent: { value } };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    is: `one of ${values.map((value) => `"${value}"`).join(', ')}`,
    read: (value) => values.find((one) => one === value),
  };
}

export function listOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    is: `a list, each of it ${kind.is}`,
    read(value) {
      if (!Array.isArray(value)) return undefined;
      const items = (value as readonly Json[]).map((item) => kind.read(item));
      return items.includes(undefined) ? undefined : (items as readonly T[]);
    },
  };
}

/** An object as a map: `Id[T]`, `String[T]`. The order of the text is kept. */
export function mapOf<T>(key: Kind<string>, kind: Kind<T>): Kind<ReadonlyMap<string, T>> {
  return {
    is: `an object, each name of it ${key.is}, each value ${kind.is}`,
    read(value) {
      if (!isObject(value)) return undefined;
      const entries = Object.entries(value).map(([name, one]) => [key.read(name), kind.read(one)] as const);
      const fit = entries.every(([name, one]) => name !== undefined && one !== undefined);
      return fit ? new Map(entries as (readonly [string, T])[]) : undefined;
    },
  };
}

/** A set, as JSON objects write it: `String[Boolean]`, every value true. */
export function setOf(key: Kind<string>): Kind<ReadonlySet<string>> {
  const map = mapOf(key, { is: 'true', read: (value) => (value === true ? true : undefined) });
  return {
    is: map.is,
    read(value) {
      const read = map.read(value);
      return read && new Set(read.keys());
    },
  };
}

/** Throws `invalidArguments` for what is unknown, missing or of another type (RFC 8620 §3.6.2, §3.8). */
export function readArguments<S extends Shape>(shape: S, given: JsonObject): ArgumentsOf<S> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(shape, name)) throw invalidArguments(`There is no argument ${JSON.stringify(name)}.`);
  }
  const read = Object.entries(shape).map(([name, kind]) => [name, readArgument(name, kind, own(given, name))] as const);
  return Object.fromEntries(read) as ArgumentsOf<S>;
}

function readArgument(name: string, kind: Kind<unknown>, value: Json | undefined): unknown {
  if (value === undefined) {
    if (kind.absent === undefined) throw invalidArguments(`The argument \`${name}\` is missing.`);
    return kind.absent.value;
  }
  const read = kind.read(value);
  if (read === undefined) throw invalidArguments(`The argument \`${name}\` must be ${kind.is}.`);
  return read;
}

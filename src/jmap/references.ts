/** References to results of earlier calls (RFC 8620 §3.7). */
import { invalidArguments, MethodError } from './errors.ts';
import { isObject, own, weightOf } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';

/** A response as it goes out: name, arguments, the client's call id. */
export type Invocation = readonly [name: string, args: JsonObject, callId: string];

/** More values than any method takes, or than fit an answer: what `*` may multiply ends here. */
const MOST_VALUES = 100_000;

/**
 * What the references of one request may still bring in, in characters: no more than the client could have sent itself.
 * Without a bound each call could hold the answer to the one before twice, and thirty calls a thousand million of it.
 */
export interface ReferenceRoom {
  left: number;
}

/** The arguments with each `#name` replaced by what it points at; throws `invalidResultReference`. */
export function resolveReferences(
  args: JsonObject,
  responses: readonly Invocation[],
  room: ReferenceRoom = { left: LIMITS.maxSizeRequest },
): JsonObject {
  if (!Object.keys(args).some((name) => name.startsWith('#'))) return args;
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      if (!name.startsWith('#')) return [name, value] as const;
      const real = name.slice(1);
      if (Object.hasOwn(args, real)) {
        throw invalidArguments(`The argument \`${real}\` is given twice, as a value and as a reference.`);
      }
      const found = resolve(value, responses);
      room.left -= weightOf(found, room.left);
      if (room.left <= 0) throw failed(`References may bring in ${LIMITS.maxSizeRequest} characters in one request.`);
      return [real, found] as const;
    }),
  );
}

function resolve(reference: Json, responses: readonly Invocation[]): Json {
  if (!isObject(reference)) throw failed('A reference must be an object.');
  const [resultOf, name, path] = ['resultOf', 'name', 'path'].map((part) => own(reference, part));
  if (typeof resultOf !== 'string' || typeof name !== 'string' || typeof path !== 'string') {
    throw failed('A reference needs the strings `resultOf`, `name` and `path`.');
  }
  const found = responses.find(([, , callId]) => callId === resultOf);
  if (found === undefined) throw failed('No call before this one has the id in `resultOf`.');
  if (found[0] !== name) throw failed(`That call was answered with \`${found[0]}\`.`);
  return evaluate(found[1], pointerOf(path));
}

/** RFC 6901 §3: "" is the whole, else every token has a slash in front. */
function pointerOf(path: string): readonly string[] {
  if (path === '') return [];
  const tokens = parsePointer(path.slice(1));
  if (!path.startsWith('/') || tokens === undefined)
    throw failed('`path` is not a JSON pointer (RFC 6901), or leads deeper than any value.');
  return tokens;
}

/** No value lies deeper: json.ts takes 64, and each call can put an answer into one of its arguments. */
const DEEPEST_POINTER = 200;

/**
 * The tokens of a pointer without its first slash; undefined where `~` stands before anything but 0 and 1, or where it
 * leads deeper than any value: who looks at each beginning of a long one would not come to an end.
 */
export function parsePointer(path: string): readonly string[] | undefined {
  if (/~(?![01])/.test(path)) return undefined;
  const tokens = path.split('/', DEEPEST_POINTER + 1);
  if (tokens.length > DEEPEST_POINTER) return undefined;
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function evaluate(value: Json, [token, ...rest]: readonly string[]): Json {
  if (token === undefined) return value;
  if (Array.isArray(value)) return token === '*' ? each(value, rest) : evaluate(item(value, token), rest);
  if (!isObject(value)) throw failed('`path` leads into a value that is neither an object nor a list.');
  const next = own(value, token);
  if (next === undefined) throw failed(`There is nothing at ${JSON.stringify(token)}.`);
  return evaluate(next, rest);
}

/** RFC 6901 §4: no leading zeros, and "-" is behind the end. */
function item(list: readonly Json[], token: string): Json {
  const found = /^(0|[1-9]\d*)$/.test(token) ? list[Number(token)] : undefined;
  if (found === undefined) throw failed(`There is no item ${JSON.stringify(token)} in that list.`);
  return found;
}

/** RFC 8620 §3.7: the rest of the pointer for each item; lists among the results are opened. */
function each(list: readonly Json[], rest: readonly string[]): readonly Json[] {
  const values = list.flatMap((one) => evaluate(one, rest) as Json | Json[]);
  if (values.length > MOST_VALUES) throw failed(`The reference gives more than ${MOST_VALUES} values.`);
  return values;
}

function failed(description: string): MethodError {
  return new MethodError('invalidResultReference', description);
}

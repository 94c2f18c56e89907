/** References to results of earlier calls (RFC 8620 §3.7). */
import { invalidArguments, MethodError } from './errors.ts';
import { isObject, own } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** A response as it goes out: name, arguments, the client's call id. */
export type Invocation = readonly [name: string, args: JsonObject, callId: string];

/** More values than any method takes, or than fit an answer: what `*` may multiply ends here. */
const MOST_VALUES = 100_000;

/** The arguments with each `#name` replaced by what it points at; throws `invalidResultReference`. */
export function resolveReferences(args: JsonObject, responses: readonly Invocation[]): JsonObject {
  if (!Object.keys(args).some((name) => name.startsWith('#'))) return args;
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      if (!name.startsWith('#')) return [name, value] as const;
      const real = name.slice(1);
      if (Object.hasOwn(args, real)) {
        throw invalidArguments(`The argument \`${real}\` is given twice, as a value and as a reference.`);
      }
      return [real, resolve(value, responses)] as const;
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
  if (!path.startsWith('/') || tokens === undefined) throw failed('`path` is not a JSON pointer (RFC 6901).');
  return tokens;
}

/** The tokens of a pointer without its first slash; undefined where `~` stands before anything but 0 and 1. */
export function parsePointer(path: string): readonly string[] | undefined {
  if (/~(?![01])/.test(path)) return undefined;
  return path.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
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

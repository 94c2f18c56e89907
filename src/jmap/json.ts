/**
 * I-JSON (RFC 7493), the only JSON that JMAP takes (RFC 8620 §1.1). JSON.parse lets things pass that I-JSON forbids
 * and that two programs may understand differently: a name given twice, half of a surrogate pair, a number that no
 * double holds. One pass over the text finds them, and bounds the depth, before JSON.parse makes values of it.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Made by JSON.parse: names like `__proto__` are properties of its own. Ask with Object.hasOwn, never with `in`. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Deeper than any request or filter that a person's client makes; what reads values may then call itself. */
const DEEPEST = 64;

/** The value of a JSON text in UTF-8, or why it is none; the reason holds nothing of the text. */
export function parseJson(octets: Uint8Array): { readonly value: Json } | { readonly wrong: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return { wrong: 'The text is not UTF-8.' };
  }
  try {
    const value = JSON.parse(text) as Json;
    const wrong = /\p{Noncharacter_Code_Point}/u.test(text)
      ? 'A string holds a code point that is no character (RFC 7493 §2.1).'
      : new Scan(text).wrong();
    return wrong === undefined ? { value } : { wrong };
  } catch {
    return { wrong: 'The text is not JSON.' };
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property, whatever its name; undefined where there is none. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether two values are the same JSON: the order of an object's names does not count. */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equals(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equals(a[name], b[name]))
  );
}

/** About as long as its JSON; what is more than `most` is not counted to its end. */
export function weightOf(value: unknown, most: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return SHORT;
  let weight = 2;
  for (const [name, one] of Object.entries(value) as [string, unknown][]) {
    weight += (Array.isArray(value) ? 1 : name.length + 4) + weightOf(one, most - weight);
    if (weight > most) break;
  }
  return weight;
}

/** A number, true, false or null. */
const SHORT = 8;

const NUMBER = /-?\d[\d.eE+-]*/y;

/** Looks through a text that JSON.parse has taken: what stands there is well-formed JSON. */
class Scan {
  readonly #text: string;
  /** The names of each object we are in; undefined for an array. */
  readonly #open: (Set<string> | undefined)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  wrong(): string | undefined {
    let last = '';
    for (let at = 0; at < this.#text.length;) {
      const end = this.#end(at);
      const token = this.#text.slice(at, end);
      const wrong = this.#step(token, last);
      if (wrong !== undefined) return wrong;
      if (token[0] === '"') last = token;
      at = end;
    }
    return undefined;
  }

  /** Behind the token that begins here; space and words count one character at a time. */
  #end(at: number): number {
    const first = this.#text[at] ?? '';
    if (first === '"') return this.#endOfString(at);
    if (!/[-\d]/.test(first)) return at + 1;
    NUMBER.lastIndex = at;
    return NUMBER.test(this.#text) ? NUMBER.lastIndex : at + 1;
  }

  #endOfString(at: number): number {
    for (let quote = this.#text.indexOf('"', at + 1); quote >= 0; quote = this.#text.indexOf('"', quote + 1)) {
      let slashes = 0;
      while (this.#text[quote - 1 - slashes] === '\\') slashes++;
      if (slashes % 2 === 0) return quote + 1;
    }
    return this.#text.length;
  }

  #step(token: string, last: string): string | undefined {
    switch (token[0]) {
      case '{':
      case '[':
        this.#open.push(token === '{' ? new Set() : undefined);
        return this.#open.length > DEEPEST ? `Values lie deeper in each other than ${DEEPEST}.` : undefined;
      case '}':
      case ']':
        this.#open.pop();
        return undefined;
      case ':':
        return this.#name(last);
      case '"':
        return isWhole(token) ? undefined : 'A string holds half of a surrogate pair, or no character (RFC 7493 §2.1).';
      default:
        return Number(token) === Infinity || Number(token) === -Infinity
          ? 'A number is out of range (RFC 7493 §2.2).'
          : undefined;
    }
  }

  #name(token: string): string | undefined {
    const names = this.#open.at(-1);
    const name = JSON.parse(token) as string;
    if (names?.has(name) === true) return 'An object has the same name twice (RFC 7493 §2.3).';
    names?.add(name);
    return undefined;
  }
}

function isWhole(token: string): boolean {
  if (!token.includes(String.raw`\u`)) return true;
  const text = JSON.parse(token) as string;
  return text.isWellFormed() && !/\p{Noncharacter_Code_Point}/u.test(text);
}

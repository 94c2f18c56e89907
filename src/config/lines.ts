/**
 * Which line of a TOML file each value stands on, so that an error can say where to look. The TOML
 * library gives lines for what it can't read only, so this walks over a file that it could read:
 * strings, brackets and keys, and nothing of what they mean.
 */

/** Paths as errors name them, "queue.retry[1]" and "route[0].host", to lines counted from 1. */
export type Lines = ReadonlyMap<string, number>;

/** `text` must be TOML that was read without error; of anything else it finds what it can. */
export function findLines(text: string): Lines {
  const walk = new Walk(text);
  walk.document();
  return walk.lines;
}

/** The line of a path, or of what it stands in. */
export function lineOf(lines: Lines, path: string): number | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0))) {
    const line = lines.get(at);
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Deeper than the TOML library reads: what is deeper ends the walk. */
const DEEPEST = 1000;

class Walk {
  readonly lines = new Map<string, number>();
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** How many elements each array of tables has so far. */
  readonly #elements = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    let table = '';
    while (this.#gap(true)) {
      const before = this.#at;
      if (this.#peek('[')) table = this.#header();
      else this.#pair(table, 0);
      // Not TOML after all: better no line than no end.
      if (this.#at === before) return;
    }
  }

  /** [a.b] or [[a.b]]: the path of the table, with the numbers of the elements it stands in. */
  #header(): string {
    const many = this.#text.startsWith('[[', this.#at);
    this.#skip(many ? 2 : 1);
    const names = this.#key();
    let path = '';
    for (const [i, name] of names.entries()) {
      path = path === '' ? name : `${path}.${name}`;
      const last = i === names.length - 1;
      if (many && last) this.#elements.set(path, (this.#elements.get(path) ?? 0) + 1);
      const count = this.#elements.get(path);
      if (count !== undefined) path = `${path}[${count - 1}]`;
    }
    this.#note(path);
    this.#skip(many ? 2 : 1);
    return path;
  }

  #pair(table: string, depth: number): void {
    let path = table;
    const line = this.#line;
    for (const name of this.#key()) {
      path = path === '' ? name : `${path}.${name}`;
      if (!this.lines.has(path)) this.lines.set(path, line);
    }
    if (!this.#peek('=')) return;
    this.#skip(1);
    this.#gap(false);
    this.#value(path, depth);
  }

  /** Dotted names, bare or quoted. */
  #key(): readonly string[] {
    const names: string[] = [];
    for (;;) {
      this.#gap(false);
      names.push(this.#peek('"') || this.#peek("'") ? this.#string() : this.#match(/[^\s=.\]"'#]*/y));
      this.#gap(false);
      if (!this.#peek('.')) return names;
      this.#skip(1);
    }
  }

  #value(path: string, depth: number): void {
    if (depth > DEEPEST) this.#at = this.#text.length;
    else if (this.#peek('"') || this.#peek("'")) this.#string();
    else if (this.#peek('[')) this.#array(path, depth);
    else if (this.#peek('{')) this.#inlineTable(path, depth);
    else this.#match(/[^,\]}#\r\n]*/y);
  }

  #array(path: string, depth: number): void {
    this.#skip(1);
    for (let i = 0; this.#gap(true) && !this.#peek(']'); i++) {
      const before = this.#at;
      this.#note(`${path}[${i}]`);
      this.#value(`${path}[${i}]`, depth + 1);
      this.#gap(true);
      if (this.#peek(',')) this.#skip(1);
      if (this.#at === before) return;
    }
    this.#skip(1);
  }

  #inlineTable(path: string, depth: number): void {
    this.#skip(1);
    while (this.#gap(true) && !this.#peek('}')) {
      const before = this.#at;
      this.#pair(path, depth + 1);
      this.#gap(true);
      if (this.#peek(',')) this.#skip(1);
      if (this.#at === before) return;
    }
    this.#skip(1);
  }

  /** A string of any of the four forms, without its quotes. */
  #string(): string {
    const long = /"""|'''/y;
    long.lastIndex = this.#at;
    const quote = long.exec(this.#text)?.[0] ?? (this.#text[this.#at] as string);
    this.#skip(quote.length);
    const start = this.#at;
    while (this.#at < this.#text.length && !this.#text.startsWith(quote, this.#at)) {
      this.#skip(quote.startsWith('"') && this.#peek('\\') ? 2 : 1);
    }
    const content = this.#text.slice(start, this.#at);
    this.#skip(quote.length);
    // A long string may end in one or two quotes of its own.
    while (quote.length === 3 && this.#peek(quote[0] as string)) this.#skip(1);
    return content;
  }

  /** White space, and where lines may end also line ends and comments. False at the end of the file. */
  #gap(overLines: boolean): boolean {
    this.#match(overLines ? /(?:\s|#[^\n]*)*/y : /[ \t]*/y);
    return this.#at < this.#text.length;
  }

  #note(path: string): void {
    this.lines.set(path, this.#line);
  }

  #peek(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #match(sticky: RegExp): string {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0] ?? '';
    this.#skip(found.length);
    return found;
  }

  #skip(count: number): void {
    const end = Math.min(this.#at + count, this.#text.length);
    for (; this.#at < end; this.#at++) if (this.#text[this.#at] === '\n') this.#line++;
  }
}

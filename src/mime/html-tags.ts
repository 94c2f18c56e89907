/**
 * The tags and texts of HTML, one after the other, by htmlparser2's tokenizer. Its parser is not used: it keeps all
 * elements that are open in one list and shifts that for each, so a hostile letter of a megabyte takes it twelve seconds.
 */
import { Tokenizer } from 'htmlparser2';
import type { TokenizerCallbacks } from 'htmlparser2';

export interface TagReader {
  /** Names in lower case; entities are decoded; of an attribute that is there twice the first counts. */
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  close(name: string): void;
  /** A piece of a text; there may be several in a row. */
  text(text: string): void;
  /** What follows needn't be read. */
  readonly isFull: boolean;
}

/** Characters between questions whether it is enough. */
const PIECE = 16_384;
/** Of one element; more are passed over. */
const MOST_ATTRIBUTES = 100;
/** Characters of a value that are kept. */
const LONGEST_VALUE = 8_192;

/** Never throws: there is no HTML that is none. */
export function readTags(html: string, reader: TagReader): void {
  const tokenizer = new Tokenizer({ decodeEntities: true }, new Tags(html, reader));
  for (let at = 0; at < html.length && !reader.isFull; at += PIECE) tokenizer.write(html.slice(at, at + PIECE));
  tokenizer.end();
}

class Tags implements TokenizerCallbacks {
  readonly #html: string;
  readonly #reader: TagReader;
  #name = '';
  #attributes = new Map<string, string>();
  #attribute = '';
  #value = '';

  constructor(html: string, reader: TagReader) {
    this.#html = html;
    this.#reader = reader;
  }

  ontext(start: number, end: number): void {
    this.#reader.text(this.#html.slice(start, end));
  }

  ontextentity(codepoint: number): void {
    this.#reader.text(String.fromCodePoint(codepoint));
  }

  oncdata(start: number, end: number, behind: number): void {
    this.ontext(start, end - behind);
  }

  onopentagname(start: number, end: number): void {
    this.#name = this.#html.slice(start, end).toLowerCase();
    this.#attributes = new Map();
  }

  onattribname(start: number, end: number): void {
    this.#attribute = this.#html.slice(start, end).toLowerCase();
    this.#value = '';
  }

  onattribdata(start: number, end: number): void {
    if (this.#value.length < LONGEST_VALUE)
      this.#value += this.#html.slice(start, Math.min(end, start + LONGEST_VALUE));
  }

  onattribentity(codepoint: number): void {
    if (this.#value.length < LONGEST_VALUE) this.#value += String.fromCodePoint(codepoint);
  }

  onattribend(): void {
    if (this.#attributes.size >= MOST_ATTRIBUTES || this.#attributes.has(this.#attribute)) return;
    this.#attributes.set(this.#attribute, this.#value);
  }

  onopentagend(): void {
    this.#reader.open(this.#name, this.#attributes);
  }

  /** In HTML a slash at the end says nothing. */
  onselfclosingtag(): void {
    this.onopentagend();
  }

  onclosetag(start: number, end: number): void {
    this.#reader.close(this.#html.slice(start, end).toLowerCase());
  }

  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}
}

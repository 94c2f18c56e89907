/** HTML as plain text: to be searched, to be shown as a preview, and as the plain alternative of a rich letter. */
import { readTags } from './html-tags.ts';
import type { TagReader } from './html-tags.ts';

export interface HtmlTextOptions {
  /** Characters of text, where it ends; what is given in may be longer. */
  readonly most?: number;
  /** Addresses of links stand behind their texts, and pictures by what stands instead of them. */
  readonly forReading?: boolean;
  /** Quotes are left out. */
  readonly withoutQuotes?: boolean;
}

/** Nothing in them is to be read. */
const UNSEEN = new Set(['script', 'style', 'template', 'title', 'object', 'iframe', 'svg', 'math', 'audio', 'video', 'canvas', 'select', 'textarea', 'datalist']); // prettier-ignore
/** Their text stands on lines of its own. */
const BLOCKS = new Set(['address', 'article', 'aside', 'body', 'center', 'dd', 'details', 'dir', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure', 'footer', 'form', 'header', 'hr', 'html', 'legend', 'li', 'main', 'menu', 'nav', 'ol', 'section', 'summary', 'table', 'tbody', 'tfoot', 'thead', 'tr', 'ul']); // prettier-ignore
/** And an empty line before and behind. */
const APART = new Set(['blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'pre', 'ol', 'ul', 'table', 'dl']);
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'param', 'source', 'track', 'wbr']); // prettier-ignore
/** Ends that need not be written (HTML §13.1.2.4): an element at its left ends where one of those begins. */
const CLOSED_BY: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['p', new Set([...BLOCKS, ...APART])],
  ['li', new Set(['li'])],
  ['td', new Set(['td', 'th', 'tr', 'tbody'])],
  ['th', new Set(['td', 'th', 'tr', 'tbody'])],
  ['tr', new Set(['tr', 'tbody'])],
  ['dt', new Set(['dt', 'dd'])],
  ['dd', new Set(['dt', 'dd'])],
]);
/** Hidden by their writer; the letter "font-size:0" too, in which mass mail hides what only previews show. */
const HIDDEN =
  /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$|!))/i;
/** Elements within each other whose depth is followed; deeper ones change nothing. */
const DEEPEST = 500;
const DEEPEST_QUOTE = 20;

/** Text with LF between its lines and no blanks at their ends. Never throws. */
export function htmlToText(html: string, options: HtmlTextOptions = {}): string {
  const reading = new Reading(options);
  readTags(html, reading);
  return reading.result;
}

/** Characters that are read before it is asked whether that is enough. */
const PIECE = 16_384;

interface Element {
  readonly name: string;
  readonly unseen: boolean;
  readonly href?: string | undefined;
  /** Where its text begins, for the link that may stand behind it. */
  readonly at: number;
  /** Of a list: the number of the item before; undefined without numbers. */
  item?: number | undefined;
}

class Reading implements TagReader {
  readonly #options: HtmlTextOptions;
  readonly #most: number;
  readonly #open: Element[] = [];
  /** Elements within those. */
  #tooDeep = 0;
  readonly #lines: string[] = [];
  #line = '';
  #length = 0;
  /** Elements open in which nothing is seen, quotes, lists, and what keeps its blanks. */
  #unseen = 0;
  #quotes = 0;
  #lists = 0;
  #pre = 0;
  /** A blank stands between what was written and what will be. */
  #blank = false;
  /** An empty line stands there. */
  #apart = false;
  /** What an item of a list begins with, and the depth of quoting of the line before. */
  #marker = '';
  #quotesBefore = 0;

  constructor(options: HtmlTextOptions) {
    this.#options = options;
    this.#most = options.most ?? Infinity;
  }

  get isFull(): boolean {
    return this.#length > this.#most;
  }

  get result(): string {
    this.#endLine();
    const text = this.#lines.join('\n').replace(/^\n+|\n+$/g, '');
    return text.length <= this.#most ? text : text.slice(0, this.#most).toWellFormed().trimEnd();
  }

  open(name: string, attributes: ReadonlyMap<string, string>): void {
    while (CLOSED_BY.get(this.#open.at(-1)?.name ?? '')?.has(name) === true) this.#pop();
    if (this.#unseen === 0) this.#begin(name, attributes);
    if (VOID.has(name)) return;
    if (this.#open.length >= DEEPEST) {
      this.#tooDeep++;
      return;
    }
    const unseen = UNSEEN.has(name) || this.#isHidden(name, attributes);
    const item = name === 'ol' ? startOf(attributes.get('start')) : undefined;
    this.#open.push({ name, unseen, href: attributes.get('href'), at: this.#length + this.#line.length, item });
    this.#count(name, unseen, 1);
  }

  /** What is open within it ends too; the end of what isn't open is none. */
  close(name: string): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep--;
      return;
    }
    const at = this.#open.findLastIndex((element) => element.name === name);
    while (at >= 0 && this.#open.length > at) this.#pop();
    // A paragraph that ends and never began is an empty one.
    if (at < 0 && name === 'p') this.#block(name);
  }

  #pop(): void {
    const element = this.#open.pop() as Element;
    if (this.#unseen === 0) this.#finish(element);
    this.#count(element.name, element.unseen, -1);
  }

  text(text: string): void {
    if (this.#unseen > 0 || this.isFull) return;
    if (this.#pre > 0) return this.#preformatted(text);
    const words = text.split(/[ \t\r\n\f]+/);
    for (const [at, word] of words.entries()) {
      if (at > 0) this.#blank = true;
      if (word !== '') this.#write(word);
    }
  }

  #isHidden(name: string, attributes: ReadonlyMap<string, string>): boolean {
    if (name === 'blockquote' && this.#options.withoutQuotes === true) return true;
    return attributes.has('hidden') || HIDDEN.test((attributes.get('style') ?? '').slice(0, 2_000));
  }

  #count(name: string, unseen: boolean, by: 1 | -1): void {
    if (unseen) this.#unseen += by;
    if (name === 'blockquote') this.#quotes += by;
    if (name === 'ul' || name === 'ol') this.#lists += by;
    if (name === 'pre') this.#pre += by;
  }

  #begin(name: string, attributes: ReadonlyMap<string, string>): void {
    if (name === 'br') this.#endLine(true);
    else if (name === 'hr') this.#rule();
    else if (name === 'img' && this.#options.forReading === true) this.#picture(attributes.get('alt') ?? '');
    else if (name === 'td' || name === 'th') this.#cell();
    else this.#block(name);
    if (name === 'li') this.#item();
  }

  #finish({ name, href, at }: Element): void {
    if (name === 'a' && this.#options.forReading === true) this.#link(href ?? '', at);
    this.#block(name);
  }

  #block(name: string): void {
    const apart = APART.has(name) && !(this.#lists > 0 && (name === 'ul' || name === 'ol'));
    if (!apart && !BLOCKS.has(name)) return;
    this.#endLine();
    if (apart) this.#apart = true;
  }

  #rule(): void {
    this.#endLine();
    if (this.#options.forReading === true) this.#write('-'.repeat(20));
    this.#endLine();
  }

  #picture(alt: string): void {
    const text = alt.replace(/\s+/g, ' ').trim().slice(0, 200);
    if (text !== '') this.text(`[${text}]`);
  }

  /** Cells of a row stand on one line. */
  #cell(): void {
    if (this.#line !== '') this.#line += ' ';
    this.#blank = this.#line !== '';
  }

  #item(): void {
    const list = this.#open.findLast(({ name }) => name === 'ul' || name === 'ol');
    if (list?.item !== undefined) list.item++;
    this.#marker = list?.item === undefined ? '- ' : `${list.item}. `;
  }

  /** Where it leads, unless its text says so. */
  #link(href: string, at: number): void {
    const target = href.trim();
    if (!/^(?:https?|mailto|tel):[^\s<>]{1,2000}$/i.test(target)) return;
    const from = at - this.#length;
    const shown = from < 0 ? '' : this.#line.slice(from).trim();
    const plain = (url: string): string => url.replace(/^(?:https?:\/\/|mailto:|tel:)/i, '').replace(/\/$/, '');
    if (this.#length + this.#line.length === at || (shown !== '' && plain(shown) === plain(target))) return;
    this.#blank = true;
    this.#write(`<${target}>`);
  }

  #preformatted(text: string): void {
    for (const [at, line] of text.replace(/\r\n?/g, '\n').split('\n').entries()) {
      if (at > 0) this.#endLine(true);
      if (line !== '') this.#write(line);
    }
  }

  #write(word: string): void {
    if (this.#line === '') this.#beginLine();
    else if (this.#blank) this.#line += ' ';
    this.#blank = false;
    this.#line += word;
    // A line without end is counted too.
    if (this.#line.length > PIECE) this.#endLine();
  }

  #beginLine(): void {
    if (this.#apart && this.#lines.length > 0) this.#push(marks(Math.min(this.#quotes, this.#quotesBefore)).trimEnd());
    const depth = Math.min(this.#lists, DEEPEST_QUOTE) - (this.#marker === '' ? 0 : 1);
    this.#line = marks(this.#quotes) + '  '.repeat(Math.max(0, depth)) + this.#marker;
    this.#quotesBefore = this.#quotes;
    this.#apart = false;
    this.#marker = '';
  }

  /** `always`: an empty line is one. */
  #endLine(always = false): void {
    const line = this.#line.trimEnd();
    this.#line = '';
    this.#blank = false;
    if (line === '' && !always) return;
    if (line === '') this.#apart = this.#lines.length > 0;
    else this.#push(line);
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
  }
}

function marks(depth: number): string {
  return '> '.repeat(Math.min(depth, DEEPEST_QUOTE));
}

function startOf(start: string | undefined): number {
  const first = Number.parseInt(start ?? '1', 10);
  return Number.isSafeInteger(first) ? first - 1 : 0;
}

/**
 * A letter in plain text, as what it means: paragraphs, quotes of quotes, the signature, links.
 * Paragraphs of format=flowed are put together again (RFC 3676 §4.4). Pure; plain-text.tsx shows it.
 */
import { safeLink } from '../../links/links.ts';

export type TextRun =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: URL };

export interface Quote {
  readonly kind: 'quote';
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'line'; readonly runs: readonly TextRun[] }
  | { readonly kind: 'signature'; readonly runs: readonly TextRun[] }
  | Quote;

export interface PlainLetter {
  readonly blocks: readonly Block[];
  /** Characters at the end that are not shown: a letter this long is read in another way. */
  readonly leftOut: number;
}

/** A quote longer than this is folded: who reads on has read it before. */
export const LONG_QUOTE = 8;

const MOST_CHARACTERS = 500_000;
const MOST_LINES = 20_000;
/** Deeper quotes are shown at this depth: each level is a box in a box. */
const DEEPEST_QUOTE = 12;

interface Line {
  readonly depth: number;
  readonly text: string;
}

export function parsePlain(text: string, flowed?: 'yes' | 'delsp'): PlainLetter {
  const shown = text.slice(0, MOST_CHARACTERS).replace(/\0/g, '');
  const raw = shown.split(/\r\n|[\r\n]/);
  const kept = raw.slice(0, MOST_LINES);
  const read = kept.map(flowed === undefined ? fixedLine : flowedLine);
  const lines = flowed === undefined ? read : joinFlowed(read, flowed === 'delsp');
  const rest = raw.slice(MOST_LINES).join('\n').length;
  return { blocks: nest(lines, 0), leftOut: text.length - Math.min(text.length, MOST_CHARACTERS) + rest };
}

/** People's programs write ">>", "> >" and "> > "; what stands behind is text. */
function fixedLine(line: string): Line {
  const marks = /^(?:> ?)*/.exec(line)?.[0] ?? '';
  return { depth: depthOf(marks), text: line.slice(marks.length) };
}

/** RFC 3676 §4.5: marks stand together; §4.4: one blank behind them was stuffed in. */
function flowedLine(line: string): Line {
  const marks = /^>*/.exec(line)?.[0] ?? '';
  return { depth: depthOf(marks), text: line.slice(marks.length).replace(/^ /, '') };
}

function depthOf(marks: string): number {
  return Math.min(DEEPEST_QUOTE, marks.replaceAll(' ', '').length);
}

/** A line that ends in a blank goes on in the next one of the same depth; the signature's separator never does (§4.3). */
function joinFlowed(lines: readonly Line[], delsp: boolean): readonly Line[] {
  const joined: Line[] = [];
  let parts: string[] = [];
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const flows = line.text.endsWith(' ') && line.text !== '-- ' && next?.depth === line.depth && next.text !== '-- ';
    parts.push(flows && delsp ? line.text.slice(0, -1) : line.text);
    if (flows) return;
    joined.push({ depth: line.depth, text: parts.join('') });
    parts = [];
  });
  return joined;
}

function nest(lines: readonly Line[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  let signed = false;
  for (let i = 0; i < lines.length;) {
    const line = lines[i] as Line;
    if (line.depth > depth) {
      let end = i;
      while (end < lines.length && (lines[end] as Line).depth > depth) end++;
      blocks.push({ kind: 'quote', blocks: nest(lines.slice(i, end), depth + 1) });
      i = end;
      continue;
    }
    signed ||= line.text === '-- ';
    blocks.push({ kind: signed ? 'signature' : 'line', runs: findLinks(line.text) });
    i++;
  }
  return blocks;
}

/** Addresses that people write into text: with a scheme, www., or of mail. */
const LINK =
  /\b(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^\u00AB\u00BB\u201C\u201D\u2018\u2019]{2,2000}|\bmailto:[^\s<>"]{3,500}|[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+/giu;

export function findLinks(line: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let from = 0;
  for (const match of line.matchAll(LINK)) {
    const text = withoutTail(match[0]);
    const url = urlOf(text);
    if (url === undefined) continue;
    if (match.index > from) runs.push({ kind: 'text', text: line.slice(from, match.index) });
    runs.push({ kind: 'link', text, url });
    from = match.index + text.length;
  }
  if (from < line.length) runs.push({ kind: 'text', text: line.slice(from) });
  return runs;
}

function urlOf(text: string): URL | undefined {
  if (/^(https?:|mailto:)/i.test(text)) return safeLink(text);
  return safeLink(/^www\./i.test(text) ? `http://${text}` : `mailto:${text}`);
}

/** Punctuation at the end belongs to the sentence; a bracket does when it was opened outside. */
function withoutTail(text: string): string {
  let end = text.length;
  for (; end > 0; end--) {
    const last = text[end - 1] ?? '';
    if (/[.,;:!?*_~]/.test(last)) continue;
    const pair = { ')': '(', ']': '[' }[last];
    if (pair === undefined || count(text, pair, end) >= count(text, last, end)) break;
  }
  return text.slice(0, end);
}

function count(text: string, what: string, end: number): number {
  let found = 0;
  for (let at = text.indexOf(what); at >= 0 && at < end; at = text.indexOf(what, at + 1)) found++;
  return found;
}

/** How many lines a quote has, those of quotes within it too. */
export const linesIn = ({ blocks }: Quote): number =>
  blocks.reduce((sum, block) => sum + (block.kind === 'quote' ? linesIn(block) : 1), 0);

/** What is seen of a letter in a list (RFC 8621 §4.1.4: preview), and what it is found by. */
import { htmlToText } from './html-text.ts';

/** One part of the body, decoded. */
export interface BodyPiece {
  readonly isHtml: boolean;
  readonly text: string;
}

/** RFC 8621 §4.1.4: characters of a preview. */
const LONGEST_PREVIEW = 256;
/** Characters of one piece that are looked at for it. */
const LOOKED_AT = 65_536;
/** Characters of all text that is searched. */
const LONGEST_WORDS = 524_288;

/** Of the parts of textBody, in order: what the writer said, without quotes and signature where something else is left. */
export function previewOf(pieces: readonly BodyPiece[]): string {
  const own = oneLine(pieces.map(ownText).join(' '));
  return shortened(own === '' ? oneLine(pieces.map(allText).join(' ')) : own);
}

function ownText({ isHtml, text }: BodyPiece): string {
  if (isHtml) return withoutQuotes(htmlToText(text.slice(0, LOOKED_AT), { most: LOOKED_AT, withoutQuotes: true }));
  return withoutQuotes(text.slice(0, LOOKED_AT));
}

function allText({ isHtml, text }: BodyPiece): string {
  return isHtml ? htmlToText(text.slice(0, LOOKED_AT), { most: LOOKED_AT }) : text.slice(0, LOOKED_AT);
}

/** RFC 3676 §4.3, and what other programs write before what they quote or forward. */
const SIGNATURE = /^-- ?$/;
const ORIGINAL = /^[ \t]*(?:-{2,}[^-]{3,60}-{2,}|_{20,})[ \t]*$/;

function withoutQuotes(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line, at) => SIGNATURE.test(line) || (ORIGINAL.test(line) && at > 0));
  const kept = end < 0 ? lines : lines.slice(0, end);
  return kept.filter((line, at) => !isQuote(line) && !introducesQuote(kept, at)).join('\n');
}

function isQuote(line: string | undefined): boolean {
  return line?.startsWith('>') === true;
}

/** "On Monday somebody wrote:", in whatever language, on one line or two: what ends in a colon right before a quote. */
function introducesQuote(lines: readonly string[], at: number): boolean {
  const after = lines[at + 1] === '' ? at + 2 : at + 1;
  const line = (lines[at] as string).trimEnd();
  if (line.endsWith(':') && isQuote(lines[after])) return true;
  const next = (lines[at + 1] ?? '').trimEnd();
  return next.endsWith(':') && line !== '' && (isBlankLine(lines[at - 1])) && isQuote(lines[lines[at + 2] === '' ? at + 3 : at + 2]); // prettier-ignore
}

function isBlankLine(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}

/** Blanks, and characters without a shape that mass mail fills its previews with. */
const BLANKS = /[\u034f\s\p{Cc}\u00ad\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff]+/gu;
/** What stands within a word of some scripts, and joins pictures; direction marks would turn what stands behind the text. */
const JOINERS = /^[\u200c\u200d]+$/;

function oneLine(text: string): string {
  return text.replace(BLANKS, (run) => (JOINERS.test(run) ? run : /[\s\p{Cc}]/u.test(run) ? ' ' : '')).trim();
}

function shortened(text: string): string {
  if (text.length <= LONGEST_PREVIEW) return text.toWellFormed();
  const characters = Array.from(text.slice(0, 2 * LONGEST_PREVIEW));
  return characters.length <= LONGEST_PREVIEW && text.length <= 2 * LONGEST_PREVIEW
    ? text.toWellFormed()
    : `${characters
        .slice(0, LONGEST_PREVIEW - 1)
        .join('')
        .toWellFormed()
        .trimEnd()}…`;
}

/** All text of a letter that is searched for words: a line for each that it has. */
export function wordsOf(pieces: readonly BodyPiece[], most = LONGEST_WORDS): string {
  let words = '';
  for (const { isHtml, text } of pieces) {
    const room = most - words.length;
    if (room <= 0) break;
    const plain = isHtml ? htmlToText(text, { most: room }) : text.slice(0, room);
    words += words === '' ? plain : `\n${plain}`;
  }
  return words.slice(0, most).toWellFormed();
}

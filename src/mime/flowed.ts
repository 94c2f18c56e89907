/** Plain text whose lines may be joined again: format=flowed (RFC 3676), read and written. Lines end in LF here. */

export interface Paragraph {
  /** How many ">" stood before it. */
  readonly quoted: number;
  /** One line, however long. */
  readonly text: string;
}

/** RFC 3676 §4.2: lines of at most 78 characters; readers like some room for quoting. */
const WIDTH = 72;
/** RFC 5322 §2.1.1: octets of a line. A word longer than this is broken where delsp allows it. */
const LONGEST_LINE = 998;
/** RFC 3676 §4.3: the line before a signature is no flowed one, though it ends in a blank. */
const SIGNATURE = '-- ';
/** More is a decoration. */
const DEEPEST = 100;

/** RFC 3676 §4.1, §4.4: lines that end in a blank are joined with what follows in the same depth of quoting. */
export function decodeFlowed(text: string, { delsp = false }: { readonly delsp?: boolean } = {}): readonly Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: { readonly quoted: number; readonly pieces: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined) paragraphs.push({ quoted: open.quoted, text: open.pieces.join('') });
    open = undefined;
  };
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const one of lines) {
    const { quoted, line } = unstuffed(one.endsWith('\r') ? one.slice(0, -1) : one);
    if (open?.quoted !== quoted || line === SIGNATURE) close();
    const isFlowed = line.endsWith(' ') && line !== SIGNATURE;
    open ??= { quoted, pieces: [] };
    open.pieces.push(isFlowed && delsp ? line.slice(0, -1) : line);
    if (!isFlowed) close();
  }
  close();
  return paragraphs;
}

/** §4.5: the quote marks, and one blank that was stuffed in, are no text. */
function unstuffed(line: string): { readonly quoted: number; readonly line: string } {
  let quoted = 0;
  while (line[quoted] === '>') quoted++;
  const rest = line.slice(quoted);
  return { quoted, line: rest.startsWith(' ') ? rest.slice(1) : rest };
}

/** Paragraphs as plain lines for people, quotes marked "> ". */
export function unflowed(paragraphs: readonly Paragraph[]): string {
  return paragraphs.map(({ quoted, text }) => `${quotes(quoted)}${quoted > 0 ? ' ' : ''}${text}`).join('\n');
}

function quotes(depth: number): string {
  return '>'.repeat(Math.min(depth, DEEPEST));
}

/**
 * A text of one's own in format=flowed; delsp=yes must be said with it, which lets words without blanks be broken too
 * (§4.5). Each line is a paragraph; ">" at its beginning, with or without blanks between, quotes it. Blanks at the end
 * of a line are lost, but for the signature's.
 */
export function encodeFlowed(text: string): string {
  return text.split('\n').map(encodeLine).join('\n');
}

function encodeLine(line: string): string {
  const marks = /^(?:> ?)*/.exec(line.slice(0, 2 * DEEPEST))?.[0] ?? '';
  const quoted = marks.split('>').length - 1;
  // A blank behind the last mark is stuffing; what follows is the writer's.
  const rest = line.slice(marks.length);
  const body = rest === SIGNATURE ? rest : rest.trimEnd();
  return broken(body)
    .map((piece) => `${quotes(quoted)}${stuffed(piece, quoted)}`)
    .join('\n');
}

/** §4.4: a blank stands where a line would be taken for something else, and behind quote marks where people look for it. */
function stuffed(piece: string, quoted: number): string {
  return (quoted > 0 && piece !== '') || /^(?:[ >]|From )/.test(piece) ? ` ${piece}` : piece;
}

/** Lines of which all but the last are flowed: they end in a blank that goes when they are joined (delsp). */
function broken(text: string): readonly string[] {
  if (text === SIGNATURE || text.length <= WIDTH) return [text];
  const pieces: string[] = [];
  let piece = '';
  for (const word of words(text)) {
    if (piece !== '' && piece.length + word.trimEnd().length > WIDTH) {
      pieces.push(`${piece} `);
      piece = '';
    }
    piece += word;
  }
  return [...pieces, piece];
}

/** Words with the blanks behind them; what is longer than a line may be is in pieces of whole characters. */
function words(text: string): readonly string[] {
  return (text.match(/[^ ]* +|[^ ]+/g) ?? []).flatMap((word) =>
    Buffer.byteLength(word) <= LONGEST_LINE - DEEPEST - 10 ? [word] : (word.match(/.{1,200}/gsu) ?? []),
  );
}

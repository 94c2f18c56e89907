/**
 * Plain text that a small screen may wrap again (RFC 3676 §4): a paragraph goes out in lines of at most 78 characters,
 * all but its last ending in a blank. Lines that begin with a blank, `>` or `From ` get one blank more (space-stuffing).
 */

/** RFC 3676 §4.2: lines of 78 characters or fewer, the blank at the end included. */
const WIDTH = 77;

/** @param text lines ended by LF; each is a paragraph, those that begin with `>` are quotes of that depth. */
export function toFlowed(text: string): string {
  return text
    .split(/\r\n|[\r\n]/u)
    .flatMap(flowLine)
    .join('\n');
}

function flowLine(line: string): readonly string[] {
  // RFC 3676 §4.3: the signature's separator is as it is, and never flows.
  if (line === '-- ') return [line];
  const marks = /^(?:> ?)*/u.exec(line)?.[0] ?? '';
  const depth = marks.replaceAll(' ', '').length;
  const quote = '>'.repeat(depth);
  // A blank at its end would join it with the next paragraph.
  const paragraph = (depth > 0 ? line.slice(marks.length) : line).replace(/ +$/u, '');
  const lines = wrap(paragraph, WIDTH - quote.length - 1);
  return lines.map((one, i) => {
    const stuffed = depth > 0 || /^(?: |>|From )/u.test(one) ? ` ${one}` : one;
    const flows = i < lines.length - 1;
    return quote + (flows ? stuffed : stuffed.trimEnd());
  });
}

/** Pieces that are the paragraph again when put together; all but the last end in a blank. Long words stay whole. */
function wrap(paragraph: string, width: number): readonly string[] {
  const words = paragraph.match(/ *[^ ]+ ?| +/gu) ?? [''];
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line.endsWith(' ') && line.length + word.trimEnd().length > width) {
      lines.push(line);
      line = '';
    }
    line += word;
  }
  return [...lines, line];
}

/** Paragraphs as one line each again (RFC 3676 §4.1); `delsp`: the blank at a line's end was put in to break it. */
export function fromFlowed(text: string, delsp = false): string {
  const lines = text.split(/\r\n|[\r\n]/u).map(unflowed);
  const whole: string[] = [];
  let open: { readonly depth: number; text: string } | undefined;
  const close = (): void => {
    if (open !== undefined) whole.push(marked(open.depth, open.text));
    open = undefined;
  };
  for (const { depth, text: line } of lines) {
    if (open?.depth !== depth || line === '-- ') close();
    const joined: string = (open?.text ?? '') + line;
    const flows = line.endsWith(' ') && line !== '-- ';
    open = { depth, text: flows && delsp ? joined.slice(0, -1) : joined };
    if (!flows) close();
  }
  close();
  return whole.join('\n');
}

function unflowed(line: string): { readonly depth: number; readonly text: string } {
  const depth = /^>*/u.exec(line)?.[0].length ?? 0;
  const rest = line.slice(depth);
  return { depth, text: rest.startsWith(' ') ? rest.slice(1) : rest };
}

const marked = (depth: number, text: string): string =>
  depth === 0 ? text : `${'>'.repeat(depth)}${text === '' ? '' : ` ${text}`}`;

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

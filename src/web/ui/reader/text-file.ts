/** A file that is text, as text to look at: its characters read, and what can't be seen made visible. Pure. */
import { visibleString, visibleText } from '../letter/visible-text.ts';
import type { TextPiece } from '../letter/visible-text.ts';

/** Octets of a file that are shown; the file has all of it. */
export const SHOWN_TEXT = 500_000;

/** More chips than these are no text: from there on they are plain letters, so that the page stays quick. */
const MOST_CHIPS = 500;

/**
 * By its mark at the front, else as it says; what says nothing, or only ASCII, is UTF-8 if it can be (RFC 6657 §3), else Western
 * European. A character that the end cut in two is left out.
 */
export function decodeText(octets: Uint8Array, charset: string | null): string {
  const [a, b, c] = octets;
  if (a === 0xef && b === 0xbb && c === 0xbf) return decoded(octets, 'utf-8') ?? '';
  if (a === 0xff && b === 0xfe) return decoded(octets, 'utf-16le') ?? '';
  if (a === 0xfe && b === 0xff) return decoded(octets, 'utf-16be') ?? '';
  const said = (charset ?? '').toLowerCase();
  const isSilent = said === '' || said === 'us-ascii' || said === 'utf-8';
  const named = isSilent ? undefined : decoded(octets, said);
  return named ?? decoded(octets, 'utf-8', true) ?? decoded(octets, 'windows-1252') ?? '';
}

/** Undefined: there is no such character set, or with `fatal` the octets are none of it. */
function decoded(octets: Uint8Array, label: string, fatal = false): string | undefined {
  try {
    return new TextDecoder(label, { fatal }).decode(octets, { stream: true });
  } catch {
    return undefined;
  }
}

/** Line by line, with `\n` between them; tabs stay. */
export function textPieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let plain = '';
  let chips = 0;
  const take = (piece: TextPiece): void => {
    if (piece.kind === 'text') plain += piece.text;
    else if (chips >= MOST_CHIPS) plain += `[${piece.code}]`;
    else {
      chips += 1;
      if (plain !== '') pieces.push({ kind: 'text', text: plain });
      plain = '';
      pieces.push(piece);
    }
  };
  for (const [n, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (n > 0) plain += '\n';
    if (/^[\t -~]*$/.test(line)) plain += line;
    else if (chips >= MOST_CHIPS) plain += line.split('\t').map(visibleString).join('\t');
    else
      line.split('\t').forEach((cell, at) => {
        if (at > 0) plain += '\t';
        visibleText(cell).forEach(take);
      });
  }
  return plain === '' ? pieces : [...pieces, { kind: 'text', text: plain }];
}

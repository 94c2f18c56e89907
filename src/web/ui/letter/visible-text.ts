/**
 * Names, subjects and file names as they are safe to show: what would not be seen, or would make the
 * reader see another order than the one that is there, becomes a piece of its own, to be shown as a
 * chip. Each piece of text belongs in a <bdi>, so that its direction stays within it.
 */

export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `code` is short ("U+202E"), `name` says in words what it is. */
  | { readonly kind: 'chip'; readonly code: string; readonly name: string };

const DIRECTION: Readonly<Record<string, string>> = {
  '\u061C': 'Arabic letter mark',
  '\u200E': 'left-to-right mark',
  '\u200F': 'right-to-left mark',
  '\u202A': 'start of left-to-right text',
  '\u202B': 'start of right-to-left text',
  '\u202C': 'end of a change of direction',
  '\u202D': 'everything from here left to right',
  '\u202E': 'everything from here right to left',
  '\u2066': 'start of isolated left-to-right text',
  '\u2067': 'start of isolated right-to-left text',
  '\u2068': 'start of isolated text',
  '\u2069': 'end of isolated text',
};

/** More marks than this on one letter are no writing, but a heap that covers the lines around. */
const MOST_MARKS = 4;

/** Invisible characters and heaps of marks; everything between them is text. */
const SUSPECT = new RegExp(
  `[\\p{Cc}\\p{Default_Ignorable_Code_Point}\\u061C\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F\\uFFF9-\\uFFFB]|` +
    `(?<=\\p{M}{${MOST_MARKS}})\\p{M}+`,
  'gu',
);

/** How many UTF-16 units before a suspect are looked at: a flag of a region has up to 14. */
const REACH = 16;

const RTL_LETTER = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Splits text into what may be shown as it is and what is shown as a chip. Joined again it is never longer. */
export function visibleText(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  const hasRtl = RTL_LETTER.test(text);
  let shown = '';
  let from = 0;
  const flush = (): void => {
    if (shown !== '') pieces.push({ kind: 'text', text: shown });
    shown = '';
  };
  for (const match of text.matchAll(SUSPECT)) {
    shown += text.slice(from, match.index);
    from = match.index + match[0].length;
    const around = {
      before: text.slice(Math.max(0, match.index - REACH), match.index),
      behind: text.slice(from, from + 2),
    };
    const kept = harmless(match[0], around, hasRtl);
    if (kept !== undefined) {
      shown += kept;
      continue;
    }
    flush();
    pieces.push(chip(match[0]));
  }
  shown += text.slice(from);
  flush();
  return pieces;
}

/** The same as one string: chips in brackets. For titles and names that a screen reader speaks. */
export function visibleString(text: string): string {
  return visibleText(text)
    .map((piece) => (piece.kind === 'text' ? piece.text : `[${piece.code}]`))
    .join('');
}

/** What a suspect stands for where writing needs it there; undefined makes it a chip. */
function harmless(
  found: string,
  { before, behind }: { readonly before: string; readonly behind: string },
  hasRtl: boolean,
): string | undefined {
  if (/^[\t\n\r]$/.test(found)) return ' ';
  if (/^[\u200E\u200F\u061C]$/.test(found)) return hasRtl ? found : undefined;
  if (/^[\u200C\u200D]$/.test(found)) return joins(before, behind) ? found : undefined;
  // Variation selectors choose between forms of what stands before them.
  if (/^[\uFE00-\uFE0F]$/.test(found)) return /[\p{Emoji}\p{L}\p{S}]$/u.test(before) ? found : undefined;
  // Flags of regions: a black flag and letters in tags.
  if (/^[\u{E0061}-\u{E007A}\u{E007F}]$/u.test(found)) {
    return /\u{1F3F4}[\u{E0061}-\u{E007A}]*$/u.test(before) ? found : undefined;
  }
  return undefined;
}

/** Joiners belong between pictures, and within the scripts whose letters change with them. */
function joins(before: string, behind: string): boolean {
  const emoji = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]$/u.test(before);
  if (emoji && /^\p{Extended_Pictographic}/u.test(behind)) return true;
  const joining = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Mn}\p{Mc}]$/u;
  return joining.test(before) && /^[\p{L}\p{M}]/u.test(behind);
}

function chip(found: string): TextPiece {
  const code = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (/^\p{M}/u.test(found) && !/^\p{Default_Ignorable_Code_Point}/u.test(found)) {
    return { kind: 'chip', code, name: `${[...found].length} more marks on one letter` };
  }
  const name = DIRECTION[found] ?? (/^\p{Cc}$/u.test(found) ? 'control character' : 'invisible character');
  return { kind: 'chip', code, name };
}
